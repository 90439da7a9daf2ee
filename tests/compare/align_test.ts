import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { alignArm, pairArms, type Protected } from "../../src/compare/align.ts";
import { BenchError } from "../../src/errors.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts } from "../result/example.ts";
import type { ResultCounts } from "../../src/result/complete.ts";
import type { Result } from "../../src/result/types.ts";

function align(changes: Partial<ResultCounts>, allow: readonly Protected[] = []) {
  const side = (result: Result) => [{ path: "file.json", result }];
  const [pair] = pairArms(
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
  const [pair] = pairArms(folder, [stored("now.json", "2026-11-25T07:00:00Z")]);
  assertEquals(pair.base.map(({ path }) => path), ["new.json"]);
  assertEquals(pair.superseded, ["old.json"]);
});

Deno.test("failed results are no side of a comparison", () => {
  const failed = completeResult({ ...exampleCounts(), status: "failed", error: "no memory" });
  const side = [{ path: "file.json", result: failed }];
  assertThrows(() => pairArms(side, side), BenchError, "BASE holds no result that did not fail");
});

Deno.test("an arm is paired in each domain, so that one result does not hide the other", () => {
  const other = { datasets: datasets.map((own) => ({ ...own, kind: "multiple-choice" as const })) };
  const side = [completeResult(exampleCounts()), completeResult({ ...exampleCounts(), ...other })]
    .map((result) => ({ path: "file.json", result }));
  const { label } = exampleCounts().arm;
  assertEquals(pairArms(side, side).map(({ arm, superseded }) => [arm, superseded]), [
    [label, []],
    [`${label}, out of domain`, []],
  ]);
  assertThrows(() => pairArms(side, [side[0]]), BenchError, `NEW has no result of ${label}, out of domain`);
});
