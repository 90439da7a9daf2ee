/**
 * Which noise the completions of a training step are drawn with: no two of a step share any.
 *
 * Letters: `B` prompts, `G` completions per prompt.
 *
 * @module
 */
import type { Problem } from "../datasets/problem.ts";
import { type NoiseStream, noiseStream } from "../random/streams.ts";

/** What the noise of a step is named by, beside the problem and the sample. */
export interface StepNoiseName {
  /** Seed of all noise. */
  readonly seed: number;
  /** Training step, from 1. */
  readonly step: number;
  /** Name of the source of problems. */
  readonly dataset: string;
  /** G. */
  readonly groupSize: number;
}

/**
 * The noise of every completion of a step.
 *
 * @param problems (B), those of the step; a problem may stand in it more than once
 * @param draw 0 for the first draw of the step's groups, d for the d-th time that some are drawn again
 * @returns (B, G)
 */
export function stepStreams(
  { seed, step, dataset, groupSize }: StepNoiseName,
  problems: readonly Problem[],
  draw = 0,
): NoiseStream[][] {
  return sampleIndices(problems.map(({ id }) => id), groupSize, draw).map((samples, b) =>
    samples.map((sample) => noiseStream({ seed, purpose: `rollout/${step}`, dataset, problem: problems[b].id, sample }))
  );
}

/**
 * Indices of samples among all of their problem in a step: (draw · occurrences + occurrence) · G + g, where a problem
 * that stands once, drawn once, has 0 … G - 1.
 *
 * @param ids (B), of the problems of a step
 * @param groupSize G
 * @param draw how often the groups were drawn before, from 0
 * @returns (B, G)
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(sampleIndices(["p", "q", "p"], 2, 0), [[0, 1], [0, 1], [2, 3]]);
 * assertEquals(sampleIndices(["p", "q", "p"], 2, 1), [[4, 5], [2, 3], [6, 7]]);
 * ```
 */
export function sampleIndices(ids: readonly string[], groupSize: number, draw: number): number[][] {
  const occurrences = Map.groupBy(ids.keys(), (b) => ids[b]);
  return ids.map((id, b) => {
    const own = occurrences.get(id)!;
    const group = draw * own.length + own.indexOf(b);
    return Array.from({ length: groupSize }, (_, g) => group * groupSize + g);
  });
}
