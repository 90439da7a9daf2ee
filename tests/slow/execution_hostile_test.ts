/**
 * Hostile programs, all of them, in WebAssembly: each fails within its limit and leaves no trace, neither on the machine
 * nor on the program that runs next; and thousands of programs leave the memory of this process as it was.
 */
import { assert, assertEquals } from "@std/assert";
import type { TestedProgram } from "../../src/execution/executor.ts";
import { createExecutor } from "../../src/execution/registry.ts";
import { EXHAUSTING, PRETENDING, REACHING, RIGGING } from "../execution/hostile_programs.ts";

/** For programs that end by themselves, on a busy machine too. */
const AMPLE = { seconds: 120 };
const SHORT = { seconds: 3 };
/** Where programs would leave something. */
const REACHED = "/tmp/reached";

Deno.test("no hostile program passes, harms anything, or changes what the next one sees", async () => {
  await Deno.remove(REACHED).catch(() => {});
  const executor = createExecutor({ kind: "pyodide", workers: 2, mebibytes: 256 });
  await executor.run("", AMPLE);
  const programs: [string, string | TestedProgram, { seconds: number }][] = [
    ...Object.entries(EXHAUSTING).map(([name, program]) => [name, program, SHORT] as [string, string, typeof SHORT]),
    ...Object.entries({ ...REACHING, ...PRETENDING, ...RIGGING }).map(
      ([name, program]) => [name, program, AMPLE] as [string, string | TestedProgram, typeof AMPLE],
    ),
  ];
  const passed = await Promise.all(programs.map(async ([name, program, limits]) => {
    const { outcome } = await executor.run(program, limits);
    const after = await executor.run("import builtins, math\nassert len([abs(-2)]) == 1 and math.pi > 3", AMPLE);
    assertEquals(after, { outcome: "passed" }, `after ${name}`);
    return outcome === "passed" ? [name] : [];
  }));
  await executor.close();
  assertEquals(passed.flat(), []);
  assert(await Deno.stat(REACHED).then(() => false, () => true), `${REACHED} is there`);
});

Deno.test("a verdict that came in time counts, however late this thread hears it", async () => {
  const executor = createExecutor({ kind: "pyodide", workers: 1 });
  await executor.run("", AMPLE);
  const verdict = executor.run("assert True", { seconds: 1 });
  // The program is handed over before this thread stops.
  await new Promise((resolve) => setTimeout(resolve, 0));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5000);
  assertEquals(await verdict, { outcome: "passed" });
  await executor.close();
});

Deno.test("what is endless times out, and what is too large runs out of memory", async () => {
  const executor = createExecutor({ kind: "pyodide", workers: 2, mebibytes: 256 });
  await executor.run("", AMPLE);
  for (const [name, program] of Object.entries(EXHAUSTING)) {
    const { outcome } = await executor.run(program, name.startsWith("10 GB") ? AMPLE : SHORT);
    if (name.startsWith("endless")) assertEquals(outcome, "timed-out", name);
    if (name.startsWith("10 GB")) assertEquals(outcome, "out-of-memory", name);
  }
  await executor.close();
});

Deno.test("five thousand programs leave this process as large as it was", async () => {
  const executor = createExecutor({ kind: "pyodide", workers: 2 });
  const batch = async (from: number, programs: number) => {
    await Promise.all(Array.from({ length: programs }, async (_, i) => {
      const n = from + i;
      const program = `x = [list(range(${n % 997})) for _ in range(200)]\nassert len(x[0]) == ${n % 997}`;
      assertEquals((await executor.run(program, AMPLE)).outcome, "passed");
    }));
    return Deno.memoryUsage().rss / 2 ** 20;
  };
  const sizes: number[] = [];
  for (let done = 0; done < 5000; done += 500) sizes.push(await batch(done, 500));
  await executor.close();
  console.log(`MiB after each 500 programs: ${sizes.map(Math.round).join(" ")}`);
  // The first thousand warm up: V8 compiles what runs often. A leak of a hundredth of an interpreter's 64 MiB a program
  // would add 2500 MiB.
  assert(Math.max(...sizes.slice(2)) - sizes[1] < 100, `${sizes}`);
});
