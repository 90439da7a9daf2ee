import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Command } from "../../src/commands/command.ts";
import { commandHelp, HELP_WIDTH, programHelp } from "../../src/cli/help.ts";
import { COMMANDS } from "../../src/cli/table.ts";

Deno.test("the help of a command shows usage, aligned flags and examples", () => {
  const command: Command = {
    name: "sow",
    summary: "plant seeds",
    positionals: "FIELD…",
    flags: [
      { name: "depth", kind: "number", value: "MM", help: "how deep" },
      { name: "order", kind: "string", help: "which row is first", choices: ["north", "south"] },
      { name: "a-name-that-leaves-no-room-at-all", kind: "boolean", help: "explained below" },
    ],
    examples: ["sow east --depth 30"],
    run: () => Promise.resolve(0),
  };
  assertEquals(
    commandHelp(command),
    `Usage: deno task sow FIELD… [flags]

Plant seeds

Flags:
  --depth MM     How deep
  --order VALUE  Which row is first; one of north, south
  --a-name-that-leaves-no-room-at-all
                 Explained below
  --quiet        No progress on stderr
  --debug        Show the stack of an error
  --help         Show this help

Examples:
  deno task sow east --depth 30`,
  );
});

Deno.test("every help text fits the width", () => {
  for (const text of [programHelp(COMMANDS), ...COMMANDS.map(commandHelp)]) {
    for (const line of text.split("\n")) assert(line.length <= HELP_WIDTH, line);
  }
});

Deno.test("the program's help names every command", () => {
  for (const { name } of COMMANDS) assertStringIncludes(programHelp(COMMANDS), `\n  ${name} `);
});
