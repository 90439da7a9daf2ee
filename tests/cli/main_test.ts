import { assert, assertEquals } from "@std/assert";
import { main } from "../../src/cli/main.ts";
import { COMMANDS } from "../../src/cli/table.ts";

/** Runs the program with what it prints kept. */
async function captured(argv: string[]): Promise<{ code: number; printed: string }> {
  const lines: string[] = [];
  const { log, error } = console;
  console.log = console.error = (...words: unknown[]) => void lines.push(words.join(" "));
  try {
    return { code: await main(argv), printed: lines.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

Deno.test("the program without a command prints the help, which names every command", async () => {
  for (const argv of [[], ["--help"], ["help"]]) {
    const { code, printed } = await captured(argv);
    assertEquals(code, 0);
    for (const { name } of COMMANDS) assert(printed.includes(name), name);
  }
});

for (const { name, flags } of COMMANDS) {
  Deno.test(`${name} --help names each of its flags`, async () => {
    const { code, printed } = await captured([name, "--help"]);
    assertEquals(code, 0);
    for (const flag of flags) assert(printed.includes(`--${flag.name}`), flag.name);
  });
}

Deno.test("an unknown command is wrong usage and names the nearest", async () => {
  const { code, printed } = await captured(["leaderbord"]);
  assertEquals(code, 2);
  assert(printed.includes('"leaderboard"'), printed);
});

Deno.test("every command has a task of its own name, under a permission set", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  for (const { name } of COMMANDS) {
    const { command } = tasks[name];
    assert(
      / -P=[\w-]+ src\/cli\/(main|launch)\.ts /.test(command) && command.endsWith(` ${name}`),
      `${name}: ${command}`,
    );
  }
});
