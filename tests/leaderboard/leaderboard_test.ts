import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import {
  buildLeaderboard,
  type LeaderboardOptions,
  serializeLeaderboard,
  validateLeaderboard,
} from "../../src/leaderboard/leaderboard.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts, exampleProblem, exampleResult } from "../result/example.ts";
import type { ResultCounts } from "../../src/result/complete.ts";
import { jsonSha256 } from "../../src/files/hash.ts";
import type { StoredResult } from "../../src/result/store.ts";

interface Changes extends Partial<ResultCounts> {
  readonly label?: string;
  readonly seed?: number;
  /** Right samples of 7, of every problem. */
  readonly right?: number;
}

function stored({ label = "arm", seed = 1, right = 3, ...changes }: Changes): StoredResult {
  const counts = exampleCounts();
  const datasets = ["a", "b"].map((name) => ({
    name,
    version: "1",
    sha256: null,
    coverage: { scored: 3, of: 3 },
    problems: [0, 1, 2].map((i) => exampleProblem(`${name}/${i}`, 7, i === 1 ? right : 2)),
  }));
  const result = completeResult({ ...counts, datasets, arm: { ...counts.arm, label, seed }, ...changes });
  return { path: `results/v1/${label}-s${seed}-${result.status}-${result.code.dirty}.json`, result };
}

const { code } = exampleResult();
const untrained = { training: { steps: 0, curve: [], mismatch: null, notes: [] } };

Deno.test("seeds of an arm are one row with their spread, and rows are ordered by score", () => {
  const { experiments } = buildLeaderboard(
    [stored({ seed: 2, right: 5 }), stored({ label: "best", right: 7 }), stored({ seed: 1, right: 3 })],
    "results",
  );
  assertEquals(experiments.length, 1);
  const [{ rows, datasets, metrics, from }] = experiments;
  assertEquals(rows.map(({ arm }) => arm), ["best", "arm"]);
  assertEquals(rows[1].seeds, [1, 2]);
  assertEquals(rows[1].files, ["v1/arm-s1-completed-false.json", "v1/arm-s2-completed-false.json"]);
  // Per seed (2 + 3 + 2) / 21 and (2 + 5 + 2) / 21 in both datasets.
  assertAlmostEquals(rows[1].average["pass@1"].value, 8 / 21, 1e-12);
  assertAlmostEquals(rows[1].average["pass@1"].seedDeviation!, (2 / 21) / Math.SQRT2, 1e-12);
  assertAlmostEquals(rows[1].byDataset[1]["pass@1"].value, 8 / 21, 1e-12);
  assertEquals(rows.map(({ marks }) => marks), [["one seed"], []]);
  assertEquals(datasets.map(({ name, problems }) => [name, problems]), [["a", 3], ["b", 3]]);
  assertEquals(metrics, ["pass@1", "pass@7", "majority@7"]);
  assertEquals(from, "deno task bench --verify results/v1/arm-s1-completed-false.json");
  const named = buildLeaderboard([stored({})], "results", { runAgain: (results, path) => `${results.length} ${path}` });
  assertEquals(named.experiments[0].from, "1 results/v1/arm-s1-completed-false.json");
});

Deno.test("only completed runs of committed code and imported counts are shown, others when asked, marked", () => {
  const results = [
    stored({}),
    stored({ seed: 2, code: { ...code, dirty: true } }),
    stored({ status: "smoke" }),
    stored({ status: "failed", error: "no memory", label: "failed" }),
    stored({ status: "imported", source: "paper@abc file", label: "published" }),
  ];
  const shown = buildLeaderboard(results, "results").experiments;
  assertEquals(shown.map(({ rows }) => rows.map(({ arm, marks }) => [arm, marks])), [
    [["arm", ["one seed"]]],
    [["published", ["imported", "one seed"]]],
  ]);
  assertEquals(shown[1].from, "paper@abc");
  const all = buildLeaderboard(results, "results", { smoke: true }).experiments;
  const marks = all.flatMap(({ rows }) => rows.flatMap((row) => row.marks));
  assertEquals(marks.toSorted(), ["imported", "one seed", "one seed", "smoke", "uncommitted code"]);
  assertEquals(all.flatMap(({ rows }) => rows).some(({ arm }) => arm === "failed"), false);
});

Deno.test("a part of a dataset that others report is shown where it is asked for, marked", () => {
  const [part, own] = [["gsm8k", 1319], ["arith-add", 200]].map(([name, of]) =>
    stored({
      label: `on-${name}`,
      datasets: [{
        name: String(name),
        version: "1",
        sha256: null,
        coverage: { scored: 3, of: Number(of) },
        problems: [1, 2, 3].map((c) => exampleProblem(`${name}/${c}`, 7, c)),
      }],
    })
  );
  const arms = (options: LeaderboardOptions) =>
    buildLeaderboard([part, own], "results", options).experiments
      .flatMap(({ rows, datasets: [{ problems, of }] }) => rows.map(({ arm, marks }) => [arm, problems, of, ...marks]));
  assertEquals(arms({}), [["on-arith-add", 3, 200, "one seed"]]);
  assertEquals(arms({ partial: true }).toSorted(), [
    ["on-arith-add", 3, 200, "one seed"],
    ["on-gsm8k", 3, 1319, "part of a dataset", "one seed"],
  ]);
});

Deno.test("ablations are shown where they are named", () => {
  const { experiment } = exampleCounts();
  const results = [stored({}), stored({ label: "x", experiment: { ...experiment, name: "ablation-x" } })];
  const names = (options: LeaderboardOptions) =>
    buildLeaderboard(results, "results", options).experiments.map(({ name }) => name);
  assertEquals([names({}), names({ experiments: ["ablation-x"] })], [["example"], ["ablation-x"]]);
});

Deno.test("an untrained arm has no training seeds to differ by", () => {
  const counts = exampleCounts();
  const base = (seed: number) =>
    stored({ arm: { ...counts.arm, algorithm: "base", label: "base", seed }, ...untrained });
  const [{ rows }] = buildLeaderboard([base(1), { ...base(2), path: "results/v1/two.json" }], "results").experiments;
  assertEquals(rows[0].seeds, [1, 2]);
  assertEquals(rows[0].average["pass@1"].seedDeviation, null);
  assertEquals(rows[0].marks, []);
});

Deno.test("seeds from several commits are marked", () => {
  const [{ rows }] =
    buildLeaderboard([stored({}), stored({ seed: 2, code: { ...code, commit: "f".repeat(40) } })], "results")
      .experiments;
  assertEquals(rows[0].marks, ["several commits"]);
  assertEquals(rows[0].commits.length, 2);
});

Deno.test("the text is the same for the same results in any order, and follows its schema", () => {
  const results = [stored({ seed: 2 }), stored({}), stored({ label: "b" }), stored({ label: "c", right: 3 })];
  const text = serializeLeaderboard(buildLeaderboard(results, "results"));
  assertEquals(serializeLeaderboard(buildLeaderboard(results.toReversed(), "results")), text);
  const parsed = JSON.parse(text);
  assertEquals(validateLeaderboard(parsed, "x"), parsed);
  parsed.experiments[0].rows[0].date = "yesterday";
  const error = assertThrows(() => validateLeaderboard(parsed, "x"), BenchError);
  assertStringIncludes(
    error.message,
    'Cannot read experiments[0].rows[0].date of x: found "yesterday", expected text like',
  );
});

Deno.test("a row says whose its arm is, where the results do", () => {
  const config = { arms: [{ title: "SofT-GRPO, Zheng et al. (paper)" }] };
  const [titled, plain] = buildLeaderboard([
    stored({ experiment: { name: "titled", config, configSha256: jsonSha256(config) } }),
    stored({}),
  ], "results").experiments.map(({ rows }) => rows[0].title).toReversed();
  assertEquals([titled, plain], ["SofT-GRPO, Zheng et al. (paper)", null]);
});

Deno.test("without results the leaderboard is empty, not an error", () => {
  assertEquals(buildLeaderboard([], "results"), { schemaVersion: 2, experiments: [] });
});
