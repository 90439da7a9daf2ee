import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { command } from "../../src/commands/command.ts";
import { number, oneOf, toggle } from "../../src/commands/flag.ts";
import { commandHelp, programHelp } from "../../src/cli/help.ts";
import { COMMANDS } from "../../src/cli/table.ts";
import { HERE } from "./here.ts";

Deno.test("the help of a command shows usage, aligned flags and examples", () => {
  const sow = command({
    name: "sow",
    summary: "Plant seeds",
    audience: "users",
    positionals: [{ name: "FIELD", repeats: true }],
    flags: {
      depth: number("MM", "How deep"),
      order: oneOf("WHICH", ["north", "south"], "Which row is first"),
      aNameThatLeavesNoRoomAtAll: toggle("Explained below"),
    },
    examples: ["sow east --depth 30"],
    permissions: () => "",
    run: () => Promise.resolve(0),
  });
  assertEquals(
    commandHelp(sow, HERE),
    `Usage: deno task sow FIELD… [flags]

Plant seeds

Flags:
  --depth MM     How deep
  --order WHICH  Which row is first; one of north, south
  --a-name-that-leaves-no-room-at-all
                 Explained below
  --quiet        No progress on stderr
  --debug        Show the stack of an error
  --help         Show this help

Examples:
  deno task sow east --depth 30`,
  );
});

for (const columns of [60, 80, 120]) {
  Deno.test(`every help text fits ${columns} columns`, () => {
    const texts = [programHelp(COMMANDS, HERE, columns), ...COMMANDS.map((each) => commandHelp(each, HERE, columns))];
    for (const text of texts) {
      // Examples are to be copied as they are.
      for (const line of text.replace(/\n\nExamples:.*/s, "").split("\n")) assert(line.length <= columns, line);
    }
  });
}

Deno.test("the program's help names every command", () => {
  for (const { name } of COMMANDS) assertStringIncludes(programHelp(COMMANDS, HERE), `\n  ${name} `);
});
