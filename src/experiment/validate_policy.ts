/**
 * A look at a policy during its training: the first problems of every evaluation dataset, under the arm's own decoding,
 * with noise that nothing else shares.
 *
 * @module
 */
import { mean } from "../metrics/estimate.ts";
import { noiseStream } from "../random/streams.ts";
import { rollout } from "../rollout/rollout.ts";
import type { TrainingEvaluation } from "../training/config.ts";
import { validationProblems, validationPurpose } from "../training/validation.ts";
import type { ArmRun } from "./resolve.ts";
import type { Workbench } from "./workbench.ts";

/** What is seen after a step. */
export interface ValidationFigures {
  /** Mean over datasets of Pass@1 on the fixed problems, in [0, 1]. */
  readonly validationPassAt1: number;
}

/**
 * Evaluates the policy as it stands after a step.
 *
 * @param step from 1; it names the noise
 * @param abort stops it soon after it is aborted
 */
export async function validatePolicy(
  bench: Workbench,
  { arm, seed }: ArmRun,
  config: TrainingEvaluation,
  step: number,
  abort?: AbortSignal,
): Promise<ValidationFigures> {
  const atOnce = await bench.sequencesAtOnce();
  const settings = {
    ...bench.rolloutSettings(arm, bench.config.maxNewTokens),
    ...(atOnce !== undefined && { atOnce }),
  };
  const scores: number[] = [];
  for (const { name, problems } of bench.datasets) {
    const own = validationProblems(config, problems);
    const completions = await rollout(
      bench.opened.model,
      own.map((problem) => ({
        name: `problem ${problem.id} after step ${step}`,
        ids: bench.examination.prompt(problem),
        streams: Array.from(
          { length: config.samples },
          (_, sample) =>
            noiseStream({ seed, purpose: validationPurpose(step), dataset: name, problem: problem.id, sample }),
        ),
      })),
      settings,
      { abort },
    );
    const { examination } = bench;
    const right = await Promise.all(completions.map(async (group, b) => {
      const verdicts = await Promise.all(group.map((one) => examination.grade(examination.text(one), own[b])));
      return mean(verdicts.map(({ equal }) => equal ? 1 : 0));
    }));
    scores.push(mean(right));
  }
  return { validationPassAt1: mean(scores) };
}
