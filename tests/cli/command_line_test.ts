import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readCommandLine } from "../../src/cli/command_line.ts";
import { COMMANDS } from "../../src/cli/table.ts";
import { UsageError } from "../../src/errors.ts";
import { HERE, requestOf } from "./here.ts";

const read = (...argv: string[]) => readCommandLine(argv, HERE);
const printed = (...argv: string[]) => {
  const request = read(...argv);
  return "text" in request ? request.text : "";
};

Deno.test("without a command the help is asked for, which names every command", () => {
  for (const argv of [[], ["--help"], ["-h"], ["help"], ["--debug"]]) {
    for (const { name } of COMMANDS) assertStringIncludes(printed(...argv), name);
  }
});

Deno.test("every command explains itself, whatever else is wrong", () => {
  for (const { name, summary } of COMMANDS) {
    for (const argv of [[name, "--help"], [name, "-h"], ["help", name], [name, "--no-such-flag", "--help"]]) {
      assertStringIncludes(printed(...argv).replace(/\n */g, " "), summary);
    }
  }
});

Deno.test("--version says the program's and deno's", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(printed("--version"), `soft-grpo-bench ${version} (deno ${Deno.version.deno})`);
});

Deno.test("a command comes with its arguments; --debug and --quiet may stand ahead", () => {
  const request = requestOf(["--debug", "bench", "--limit", "4", "tiny"]);
  assertEquals(request.command.name, "bench");
  assertEquals(request.args, { positionals: ["tiny"], flags: { debug: true, limit: 4 } });
  // Behind -- it is no flag.
  assertEquals(requestOf(["score", "--", "--help"]).args.positionals, ["--help"]);
});

Deno.test("what says nothing is wrong usage and names the nearest", () => {
  const fails = (argv: string[], message: string) =>
    assertEquals(assertThrows(() => read(...argv), UsageError).message, message);
  fails(["leaderbord"], 'Cannot run "leaderbord": no such command; did you mean "leaderboard"?');
  fails(["xyzzyxyzzy"], 'Cannot run "xyzzyxyzzy": no such command; `deno task help` lists them');
  fails(
    ["--limit", "4", "bench"],
    "Unknown flag --limit: flags stand behind the command, as in `deno task bench --limit 4`",
  );
});
