import { assertEquals } from "@std/assert";
import { commandWords } from "../../src/commands/command_words.ts";
import { requestOf } from "../cli/here.ts";

Deno.test("the words of a command line say the same when they are read again", () => {
  for (
    const line of [
      ["bench"],
      ["bench", "mine/exp.ts", "--seeds", "1,2", "--native", "blas", "--json", "--quiet"],
      ["train", "--arms", "base,discrete-grpo", "--no-json", "--runs", "a b"],
      ["evaluate", "tiny", "--datasets", "./a.jsonl,math500", "--max-new-tokens=30", "--decoding", "matched"],
      ["bench:ablations", "noise", "--limit", "3"],
    ]
  ) {
    const { command, args } = requestOf(line);
    const { quiet: _, ...flags } = args.flags as Record<string, unknown>;
    const again = requestOf(commandWords(command.name, args));
    assertEquals(again.command, command);
    assertEquals({ ...again.args, flags: { ...again.args.flags } }, { ...args, flags });
  }
});
