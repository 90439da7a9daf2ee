import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { alignArm, pairArms, type Protected } from "../../src/compare/align.ts";
import { BenchError } from "../../src/errors.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts } from "../result/example.ts";
import type { ResultCounts } from "../../src/result/complete.ts";
import type { Result } from "../../src/result/types.ts";

function align(changes: Partial<ResultCounts>, allow: readonly Protected[] = []) {
  const side = (result: Result) => [{ path: "file.json", result }];
  const { pairs: [pair] } = pairArms(
    side(completeResult(exampleCounts())),
    side(completeResult({ ...exampleCounts(), ...changes })),
  );
  return alignArm(pair, new Set(allow));
}

const { datasets, model } = exampleCounts();
const [add, sub] = datasets;

Deno.test("two results with one dataset version changed are refused, unless that is allowed", () => {
  const changes = { datasets: [add, { ...sub, version: "2" }] };
  const error = assertThrows(() => align(changes), BenchError);
  assertStringIncludes(error.message, "the version of arith-sub of file.json is 2, of BASE 1");
  assertStringIncludes(error.message, "--allow dataset");
  assertEquals(align(changes, ["dataset"]).datasets, ["arith-add", "arith-sub"]);
});

Deno.test("another file, other problems, another list of datasets are refused", () => {
  assertThrows(
    () => align({ datasets: [{ ...add, sha256: "9".repeat(64) }, sub] }),
    BenchError,
    "SHA-256 of arith-add",
  );
  assertThrows(
    () => align({ datasets: [{ ...add, problems: add.problems.slice(1) }, sub] }),
    BenchError,
    "problems of arith-add",
  );
  assertThrows(() => align({ datasets: [add] }), BenchError, "the list of datasets");
  assertEquals(align({ datasets: [{ ...add, sha256: null }, sub] }).datasets.length, 2);
});

Deno.test("another grader and another prompt are refused, unless that is allowed", () => {
  const grader = { name: "soft-grpo-bench", version: "2" };
  assertThrows(() => align({ grader }), BenchError, "the grader of file.json is soft-grpo-bench 2");
  align({ grader }, ["grader"]);
  const prompted = { model: { ...model, promptSha256: "8".repeat(64) } };
  assertThrows(() => align(prompted), BenchError, "the prompt template");
  align(prompted, ["prompt"]);
});

Deno.test("what both sides share is put into one order", () => {
  const shuffled = { datasets: [sub, { ...add, problems: add.problems.slice(1).toReversed() }] };
  const { datasets, base, changed } = align(shuffled, ["dataset"]);
  assertEquals(datasets, ["arith-add", "arith-sub"]);
  assertEquals(changed[0][0].map(({ id }) => id), base[0][0].map(({ id }) => id));
  assertEquals(base[0][0].length, 4);
  const others = add.problems.map((problem) => ({ ...problem, id: `new ${problem.id}` }));
  assertThrows(
    () => align({ datasets: [{ ...add, problems: others }, sub] }, ["dataset"]),
    BenchError,
    "share no problem",
  );
});

Deno.test("of a folder the latest result of an arm and seed counts, and only experiments of both sides", () => {
  const counts = exampleCounts();
  const stored = (path: string, startedAt: string, name = "example") => ({
    path,
    result: completeResult({
      ...counts,
      experiment: { ...counts.experiment, name },
      run: { ...counts.run, startedAt },
    }),
  });
  const folder = [
    stored("new.json", "2026-11-24T08:00:00Z"),
    stored("old.json", "2026-11-24T07:00:00Z"),
    stored("other.json", "2026-11-24T09:00:00Z", "another"),
  ];
  const { pairs: [pair], notes } = pairArms(folder, [stored("now.json", "2026-11-25T07:00:00Z")]);
  assertEquals(pair.base.map(({ path }) => path), ["new.json"]);
  assertEquals(notes, [
    "BASE alone has another on arith-add (5 of 200), arith-sub (3)",
    "left out for a later result of the same arm and seed: old.json",
  ]);
});

Deno.test("failed results are no side of a comparison", () => {
  const failed = completeResult({ ...exampleCounts(), status: "failed", error: "no memory" });
  const side = [{ path: "file.json", result: failed }];
  assertThrows(() => pairArms(side, side), BenchError, "BASE holds no result that did not fail");
});

Deno.test("an arm is paired in each domain, so that one result does not hide the other", () => {
  const other = { datasets: datasets.map((own) => ({ ...own, kind: "multiple-choice" as const })) };
  const both = [completeResult(exampleCounts()), completeResult({ ...exampleCounts(), ...other })]
    .map((result) => ({ path: "file.json", result }));
  const { label } = exampleCounts().arm;
  const { pairs, notes } = pairArms(both, both);
  assertEquals(pairs.map(({ arm, base }) => [arm, base.length]), [
    [`example: ${label}`, 1],
    [`example, out of domain: ${label}`, 1],
  ]);
  assertEquals(notes, []);
  assertEquals(pairArms(both, [both[0]]).notes, ["BASE alone has example on arith-add (5 of 200), arith-sub (3)"]);
  // Where nothing is of as many problems, too.
  const fewer = both.map(({ result }) => ({
    result: completeResult({
      ...result,
      datasets: result.datasets.map((own) => ({
        ...own,
        coverage: { scored: 2, of: null },
        problems: own.problems.slice(0, 2),
      })),
    }),
  }));
  assertEquals(pairArms(both, fewer).pairs.map(({ arm }) => arm), [label, `${label}, out of domain`]);
});

Deno.test("of smoke runs beside whole ones nothing is compared, and of smoke runs alone they are", () => {
  const whole = { path: "whole.json", result: completeResult(exampleCounts()) };
  const { run } = exampleCounts();
  const smoke = {
    path: "smoke.json",
    result: completeResult({
      ...exampleCounts(),
      status: "smoke",
      run: { ...run, startedAt: "2026-12-01T00:00:00Z" },
      datasets: datasets.map((dataset) => ({
        ...dataset,
        coverage: { ...dataset.coverage, scored: 2 },
        problems: dataset.problems.slice(0, 2),
      })),
    }),
  };
  const { pairs: [pair], notes } = pairArms([whole, smoke], [smoke, whole]);
  assertEquals([pair.base, pair.changed].map((side) => side.map(({ path }) => path)), [["whole.json"], ["whole.json"]]);
  assertEquals(notes, ["BASE: left out 1 (smoke run)", "NEW: left out 1 (smoke run)"]);
  assertEquals(pairArms([smoke], [smoke]).pairs.map(({ base }) => base.map(({ path }) => path)), [["smoke.json"]]);
});

Deno.test("groups of results that cannot be compared are compared each with its like", () => {
  const counts = exampleCounts();
  const evaluation = (seed: number, decoding: string) => ({
    path: `${decoding}-${seed}.json`,
    result: completeResult({
      ...counts,
      experiment: { ...counts.experiment, name: "example-evaluate" },
      arm: { ...counts.arm, label: "base", decoding, seed },
      datasets: [add],
    }),
  });
  const whole = { path: "whole.json", result: completeResult(counts) };
  const folder = [whole, evaluation(1, "matched"), evaluation(2, "matched"), evaluation(1, "noisy")];
  assertEquals(
    pairArms(folder, folder).pairs.map(({ arm, base }) => [arm, ...base.map(({ path }) => path)]),
    [
      ["example: soft-thinking-grpo-paper", "whole.json"],
      ["example-evaluate: base.matched", "matched-1.json", "matched-2.json"],
      ["example-evaluate: base.noisy", "noisy-1.json"],
    ],
  );
});
