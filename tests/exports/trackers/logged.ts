/**
 * The run of `tests/golden/trackers.py`, for the writers that are compared with it.
 *
 * @module
 */
import type { LoggedStep, RunLog, TrackedRun, Tracker } from "../../../src/exports/trackers/tracker.ts";
import golden from "../../golden/trackers.json" with { type: "json" };

/** What the packages write. */
export const GOLDEN = { tensorboard: golden.tensorboard, wandb: golden.wandb as readonly string[] };

/** The run. */
export const LOGGED_RUN: TrackedRun = {
  project: "mini",
  id: "ab",
  name: "arm-s3",
  config: { samples: 5 },
  time: "2026-01-01T00:00:00.000Z",
};
const EARLIER: LoggedStep = { step: 2, figures: { "train/reward": 0.375 } };
const LATER: LoggedStep = { step: 300, figures: { "train/reward": 0.1, "evaluation/a/mean/pass@1": -2.5 } };

/** Begins the run in a folder with its first step, logs the second, and lets it fail. */
export function logRun(track: Tracker, folder: string): void {
  using log: RunLog = track(folder, LOGGED_RUN, [EARLIER]);
  log.log(LATER, "2026-01-01T00:01:01.500Z");
  log.finish("failed");
}

/** The files below a folder, by path. */
export function filesBelow(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(`${folder}/${prefix}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesBelow(folder, `${prefix}${name}/`) : [prefix + name]
  ).sort();
}
