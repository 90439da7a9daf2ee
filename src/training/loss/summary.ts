/**
 * What a pass over a batch has found, position by position, and its sums: they do not depend on the order of the pass.
 *
 * @module
 */
import type { Completion } from "../../rollout/completion.ts";
import { drawnLength, isDrawn } from "./step_density.ts";

/** What a pass has found, over all drawn positions of the batch. */
export interface LossSummary {
  /** `policyLoss + β · klLoss`. */
  readonly loss: number;
  /** The surrogate alone, aggregated. */
  readonly policyLoss: number;
  /** Aggregated as the loss is. */
  readonly klLoss: number;
  /** Divergence a position: plain mean over visited positions, as are the following. */
  readonly kl: number;
  /** Mean of ρ. */
  readonly ratio: number;
  /** Mean of -log ρ: verl's `ppo_kl`. */
  readonly logRatioDrop: number;
  /** Mean log-density of thoughts; 0 where there are none. */
  readonly thoughtLogDensity: number;
  /** Mean log-probability of hard tokens; 0 where there are none. */
  readonly tokenLogDensity: number;
  /** Shares of all drawn positions at which a bound of the ratio held. */
  readonly clipped: { readonly low: number; readonly high: number; readonly dual: number };
}

/** What was found at one position. */
export interface SeenPosition {
  /** log π_θ. */
  readonly logDensity: number;
  /** log ρ. */
  readonly logRatio: number;
  /** The surrogate's value. */
  readonly policyLoss: number;
  /** From the reference policy; 0 without one. */
  readonly divergence: number;
  /** The bound that held, if one did. */
  readonly clipped: "low" | "high" | "dual" | undefined;
}

/** Positions seen, (T); those that were left out are undefined. */
export type SeenPositions = (SeenPosition | undefined)[];

/**
 * Sums what was seen, in the order of completions and positions.
 *
 * @param completions (N)
 * @param unseenLosses (N), the loss of a position that no pass visited: that of a ratio of 1
 * @param weights (N), of each drawn position
 * @param seen (N), (T)
 * @param coefficient β
 */
export function summarize(
  completions: readonly Completion[],
  unseenLosses: readonly number[],
  weights: readonly number[],
  seen: readonly SeenPositions[],
  coefficient: number,
): LossSummary {
  const thought = new Mean(), token = new Mean(), kl = new Mean(), ratio = new Mean(), logRatio = new Mean();
  const clips = { low: 0, high: 0, dual: 0 };
  let policyLoss = 0;
  let klLoss = 0;
  completions.forEach(({ steps }, i) => {
    let ownPolicyLoss = 0;
    let ownDivergence = 0;
    steps.forEach((step, t) => {
      if (!isDrawn(step)) return;
      const position = seen[i][t];
      ownPolicyLoss += position?.policyLoss ?? unseenLosses[i];
      if (position === undefined) return;
      ownDivergence += position.divergence;
      kl.add(position.divergence);
      ratio.add(Math.exp(position.logRatio));
      logRatio.add(position.logRatio);
      (step.kind === "thought" ? thought : token).add(position.logDensity);
      if (position.clipped) clips[position.clipped]++;
    });
    policyLoss += weights[i] * ownPolicyLoss;
    klLoss += weights[i] * ownDivergence;
  });
  const positions = completions.reduce((count, completion) => count + drawnLength(completion), 0);
  return {
    loss: policyLoss + coefficient * klLoss,
    policyLoss,
    klLoss,
    kl: kl.value,
    ratio: ratio.value,
    logRatioDrop: 0 - logRatio.value,
    thoughtLogDensity: thought.value,
    tokenLogDensity: token.value,
    clipped: { low: clips.low / positions, high: clips.high / positions, dual: clips.dual / positions },
  };
}

class Mean {
  #sum = 0;
  #count = 0;

  add(value: number): void {
    this.#sum += value;
    this.#count++;
  }

  /** 0 of nothing. */
  get value(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }
}
