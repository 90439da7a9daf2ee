import { assert, assertEquals } from "@std/assert";
import denoConfig from "../../deno.json" with { type: "json" };
import { parseArguments } from "../../src/cli/parse.ts";
import { COMMANDS } from "../../src/cli/table.ts";
import { kebabCase } from "../../src/commands/flag.ts";
import { HERE } from "./here.ts";

const TASKS: Readonly<Record<string, { description: string; command: string }>> = denoConfig.tasks;

Deno.test("no command has its name twice", () => {
  const names = COMMANDS.map((command) => command.name);
  assertEquals(new Set(names).size, names.length);
});

Deno.test("names are in kebab-case, with a colon where a command belongs to a family", () => {
  for (const { name, flags } of COMMANDS) {
    for (const word of [name, ...Object.keys(flags).map(kebabCase)]) {
      assert(/^[a-z0-9]+([-:][a-z0-9]+)*$/.test(word), word);
    }
  }
});

Deno.test("every example is a command line that its command accepts", () => {
  for (const command of COMMANDS) {
    for (const example of command.examples) {
      const [name, ...argv] = example.replace(/ > .*$/, "").split(" ");
      assertEquals(name, command.name);
      parseArguments(command, argv.map((word) => word.replace(/^(['"])(.*)\1$/, "$2")), HERE);
    }
  }
});

Deno.test("every command names permission sets that are there", () => {
  for (const command of COMMANDS) {
    const switches = [{ sandboxed: true }, { native: "blas" }, { backend: "tensorflow" }, { backend: "torch" }];
    for (const flags of [{}, ...switches, { executor: "python" }]) {
      for (const set of [command.permissions(flags, [])].flat()) assert(set in denoConfig.permissions, command.name);
    }
  }
});

Deno.test("every command is a task with its summary, in its order, and a plural that a flag hints at is one", () => {
  const names = Object.keys(TASKS).filter((name) => TASKS[name].command.includes("src/cli/launch.ts"));
  assertEquals(names, COMMANDS.map(({ name }) => name));
  for (const { name, summary, audience, flags } of COMMANDS) {
    assertEquals(TASKS[name], {
      description: audience === "users" ? summary : `maintainers: ${summary}`,
      command: `deno run -q -P=launch src/cli/launch.ts ${name}`,
    });
    for (const { plural } of Object.values(flags)) assert(plural === undefined || flags[plural].list, plural);
  }
});

Deno.test("deno task lists those of users first", () => {
  const maintained = Object.values(TASKS).map(({ description }) => description.startsWith("maintainers: "));
  assertEquals(maintained, maintained.toSorted());
});

Deno.test("the README's table has every command of users, with its summary", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const rows = [...readme.matchAll(/^\| `([\w:]+)[^`|]*`\s+\| (.*?)\s*\|$/gm)].map(([, name, does]) => [name, does]);
  const users = COMMANDS.filter(({ audience }) => audience === "users");
  assertEquals(
    rows.filter(([name]) => users.some((command) => command.name === name)),
    users.map(({ name, summary }) => [name, summary]),
  );
});
