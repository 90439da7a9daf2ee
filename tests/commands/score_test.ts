import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { run } from "../../src/commands/score.ts";
import { UsageError } from "../../src/errors.ts";
import { captured, inFolder } from "./captured.ts";
import { fileURLToPath } from "node:url";
import { readResults, writeResult } from "../../src/result/store.ts";
import { exampleResult } from "../result/example.ts";

const COUNTS = fileURLToPath(new URL("../../benchmarks/published/soft_grpo_llama_3b_counts.json", import.meta.url));

Deno.test("score prints a table, or one JSON document", async () => {
  const text = await captured(() => run({ positionals: [COUNTS], flags: { passAt: [1, 16] } }));
  assertEquals(text.code, 0);
  assertStringIncludes(text.stdout, "pass@16");
  const json = await captured(() => run({ positionals: [COUNTS], flags: { json: true } }));
  assertEquals(JSON.parse(json.stdout).results.length, 5);
});

Deno.test("score --save writes published counts as imported results, once", () =>
  inFolder(async (results) => {
    const flags = { save: true, json: true, results };
    await captured(() => run({ positionals: [COUNTS], flags }));
    const again = await captured(() => run({ positionals: [COUNTS], flags }));
    assertStringIncludes(again.stderr, "is there already");
    const stored = readResults(`${results}/v2`);
    assertEquals(stored.map(({ result }) => result.status), Array(5).fill("imported"));
    await assertRejects(
      () => run({ positionals: [stored[0].path], flags }),
      UsageError,
      "--save imports published counts",
    );
  }));

Deno.test("score --bootstrap adds intervals of the averages", async () => {
  const flags = { bootstrap: 100, json: true, passAt: [1], majorityAt: [] };
  const { stdout } = await captured(() => run({ positionals: [COUNTS], flags }));
  const { bootstrap, passAt } = JSON.parse(stdout).results[0].average;
  // Both are about 30 to 36 % here.
  assertEquals(Math.abs(bootstrap["pass@1"].low - passAt["1"].low) < 0.02, true);
  assertEquals(Math.abs(bootstrap["pass@1"].high - passAt["1"].high) < 0.02, true);
  const text = await captured(() => run({ positionals: [COUNTS], flags: { bootstrap: 100, passAt: [1] } }));
  assertStringIncludes(text.stdout, "average, bootstrap");
});

Deno.test("score predicts Pass@k beyond the samples, and says so", async () => {
  const { stdout } = await captured(() => run({ positionals: [COUNTS], flags: { passAt: [32, 64] } }));
  assertStringIncludes(stdout, "pass@64 predicted");
  assertStringIncludes(stdout, "not the unbiased pass@k");
});

const PRINTED = fileURLToPath(new URL("../../benchmarks/published/multiplex_pass_at_1.json", import.meta.url));

Deno.test("score shows a printed table as printed, beside what it recomputes", async () => {
  const text = await captured(() => run({ positionals: [PRINTED, COUNTS], flags: { passAt: [1] } }));
  assertStringIncludes(text.stdout, "neither standard errors nor Pass@k by another rule can be computed");
  assertStringIncludes(text.stdout, "pass@1 reported");
  const json = await captured(() => run({ positionals: [PRINTED], flags: { json: true } }));
  const { results, printed } = JSON.parse(json.stdout);
  assertEquals([results, printed[0].table.rows.length], [[], 7]);
});

Deno.test("score refuses to recompute what is known as printed alone, and a rule that needs samples", async () => {
  for (const flags of [{ passAt: [1] }, { rules: ["bootstrap"] as const }, { bootstrap: 100 }, { save: true }]) {
    await assertRejects(() => run({ positionals: [PRINTED], flags }), UsageError, "found a table as printed");
  }
  await assertRejects(
    () => run({ positionals: [COUNTS], flags: { rules: ["bootstrap", "blocks"] } }),
    UsageError,
    "Cannot use --rules blocks: found counts alone",
  );
  const { stdout } = await captured(() =>
    run({ positionals: [COUNTS], flags: { rules: ["bootstrap"], passAt: [16] } })
  );
  assertStringIncludes(stdout, "pass@16 bootstrap");
});

Deno.test("score takes what is named, and of a folder what counts", () =>
  inFolder(async (folder) => {
    const { experiment } = exampleResult();
    writeResult(`${folder}/v2`, exampleResult());
    const smoke = writeResult(`${folder}/smoke/v2`, exampleResult({ status: "smoke" })).path;
    writeResult(`${folder}/v2`, exampleResult({ experiment: { ...experiment, name: "ablation-noise" } }));
    const scored = async (positionals: string[], flags = {}) => {
      const { stdout, stderr } = await captured(() => run({ positionals, flags: { json: true, ...flags } }));
      const { results } = JSON.parse(stdout);
      return [results.length, stderr];
    };
    assertEquals(await scored([folder]), [1, "left out: 1 (ablation), 1 (smoke run)"]);
    assertEquals(await scored([folder], { experiments: ["ablation-noise"] }), [
      1,
      "left out: 2 (another experiment)",
    ]);
    assertEquals(await scored([smoke]), [1, ""]);
    const { stdout } = await captured(() => run({ positionals: [folder], flags: {} }));
    assertStringIncludes(stdout, "5 of 200");
  }));

Deno.test("score refuses a k that it can neither compute nor predict", () =>
  inFolder(async (folder) => {
    const majority = { positionals: [COUNTS], flags: { majorityAt: [64] } };
    await assertRejects(() => run(majority), UsageError, "found 32 samples per problem");
    const path = `${folder}/one.json`;
    const [{ reported: _, ...row }] = JSON.parse(Deno.readTextFileSync(COUNTS));
    const correct_counts = row.correct_counts.map((c: number) => Math.min(1, c));
    Deno.writeTextFileSync(path, JSON.stringify([{ ...row, samples_per_problem: 1, correct_counts }]));
    await assertRejects(
      () => run({ positionals: [path], flags: { passAt: [4] } }),
      UsageError,
      "Cannot use --pass-at 4: found 1 sample per problem",
    );
  }));
