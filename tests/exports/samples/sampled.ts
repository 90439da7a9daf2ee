/**
 * A small run with soft thoughts, for exports of its samples.
 *
 * @module
 */
import { bench } from "../../../src/experiment/bench.ts";
import { type StoredSamples, storedSamples } from "../../../src/exports/samples/stored_samples.ts";
import type { Result } from "../../../src/result/types.ts";
import mini from "../../fixtures/mini.ts";

/** Where it ran, and its result. */
export interface SampledRun {
  readonly runs: string;
  readonly result: Result;
  readonly stored: StoredSamples;
}

/** Runs it: 3 problems of one dataset, 5 samples each. */
export async function sampledRun(): Promise<SampledRun> {
  const runs = await Deno.makeTempDir();
  const options = { arms: ["soft-tokens-grpo"], datasets: ["arith-add"], seeds: [2], limit: 3, samples: 5, steps: 1 };
  const { results: [{ result }] } = await bench(mini, { ...options, runsFolder: runs });
  return { runs, result, stored: storedSamples(runs, [result]).next().value! };
}
