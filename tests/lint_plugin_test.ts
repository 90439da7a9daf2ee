import { assertEquals } from "@std/assert";
import plugin from "./lint_plugin.ts";

const findings = (path: string, source: string) =>
  Deno.lint.runPlugin(plugin, `/project/${path}`, source).map(({ message }) => message.split(" is ")[0]);

Deno.test("chance, clocks, environment and output each have one door", () => {
  const source = `
    const a = Math.random() + Date.now() + performance.now() + Number(new Date());
    const b = [Deno.env.get("HOME"), crypto.randomUUID()];
    console.error(a, b);
  `;
  assertEquals(findings("src/rollout/rollout.ts", source).sort(), [
    "Date",
    "Date.now",
    "Deno.env",
    "Math.random",
    "console",
    "crypto.randomUUID",
    "performance.now",
  ]);
  assertEquals(findings("src/clock.ts", "performance.now(); new Date();"), []);
  assertEquals(findings("src/commands/bench.ts", "console.log(Deno.env.get('X'));"), []);
  assertEquals(findings("src/cli/main.ts", "Math.random();"), ["Math.random"]);
});

Deno.test("what is not a door stays open", () => {
  assertEquals(
    findings("src/rollout/rollout.ts", "Math.floor(1); new Date(0); Deno.readTextFile('x'); a.console.log();"),
    [],
  );
});

Deno.test("tests and benchmarks may do as they like", () => {
  assertEquals(findings("tests/x_test.ts", "console.log(Math.random());"), []);
});
