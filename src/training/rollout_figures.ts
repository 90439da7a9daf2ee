/**
 * What the completions of a training step come to, as figures of its curve.
 *
 * @module
 */
import type { EqualGroups } from "./config.ts";
import { isEqualGroup } from "./paid_group.ts";
import { meanTopWeight } from "../rollout/softness.ts";
import type { StepRollout } from "./step_rollout.ts";

/** Figures of one step by name, means over the first draw of its completions unless said otherwise. */
export interface RolloutFigures {
  /** What was paid, over completions that the grader did not fail on; in the units of the objective's rewards. */
  readonly reward: number;
  /** Share of right answers among the same, in [0, 1]. */
  readonly correct: number;
  /** Positions. */
  readonly tokens: number;
  /** Positions that are thoughts, */
  readonly thoughtTokens: number;
  /** and those from the end of thinking on, forced ones too. */
  readonly answerTokens: number;
  /** Mean weight of the heaviest entry of a thought; absent where there are no thoughts. */
  readonly topWeight?: number;
  /** Share that the length limit cut. */
  readonly truncated: number;
  /** Share of groups whose rewards are all equal. */
  readonly equalGroups: number;
  /** Share of completions without loss among those that the policy is updated by; absent where there are none. */
  readonly excluded?: number;
  /** How often a group was drawn again, per group; absent where equal groups are kept as they are. */
  readonly redrawnGroups?: number;
  /** Share of groups that the update leaves out; absent where equal groups are kept as they are. */
  readonly leftOutGroups?: number;
}

/** The figures of one step. */
export function rolloutFigures({ first, groups, redraws }: StepRollout, equalGroups?: EqualGroups): RolloutFigures {
  const all = first.flatMap(({ completions }) => completions);
  const paid = all.flatMap(({ reward, verdict }) => reward === undefined ? [] : [{ reward, right: verdict.equal }]);
  const topWeight = meanTopWeight(all.map(({ completion }) => completion));
  const trained = groups.flatMap(({ completions }) => completions);
  const lengths = all.map(({ completion: { steps } }) => ({
    all: steps.length,
    thoughts: steps.filter(({ kind }) => kind === "thought").length,
  }));
  return {
    reward: mean(paid.map(({ reward }) => reward)),
    correct: share(paid, ({ right }) => right),
    tokens: mean(lengths.map(({ all }) => all)),
    thoughtTokens: mean(lengths.map(({ thoughts }) => thoughts)),
    answerTokens: mean(lengths.map(({ all, thoughts }) => all - thoughts)),
    ...(topWeight !== undefined && { topWeight }),
    truncated: share(all, ({ completion }) => completion.finish === "length"),
    equalGroups: share(first, isEqualGroup),
    ...(trained.length > 0 && { excluded: share(trained, ({ excluded }) => excluded) }),
    ...(equalGroups && {
      redrawnGroups: redraws / first.length,
      leftOutGroups: (first.length - groups.length) / first.length,
    }),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function share<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return items.filter(holds).length / items.length;
}
