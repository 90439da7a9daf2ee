import { assert, assertEquals } from "@std/assert";
import { parseArguments } from "../../src/cli/parse.ts";
import { COMMANDS } from "../../src/cli/table.ts";

Deno.test("no command and no flag of a command has its name twice", () => {
  const names = COMMANDS.map((command) => command.name);
  assertEquals(new Set(names).size, names.length);
  for (const { name, flags } of COMMANDS) {
    assertEquals(new Set(flags.map((flag) => flag.name)).size, flags.length, name);
  }
});

Deno.test("names are in kebab-case, with a colon where a command belongs to a family", () => {
  for (const { name, flags } of COMMANDS) {
    for (const word of [name, ...flags.map((flag) => flag.name)]) {
      assert(/^[a-z0-9]+([-:][a-z0-9]+)*$/.test(word), word);
    }
  }
});

Deno.test("every example is a command line that its command accepts", () => {
  for (const command of COMMANDS) {
    for (const example of command.examples) {
      const [name, ...argv] = example.replace(/ > .*$/, "").split(" ");
      assertEquals(name, command.name);
      parseArguments(command, argv.map((word) => word.replace(/^(['"])(.*)\1$/, "$2")));
    }
  }
});

Deno.test("every command has its task", async () => {
  const { tasks = {} } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const { name } of COMMANDS) assert(name in tasks, `deno.json has no task ${name}`);
});
