/**
 * A run that goes on after an interruption, as events; and a tracker that remembers what it was told.
 *
 * @module
 */
import type { BenchEvent } from "../../../src/experiment/events.ts";
import { resolveExperiment } from "../../../src/experiment/resolve.ts";
import type { LoggedStep, TrackedRun, Tracker } from "../../../src/exports/trackers/tracker.ts";
import { exampleResult } from "../../result/example.ts";
import mini from "../../fixtures/mini.ts";

/** The experiment of the events. */
export const CONFIG = resolveExperiment(mini, { arms: ["soft-tokens-grpo"], seeds: [3], steps: 5 });
/** Its run. */
export const RUN = { arm: "soft-tokens-grpo", seed: 3 };
/** Its steps. */
export const POINTS = [1, 2, 3, 4, 5].map((step) => ({ step, reward: step / 8, tokens: 10 + step }));

/** Training from the step after `saved` to `last`. */
export function training(saved: number, last: number): BenchEvent[] {
  return [
    { kind: "training", run: RUN, curve: POINTS.slice(0, saved), total: 5 },
    ...POINTS.slice(saved, last).map((point): BenchEvent => ({ kind: "step", run: RUN, point, total: 5 })),
  ];
}

/** What its evaluation came to: both datasets in one result. */
export function evaluated(): BenchEvent {
  return {
    kind: "result",
    run: RUN,
    result: exampleResult({ training: { steps: 5, curve: POINTS, mismatch: null, notes: [] } }),
  };
}

/** A tracker that remembers: what a run was begun with, its steps, and how it ended. */
export function rememberingTracker(): {
  tracker: Tracker;
  begun: [TrackedRun, readonly LoggedStep[]][];
  lines: string[];
} {
  const begun: [TrackedRun, readonly LoggedStep[]][] = [];
  const lines: string[] = [];
  return {
    begun,
    lines,
    tracker: (_, run, earlier) => {
      begun.push([run, earlier]);
      return {
        log: ({ step, figures }, time) => void lines.push(`${step} at ${time}: ${Object.keys(figures)}`),
        finish: (outcome) => void lines.push(outcome),
        [Symbol.dispose]: () => void lines.push("closed"),
      };
    },
  };
}
