import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { importPublished, parsePublishedRows, publishedArms, reportedPassAt } from "../../src/published/counts.ts";
import { completeResult } from "../../src/result/complete.ts";
import { coverageOf, coverageText } from "../../src/result/coverage.ts";
import { validateResult } from "../../src/result/validate.ts";

const ROW = {
  base_model: "some-model",
  training: "soft-grpo",
  decoding: "soft",
  dataset: "aime2024",
  samples_per_problem: 7,
  correct_counts: [0, 7, 3],
  source: "someone/something@abc file.txt",
};

Deno.test("rows of one arm become one valid imported result, under this project's names", () => {
  const rows = parsePublishedRows([ROW, { ...ROW, dataset: "amc23" }, {
    ...ROW,
    training: "none",
    decoding: "discrete",
  }], "x");
  const results = importPublished(rows, "paper", "2026-11-24T07:00:00.000Z")
    .map((counts) => validateResult(completeResult(counts)));
  assertEquals(results.map(({ arm }) => [arm.label, arm.algorithm, arm.decoding]), [
    ["soft-thinking-grpo", "soft-thinking-grpo", "soft-thinking"],
    ["base-discrete", "base", "discrete"],
  ]);
  assertEquals(results[0].status, "imported");
  assertEquals(results[0].source, ROW.source);
  assertEquals(results[0].datasets.map(({ name }) => name), ["aime2024", "amc23"]);
  assertEquals(results[0].datasets[0].problems[2], { id: "aime2024/0002", n: 7, c: 3 });
  assertEquals(results[0].datasets[0].metrics.passAt["7"].value, 2 / 3);
  assertEquals(results[0].average.majorityAt, {});
});

Deno.test("what a publisher reports is read where it has the known form", () => {
  const reported = { pass_at_1: 0.2, ks: [2, 7], pass_at_k: [0.3, 0.5], mean_tokens_all: 11 };
  assertEquals(reportedPassAt({ reported }), { "1": 0.2, "2": 0.3, "7": 0.5 });
  assertEquals(reportedPassAt({ reported: { pass_at_1: 0.2 } }), { "1": 0.2 });
  assertEquals(reportedPassAt({ reported: { ...reported, pass_at_k: [0.3] } }), { "1": 0.2, "2": 0.3 });
  assertEquals([reportedPassAt({}), reportedPassAt({ reported: { accuracy: 1 } })], [{}, {}]);
});

Deno.test("rows of one arm stand together, in the order of the results", () => {
  const other = { ...ROW, training: "none" };
  const rows = parsePublishedRows([ROW, other, { ...ROW, dataset: "amc23" }], "x");
  assertEquals(publishedArms(rows).map((own) => own.map(({ dataset }) => dataset)), [["aime2024", "amc23"], [
    "aime2024",
  ]]);
  assertEquals(importPublished(rows, "x", "").map(({ datasets }) => datasets.length), [2, 1]);
});

Deno.test("a row names its protocol, or none", () => {
  assertEquals(
    parsePublishedRows([{ ...ROW, protocol: "multiplex" }, { ...ROW, dataset: "amc23" }], "x").map(({ protocol }) =>
      protocol
    ),
    [
      "multiplex",
      undefined,
    ],
  );
});

Deno.test("a faulty row is refused with its place", () => {
  const refusal = (value: unknown) => assertThrows(() => parsePublishedRows(value, "x.json"), BenchError).message;
  assertStringIncludes(
    refusal([]),
    "Cannot read x.json as published counts: found a list of 0, expected a list of at least 1",
  );
  assertStringIncludes(
    refusal([ROW, { ...ROW, dataset: "amc23", correct_counts: [8] }]),
    "Cannot read [1].correct_counts[0] of x.json as published counts: found 8, expected at most samples_per_problem = 7",
  );
  assertStringIncludes(
    refusal([{ ...ROW, samples_per_problem: 1e9 }]),
    "Cannot read [0].samples_per_problem of x.json as published counts: found 1000000000, expected at most 65536",
  );
  assertStringIncludes(refusal([{ ...ROW, correct_counts: [0.5] }]), "found 0.5, expected an integer of at least 0");
  assertStringIncludes(refusal([{ ...ROW, protocol: "soft-grpo" }]), "[0].protocol of x.json");
  assertStringIncludes(
    refusal([{ ...ROW, dataset: undefined }]),
    "[0].dataset of x.json as published counts: found undefined, expected text that is not empty",
  );
});

Deno.test("rows that contradict each other, themselves or their dataset are refused", () => {
  const refusal = (...rows: unknown[]) => assertThrows(() => parsePublishedRows(rows, "x.json"), BenchError).message;
  assertStringIncludes(
    refusal(ROW, { ...ROW, dataset: "amc23" }, { ...ROW, correct_counts: [1, 2, 3] }),
    '[2].dataset of x.json as published counts: found "aime2024", expected another dataset, as row 0 is of the same one',
  );
  assertEquals(parsePublishedRows([ROW, { ...ROW, decoding: "discrete" }], "x.json").length, 2);
  // (0 + 7 + 3) / 21.
  const reporting = (pass_at_1: number) => ({ ...ROW, reported: { pass_at_1 } });
  assertEquals(parsePublishedRows([reporting(0.476)], "x.json").length, 1);
  assertStringIncludes(
    refusal(reporting(0.477)),
    "[0].reported.pass_at_1 of x.json as published counts: found 0.477, expected 0.47619",
  );
  assertStringIncludes(
    refusal({ ...ROW, correct_counts: Array.from({ length: 31 }, () => 1) }),
    "[0].correct_counts of x.json as published counts: found 31 counts, expected at most 30, the problems of aime2024",
  );
});

Deno.test("counts of a part of a dataset are marked as such", () => {
  const [counts] = importPublished([ROW], "paper", "2026-11-24T07:00:00.000Z");
  assertEquals(counts.datasets.map((dataset) => coverageText(coverageOf(dataset))), ["3 of 30"]);
});
