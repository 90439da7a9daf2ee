/**
 * What a tracker of others is told of a run: where its figures are written is the tracker's own business.
 *
 * @module
 */
import type { JsonObject } from "../../files/json.ts";

/** Figures of one step, by names such as `train/reward`. */
export interface LoggedStep {
  readonly step: number;
  readonly figures: Readonly<Record<string, number>>;
}

/** A run as trackers name it. */
export interface TrackedRun {
  /** Name of the experiment, in letters that are safe in a path. */
  readonly project: string;
  /** The same for the same configuration, arm and seed; hexadecimal digits. */
  readonly id: string;
  /** `discrete-grpo-s1`, likewise safe. */
  readonly name: string;
  readonly config: JsonObject;
  /** ISO 8601; the time of all that is logged before the run goes on. */
  readonly time: string;
}

/** A run that is being written. Disposing of it leaves it as one that was interrupted. */
export interface RunLog extends Disposable {
  /** Adds a step, later than those before it, at a time in ISO 8601. */
  log(step: LoggedStep, time: string): void;
  /** Says that the run is over. */
  finish(outcome: "finished" | "failed"): void;
}

/**
 * Begins a run anew with the steps that it has already. What an earlier session wrote of it is replaced, so that no step is
 * there twice.
 */
export type Tracker = (folder: string, run: TrackedRun, earlier: readonly LoggedStep[]) => RunLog;
