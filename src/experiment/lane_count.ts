/**
 * How the runs of an experiment share a machine: one after another with all threads, or several at once.
 *
 * @module
 */
import type { OpenModelOptions } from "./open_model.ts";

/** At 0.8 M parameters four runs take 30 s in two lanes and 37 s one after another (2 cores). */
const LANE_PARAMETERS = 10e6;
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
 * @param fits whether so many lanes of so many threads have room for all that they would do at once
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { lanes } = await shareThreads(8e5, 30, { backend: "auto", workers: 4 }, async (lanes) => lanes <= 2);
 * assertEquals(lanes, 2);
 * ```
 */
export async function shareThreads<Options extends OpenModelOptions>(
  parameters: number,
  runs: number,
  options: Options,
  fits: (lanes: number, workers: number) => Promise<boolean>,
): Promise<ThreadShare<Options>> {
  const onEngine = options.backend === "cpu-engine" || options.backend === "auto";
  if (!onEngine || parameters >= LANE_PARAMETERS) return { lanes: 1, options };
  const threads = options.workers ?? navigator.hardwareConcurrency;
  let lanes = Math.max(1, Math.min(threads, runs, MOST_LANES));
  while (lanes > 1 && !await fits(lanes, Math.floor(threads / lanes))) lanes--;
  return { lanes, options: { ...options, workers: Math.floor(threads / lanes) } };
}
