import { assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { bench } from "../../src/experiment/bench.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { readResults } from "../../src/result/store.ts";
import mini from "../fixtures/mini.ts";

const LITTLE = { datasets: ["arith-add"], seeds: [3], limit: 2, samples: 3 } as const;

Deno.test("bench() says in order what a run does, and leaves files only where it is told to", async () => {
  const folder = await Deno.makeTempDir();
  const kinds: string[] = [];
  const run = bench(mini, { ...LITTLE, arms: ["soft-thinking-grpo"], resultsFolder: folder });
  for await (const event of run) kinds.push(event.kind === "step" ? `step ${event.point.step}` : event.kind);
  assertEquals(kinds, ["start", "training", "step 1", "step 2", "samples", "samples", "result"]);
  const { results, failures } = await run;
  assertEquals(failures, []);
  assertEquals(readResults(`${folder}/smoke/v2`), results.map(({ path, result }) => ({ path: path!, result })));
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["smoke"]);
});

Deno.test("a run that is profiled tells of every part that it had, in no more time than it took", async () => {
  const started = performance.now();
  const run = bench(mini, { ...LITTLE, arms: ["soft-thinking-grpo"], profile: true });
  const told = (await Array.fromAsync(run)).filter((event) => event.kind === "spent");
  const took = performance.now() - started;
  assertEquals(told.map(({ run }) => run), [{ arm: "soft-thinking-grpo", seed: 3 }]);
  const [{ parts }] = told;
  const names = ["checkpoint", "grading", "other", "rollout", "sampling", "thoughts", "update"];
  assertEquals(parts.map(([part]) => part).toSorted(), names);
  assertEquals(parts.every(([, ms]) => ms > 0) && parts.reduce((sum, [, ms]) => sum + ms, 0) <= took, true);
});

Deno.test("bench() goes on after an interruption from the folder of runs, in the same numbers", async () => {
  const runsFolder = await Deno.makeTempDir();
  const options = { ...LITTLE, arms: ["soft-thinking-grpo"], runsFolder, workers: 1, steps: 3 };
  const whole = await bench(mini, { ...options, runsFolder: await Deno.makeTempDir() });
  for await (const event of bench(mini, options)) if (event.kind === "step" && event.point.step === 2) break;
  let resumedAt: number | undefined;
  const run = bench(mini, options);
  for await (const event of run) if (event.kind === "training") resumedAt = event.curve.length;
  assertEquals(resumedAt, 2);
  const { results: [{ result }] } = await run;
  assertEquals({ ...result, run: null }, { ...whole.results[0].result, run: null });
});

Deno.test("bench() throws what is wrong with a request, and an interruption", async () => {
  await assertRejects(async () => await bench(mini, { ...LITTLE, arms: ["soft"] }), UsageError, '"soft"');
  const abort = AbortSignal.abort();
  await assertRejects(async () => await bench(mini, { ...LITTLE, abort }), InterruptedError);
});
