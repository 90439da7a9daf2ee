/**
 * How the runs of an experiment share a machine: one after another with all threads, or several at once.
 *
 * @module
 */
import type { OpenModelOptions } from "./open_model.ts";

/**
 * At 0.8 M parameters four runs take 30 s in two lanes and 37 s one after another (2 cores). Weights, moments and gradient
 * shards of a lane are 44 bytes per parameter: eight lanes of this size would hold 3.5 GB.
 */
const LANE_PARAMETERS = 10e6;
/** A lane of the embedded model takes some 300 MiB in all. */
const MOST_LANES = 8;

/** How runs share a machine: so many at once, each with these options. */
export interface ThreadShare<Options> {
  readonly lanes: number;
  readonly options: Options;
}

/**
 * Shares the threads of cpu-engine among several runs where their model is small; elsewhere one has all of the machine.
 *
 * @param runs independent runs that there are
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(shareThreads(8e5, 30, { backend: "auto", workers: 4 }).lanes, 4);
 * ```
 */
export function shareThreads<Options extends OpenModelOptions>(
  parameters: number,
  runs: number,
  options: Options,
): ThreadShare<Options> {
  const onEngine = options.backend === "cpu-engine" || options.backend === "auto";
  if (!onEngine || parameters >= LANE_PARAMETERS) return { lanes: 1, options };
  const threads = options.workers ?? navigator.hardwareConcurrency;
  const count = Math.max(1, Math.min(threads, runs, MOST_LANES));
  return { lanes: count, options: { ...options, workers: Math.floor(threads / count) } };
}
