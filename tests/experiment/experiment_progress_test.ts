import { assertEquals } from "@std/assert";
import {
  endedRuns,
  ExperimentProgress,
  millisecondsLeft,
  stepShare,
  workShare,
} from "../../src/experiment/experiment_progress.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import type { Result } from "../../src/result/types.ts";
import mini from "../fixtures/mini.ts";

// Arms: base and soft-tokens-grpo; 5 steps of 2 x 3 completions, 3 problems in all x 7 samples.
const config = resolveExperiment(mini, { arms: ["base", "soft-tokens-grpo"], seeds: [2, 3], samples: 7 });
const START = "2026-01-01T00:00:00.000Z";
const after = (seconds: number) => new Date(Date.parse(START) + 1000 * seconds).toISOString();

/** Of a run of each arm: 3 problems x 7 samples of one evaluation; a step costs 4 x 2 x 3. */
const EVALUATED = 21, STEP = 24;

function followed() {
  const progress = new ExperimentProgress({ config, problems: 3, backend: "cpu-engine" }, START);
  const samples = (arm: string, seed: number, done: number, correct: number) =>
    progress.follow({ kind: "samples", run: { arm, seed }, evaluation: arm, dataset: "a", done, total: 11, correct });
  return { progress, samples };
}

Deno.test("the whole is trained and evaluated completions of all runs, trained ones at their cost", () => {
  const { progress } = followed();
  const state = progress.state(after(0));
  assertEquals(state.work, { total: 2 * (2 * EVALUATED + 5 * STEP), done: 0, before: 0 });
  assertEquals([endedRuns(state), workShare(state), millisecondsLeft(state)], [0, 0, undefined]);
});

Deno.test("what was there before a resumption counts as done, and not for the rate", () => {
  const { progress, samples } = followed();
  const run = { arm: "soft-tokens-grpo", seed: 2 };
  progress.follow({ kind: "training", run, curve: [1, 2, 3].map((step) => ({ step, reward: 0 })), total: 5 });
  progress.follow({ kind: "step", run, point: { step: 4, reward: 1 }, total: 5 });
  samples("base", 3, 11, 5);
  samples("base", 3, 13, 6);
  const state = progress.state(after(10));
  assertEquals(state.work, { total: 324, done: 4 * STEP + 13, before: 3 * STEP + 11 });
  // 26 of the work in 10 s, 215 are left.
  assertEquals(millisecondsLeft(state), 10_000 * 215 / 26);
  assertEquals(state.runs.map(({ state, steps, samples, correct }) => [state, steps, samples, correct]), [
    ["waiting", 0, 0, 0],
    ["at work", 4, 0, 0],
    ["at work", 0, 13, 6],
    ["waiting", 0, 0, 0],
  ]);
});

Deno.test("what is drawn within a step or a sample counts until the step or the sample does", () => {
  const { progress, samples } = followed();
  const run = { arm: "soft-tokens-grpo", seed: 2 };
  const done = (part: "rollout" | "update", done: number) => {
    progress.follow({ kind: "within", run, step: 1, part, done, tokens: 17, total: 5 });
    return progress.state(after(3)).work.done;
  };
  // A quarter of a step is drawing.
  assertEquals([done("rollout", 0.5), done("update", 0), done("update", 0.5)], [STEP / 8, STEP / 4, 5 * STEP / 8]);
  progress.follow({ kind: "step", run, point: { step: 1, reward: 1 }, total: 5 });
  assertEquals(progress.state(after(4)).work.done, STEP);
  samples("base", 3, 0, 0);
  const base = { run: { arm: "base", seed: 3 }, evaluation: "base", dataset: "a", total: 11 };
  progress.follow({ kind: "samples", ...base, done: 2, correct: 1, tokens: 70, underWay: 2.5 });
  assertEquals(progress.state(after(5)).work.done, STEP + 4.5);
  samples("base", 3, 4, 1);
  assertEquals(progress.state(after(6)).work.done, STEP + 4);
  assertEquals([stepShare("rollout", 1), stepShare("update", 1)], [1 / 4, 1]);
});

Deno.test("a run that was finished before is all there, and one that failed leaves nothing to do", () => {
  const { progress } = followed();
  const result = {} as Result;
  progress.follow({ kind: "result", run: { arm: "base", seed: 2 }, result });
  progress.follow({ kind: "result", run: { arm: "soft-tokens-grpo", seed: 2 }, result });
  progress.follow({ kind: "result", run: { arm: "base", seed: 3 }, result });
  progress.follow({ kind: "failure", run: { arm: "soft-tokens-grpo", seed: 3 }, error: "Cannot go on" });
  const state = progress.state(after(7));
  assertEquals([endedRuns(state), workShare(state), millisecondsLeft(state)], [4, 1, 0]);
  assertEquals(state.work.before, state.work.done);
  assertEquals(state.runs[3].error, "Cannot go on");
});
