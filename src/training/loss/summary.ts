/**
 * What a pass over a batch has found, position by position, and its sums: they do not depend on the order of the pass.
 *
 * @module
 */
import type { Completion } from "../../rollout/completion.ts";
import { isDrawn } from "./step_density.ts";

/**
 * What a pass has found, over all drawn positions of the batch. A figure of nothing is absent: a mean where no position was
 * visited, a divergence where the loss has none.
 */
export interface LossSummary {
  /** `policyLoss + β · klLoss - c · entropyLoss`; absent where the batch has no drawn position, as is the following. */
  readonly loss?: number;
  /** The surrogate alone, aggregated. */
  readonly policyLoss?: number;
  /** Aggregated as the loss is. */
  readonly klLoss?: number;
  /** Entropy of visited positions, aggregated as the loss is. */
  readonly entropyLoss?: number;
  /** Divergence a position: plain mean over visited positions, as are the following. */
  readonly kl?: number;
  /**
   * Mean of ρ over positions whose surrogate has one, as is the following. A position of several draws with a ratio
   * each counts with their mean, here and below.
   */
  readonly ratio?: number;
  /** Mean of -log ρ: verl's `ppo_kl`. */
  readonly logRatioDrop?: number;
  /** Mean entropy in nats of the whole softmax at the position's temperature. */
  readonly entropy?: number;
  /** Mean log-density of thoughts. */
  readonly thoughtLogDensity?: number;
  /** Mean log-probability of hard tokens. */
  readonly tokenLogDensity?: number;
  /**
   * Shares of all drawn positions whose surrogate has a ratio, visited or not, at which a bound of it held; absent where none
   * of these was visited.
   */
  readonly clipped?: { readonly low: number; readonly high: number; readonly dual: number };
  /** Mismatch of the visited positions whose drawn log-density is known; absent where there are none. */
  readonly mismatch?: { readonly mean: number; readonly max: number; readonly positions: number };
}

/** A ratio, and what became of it. */
export interface SeenRatio {
  /** log ρ. */
  readonly logRatio: number;
  /** The bound that held, if one did. */
  readonly clipped: "low" | "high" | "dual" | undefined;
}

/** What was found at one position. */
export interface SeenPosition extends SeenRatio {
  /** log π_θ. */
  readonly logDensity: number;
  /** (K), where each draw has a ratio of its own: they count in place of `logRatio`, then that of all, and `clipped`. */
  readonly draws?: readonly SeenRatio[];
  /** The surrogate's value. */
  readonly policyLoss: number;
  /** From the reference policy; 0 without one. */
  readonly divergence: number;
  /** Of the whole softmax, nats. */
  readonly entropy: number;
  /**
   * |log-density when drawn - log-density when replayed before the update|, nats: 0 up to rounding where one engine draws
   * and trains by one law; absent where the rollout kept none.
   */
  readonly mismatch?: number;
}

/** Positions seen, (T); those that were left out are undefined. */
export type SeenPositions = (SeenPosition | undefined)[];

/** Something of thoughts, and of ordinary tokens. */
export interface ByKind<T> {
  readonly thought: T;
  readonly token: T;
}

/** One completion of the batch and what the pass found in it. */
export interface CompletionPass {
  readonly completion: Completion;
  /** Of each drawn position. */
  readonly weight: number;
  /** The surrogate of a position that no pass visited, by its kind: that of a ratio of 1. */
  readonly unseenLoss: ByKind<number>;
  /** (T). */
  readonly seen: SeenPositions;
}

/**
 * Sums what was seen, in the order of completions and positions.
 *
 * @param passes (N)
 * @param coefficients β, absent where the loss has no divergence, and c
 * @param hasRatio whether the surrogate of such positions has a ratio
 */
export function summarize(
  passes: readonly CompletionPass[],
  coefficients: { readonly kl?: number; readonly entropy: number },
  hasRatio: ByKind<boolean>,
): LossSummary {
  const thought = new Mean(), token = new Mean();
  const kl = new Mean(), entropy = new Mean(), ratio = new Mean(), logRatio = new Mean();
  const mismatch = new Mean();
  let largestMismatch = 0;
  const clips = { low: 0, high: 0, dual: 0 };
  let policyLoss = 0;
  let klLoss = 0;
  let entropyLoss = 0;
  let positions = 0;
  let withRatio = 0;
  for (const { completion, weight, unseenLoss, seen } of passes) {
    let ownPolicyLoss = 0;
    let ownDivergence = 0;
    let ownEntropy = 0;
    completion.steps.forEach((step, t) => {
      if (!isDrawn(step)) return;
      positions++;
      if (hasRatio[step.kind]) withRatio++;
      const position = seen[t];
      ownPolicyLoss += position?.policyLoss ?? unseenLoss[step.kind];
      if (position === undefined) return;
      ownDivergence += position.divergence;
      ownEntropy += position.entropy;
      kl.add(position.divergence);
      entropy.add(position.entropy);
      const ratios = position.draws ?? [position];
      const share = 1 / ratios.length;
      if (hasRatio[step.kind]) {
        ratio.add(share * ratios.reduce((sum, own) => sum + Math.exp(own.logRatio), 0));
        logRatio.add(share * ratios.reduce((sum, own) => sum + own.logRatio, 0));
      }
      for (const { clipped } of ratios) if (clipped) clips[clipped] += share;
      (step.kind === "thought" ? thought : token).add(position.logDensity);
      if (position.mismatch === undefined) return;
      mismatch.add(position.mismatch);
      largestMismatch = Math.max(largestMismatch, position.mismatch);
    });
    policyLoss += weight * ownPolicyLoss;
    klLoss += weight * ownDivergence;
    entropyLoss += weight * ownEntropy;
  }
  if (positions === 0) return {};
  const { kl: beta = 0 } = coefficients;
  const loss = policyLoss + beta * klLoss - coefficients.entropy * entropyLoss;
  if (entropy.count === 0) return { loss, policyLoss };
  const share = (clips: number) => clips / withRatio;
  return present({
    loss,
    policyLoss,
    klLoss: coefficients.kl === undefined ? undefined : klLoss,
    entropyLoss,
    kl: coefficients.kl === undefined ? undefined : kl.value,
    ratio: ratio.value,
    logRatioDrop: logRatio.value === undefined ? undefined : 0 - logRatio.value,
    entropy: entropy.value,
    thoughtLogDensity: thought.value,
    tokenLogDensity: token.value,
    clipped: ratio.count === 0
      ? undefined
      : { low: share(clips.low), high: share(clips.high), dual: share(clips.dual) },
    mismatch: mismatch.value === undefined
      ? undefined
      : { mean: mismatch.value, max: largestMismatch, positions: mismatch.count },
  });
}

/** The entries that have a value, so that absent figures are absent in JSON too. */
export function present<T extends object>(figures: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(figures).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** A running mean. */
class Mean {
  #sum = 0;
  count = 0;

  add(value: number): void {
    this.#sum += value;
    this.count++;
  }

  /** Absent of nothing. */
  get value(): number | undefined {
    return this.count === 0 ? undefined : this.#sum / this.count;
  }
}
