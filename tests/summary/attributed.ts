/**
 * Results of an experiment with a matched decoding that never ran, built as the default experiment is.
 *
 * @module
 */
import tiny from "../../benchmarks/tiny.ts";
import { decodingText } from "../../src/experiment/decoding_text.ts";
import { armTraining, isMatched, resolveExperiment } from "../../src/experiment/resolve.ts";
import type { JsonObject } from "../../src/files/json.ts";
import type { Result } from "../../src/result/types.ts";
import { type MadeUpArm, madeUpResults } from "../report/made_up_results.ts";

/** How good training and decoding make a row, in logits: what the tests of the tables look for. */
const SKILL: Readonly<Record<string, number>> = {
  base: -0.8,
  "discrete-grpo": 1.2,
  "soft-thinking-grpo": 0.4,
  "soft-thinking-grpo-release": 0.4,
  "soft-thinking-grpo-hard": 0.4,
  lepo: 0.8,
  "soft-tokens-grpo": -0.8,
};
const UNFILTERED_LOSS = 0.5;

/** All rows of the default experiment under some seeds. */
export function attributedResults(
  options: { problems?: number; samples?: number; seeds?: readonly number[] } = {},
): Result[] {
  const config = resolveExperiment(tiny);
  const arms = config.arms.flatMap((arm) =>
    arm.evaluations.map((evaluation): MadeUpArm => ({
      label: evaluation.label,
      algorithm: arm.objective === undefined ? "base" : arm.algorithm.name,
      preset: arm.preset ?? null,
      decoding: evaluation.decoding,
      skill: SKILL[arm.label] - (evaluation.decoding === "tokens-unfiltered" ? UNFILTERED_LOSS : 0),
      decoded: {
        text: decodingText(evaluation),
        matched: isMatched(config, evaluation),
        thoughts: evaluation.algorithm as unknown as JsonObject,
        answers: evaluation.answers as unknown as JsonObject,
        thinking: evaluation.thinking as unknown as JsonObject,
        maxNewTokens: config.evaluationMaxNewTokens,
      },
      config: arm as unknown as JsonObject,
      objective: { ...arm.objective, training: armTraining(config, arm) } as unknown as JsonObject,
    }))
  );
  return madeUpResults({ problems: 13, seeds: [1, 2, 3], ...options, arms });
}
