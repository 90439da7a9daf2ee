import { assertEquals } from "@std/assert";
import {
  ablationsOf,
  armNames,
  type ChoiceOptions,
  chooseResults,
  latestResults,
  leftOutText,
  scopeOf,
} from "../../src/result/choice.ts";
import type { ResultCounts } from "../../src/result/complete.ts";
import { exampleCounts, exampleProblem, exampleResult } from "./example.ts";

const { code, overlap, experiment, arm, run, datasets: [add] } = exampleCounts();
const part = {
  ...add,
  name: "gsm8k",
  coverage: { scored: 2, of: 1319 },
  problems: [3, 4].map((c) => exampleProblem(`gsm8k/${c}`, 7, c)),
};
const ablation = { ...experiment, name: "ablation-noise" };

const CASES: Readonly<Record<string, Partial<ResultCounts>>> = {
  whole: {},
  smoke: { status: "smoke" },
  failed: { status: "failed", error: "no memory" },
  dirty: { code: { ...code, dirty: true } },
  leaked: { overlap: { ...overlap, sharedWithEvaluation: 1 } },
  part: { datasets: [part] },
  imported: { status: "imported", source: "paper", code: { ...code, commit: null } },
  ablation: { experiment: ablation },
  "smoke ablation": { experiment: ablation, status: "smoke" },
};

/** Names of the cases that count. */
function counted(names: readonly string[], options?: ChoiceOptions): string[] {
  const sources = names.map((path) => ({ path, result: exampleResult(CASES[path]) }));
  return chooseResults(sources, options).counted.map(({ path }) => path);
}

Deno.test("each view takes what is meant for it, whatever lies beside", () => {
  const all = Object.keys(CASES);
  const own = ["whole", "dirty", "leaked", "part", "imported"];
  assertEquals(counted(all), own);
  assertEquals(counted(all, { smoke: true }), ["whole", "smoke", ...own.slice(1)]);
  assertEquals(counted(all, { published: true }), ["whole", "imported"]);
  assertEquals(counted(all, { published: true, partial: true }), ["whole", "part", "imported"]);
  assertEquals(counted(all, { published: true, smoke: true }), ["whole", "smoke", "dirty", "leaked", "imported"]);
  assertEquals(counted(all, { ablations: ["ablation-noise"] }), [...own, "ablation"]);
  assertEquals(counted(all, { experiments: ["ablation-noise"] }), ["ablation"]);
  assertEquals(counted(all, { experiments: ["ablation-noise"], published: true, smoke: true }), [
    "ablation",
    "smoke ablation",
  ]);
  assertEquals(counted(all, { experiments: ["example"] }), own);
});

Deno.test("one's own views show smoke runs and ablations where there is nothing else, what is published does not", () => {
  assertEquals(counted(["smoke", "failed"]), ["smoke"]);
  assertEquals(counted(["ablation", "failed", "smoke ablation"]), ["ablation"]);
  assertEquals(counted(["smoke", "ablation"]), ["smoke"]);
  assertEquals(counted(["smoke ablation"]), ["smoke ablation"]);
  assertEquals(counted(["failed"]), []);
  assertEquals(counted(["smoke", "ablation", "smoke ablation"], { published: true }), []);
  assertEquals(counted(["failed", "ablation"], { published: true }), []);
  // A folder of ablations is named.
  assertEquals(counted(["ablation", "smoke ablation"], { published: true }), ["ablation"]);
  assertEquals(counted([]), []);
});

Deno.test("what was left out is said with the reason", () => {
  const sources = Object.values(CASES).map((changes) => ({ result: exampleResult(changes) }));
  assertEquals(
    leftOutText(chooseResults(sources, { published: true })),
    "1 (smoke run), 1 (failed), 1 (uncommitted code), 1 (trained on test problems), 1 (part of a dataset), 2 (ablation)",
  );
  assertEquals(leftOutText(chooseResults(sources.slice(0, 1))), undefined);
  assertEquals(ablationsOf(sources), ["ablation-noise"]);
});

Deno.test("of several results of an arm, decoding and seed the latest counts", () => {
  const at = (path: string, startedAt: string, changes: Partial<typeof arm> = {}) => ({
    path,
    result: exampleResult({ run: { ...run, startedAt }, arm: { ...arm, ...changes } }),
  });
  const { counted, leftOut } = latestResults([
    at("new", "2026-11-25T00:00:00Z"),
    at("old", "2026-11-24T00:00:00Z"),
    at("other seed", "2026-11-23T00:00:00Z", { seed: 2 }),
    at("other decoding", "2026-11-22T00:00:00Z", { decoding: "matched" }),
  ]);
  assertEquals(counted.map(({ path }) => path), ["other decoding", "other seed", "new"]);
  assertEquals(leftOut.map(({ source, reason }) => [source.path, reason]), [
    ["old", "a later result of the same arm and seed"],
  ]);
});

Deno.test("results are told apart by experiment, model and how many problems were scored", () => {
  const { model } = exampleCounts();
  const scopes = [
    {},
    { arm: { ...arm, seed: 3 } },
    { model: { ...model, source: "elsewhere" } },
    { datasets: [add] },
    { datasets: [{ ...add, problems: add.problems.slice(1), coverage: { ...add.coverage, scored: 4 } }] },
    { experiment: { ...experiment, name: "another" } },
  ].map((changes) => scopeOf(exampleResult(changes)));
  assertEquals(scopes.map((scope) => scopes.indexOf(scope)), [0, 0, 2, 3, 4, 5]);
});

Deno.test("a result out of domain is no repetition of one on mathematics, nor of its name", () => {
  const other = exampleResult({ datasets: [{ ...add, kind: "multiple-choice" }] });
  const both = [exampleResult({ datasets: [add] }), other];
  assertEquals(new Set(both.map(scopeOf)).size, 2);
  assertEquals(latestResults(both.map((result) => ({ result }))).counted.length, 2);
  const { label } = arm;
  assertEquals([both.map(armNames(both)), armNames([other])(other)], [[label, `${label}, out of domain`], label]);
});

Deno.test("an arm has its decoding in its name where one list has it under several", () => {
  const of = (label: string, decoding: string) => exampleResult({ arm: { ...arm, label, decoding } });
  const base = [of("a", "x"), of("a", "y"), of("b", "x")];
  assertEquals(base.map(armNames(base)), ["a.x", "a.y", "b"]);
  // Each side has one of them: what differs is a difference of the sides.
  assertEquals([of("b", "z")].map(armNames(base, [of("b", "z")])), ["b"]);
});
