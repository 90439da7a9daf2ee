/**
 * The loss of one completion, position by position: ratio, surrogate, divergence, and their derivative by what is read.
 *
 * @module
 */
import { type KlPenalty, type LossConfig, surrogateOf } from "./loss_config.ts";
import {
  type DrawnStep,
  type StepDensities,
  stepLogDensity,
  type StepPolicy,
  stepReads,
  stepTemperature,
} from "./step_density.ts";
import type { ThoughtStep } from "../../rollout/completion.ts";
import type { SeenPosition, SeenPositions, SeenRatio } from "./summary.ts";
import { type KlEstimate, klEstimate, type SurrogateValue, surrogateValue, timesRatio } from "./surrogate.ts";
import {
  entropyAt,
  joinReads,
  type MutableSlopes,
  type Readings,
  type Reads,
  type Slopes,
  zeroSlopes,
} from "../../models/readings.ts";
import { float64s } from "../../models/small_arrays.ts";

/** What all completions of a batch share. */
export interface LossTerms {
  readonly policy: StepPolicy;
  readonly config: LossConfig;
  /** Absent where its coefficient is 0. */
  readonly kl: KlPenalty | undefined;
}

/** log ρ of a whole completion, and how many times one position's log-density counts in the sum of its losses. */
export interface SequenceRatio {
  readonly logRatio: number;
  readonly spread: number;
}

/** What is known of one completion before the pass. */
export interface CompletionTerms {
  readonly advantage: number;
  /** Of each drawn position. */
  readonly weight: number;
  /** Where ratios are over sequences. */
  readonly sequence: SequenceRatio | undefined;
  readonly old: StepDensities | undefined;
  readonly reference: StepDensities | undefined;
}

/** The old log-density of a position; undefined where the policy that drew it is the one that is trained. */
export function oldLogDensity(
  config: LossConfig,
  step: DrawnStep,
  replayed: number | undefined,
): number | undefined {
  const drawn = config.oldDensity === "drawn" && step.kind === "thought" ? step.action.drawnLogDensity : undefined;
  return drawn ?? replayed;
}

/** One completion during a pass. */
export class CompletionLoss {
  readonly seen: SeenPositions = [];
  readonly #shared: LossTerms;
  readonly #own: CompletionTerms;

  constructor(shared: LossTerms, own: CompletionTerms) {
    this.#shared = shared;
    this.#own = own;
  }

  /** What is read of the logits of one drawn position. */
  reads(t: number, step: DrawnStep): Reads {
    const { policy } = this.#shared;
    const own = joinReads(stepReads(policy, step), { entropy: [stepTemperature(policy, step)] });
    const reference = this.#closedForm(t, step);
    return reference === undefined ? own : joinReads(own, policy.algorithm.divergence!.reads(reference));
  }

  /** Takes one drawn position; d loss / d readings. */
  visit(t: number, step: DrawnStep, readings: Readings): Slopes {
    const slopes = zeroSlopes(readings);
    this.#score(t, step, readings, slopes);
    return slopes;
  }

  #score(t: number, step: DrawnStep, readings: Readings, slopes: MutableSlopes): void {
    const { policy, config, kl } = this.#shared;
    const { weight, sequence } = this.#own;
    const add = (slope: number) => stepLogDensity(policy, step, readings, slope === 0 ? undefined : slopes, slope);
    const policySlope = (surrogate: SurrogateValue) => weight * surrogate.slope * (sequence?.spread ?? 1);

    const temperature = stepTemperature(policy, step);
    const entropy = entropyAt(readings, temperature);
    slopes.entropy![readings.reads.entropy!.indexOf(temperature)] -= weight * (config.entropyBonus ?? 0);
    // The ratio of a sequence is one, whatever its steps drew.
    if (step.kind === "thought" && policy.algorithm.drawLogDensities && sequence === undefined) {
      return this.#scoreDraws(t, step, readings, slopes, entropy);
    }
    const old = oldLogDensity(config, step, this.#own.old?.logDensities[t]);
    const knownLogRatio = sequence?.logRatio ?? (old === undefined ? 0 : undefined);
    if (knownLogRatio !== undefined && kl === undefined) {
      // The ratio is known beforehand, and no surrogate's slope depends on log π itself, so the slope is known too: one
      // evaluation gives both value and slopes.
      const logDensity = add(policySlope(this.#surrogate(step, 0, knownLogRatio)));
      const surrogate = this.#surrogate(step, logDensity, knownLogRatio);
      this.#note(t, step, surrogate, { logDensity, logRatio: knownLogRatio, divergence: 0, entropy });
      return;
    }
    const logDensity = stepLogDensity(policy, step, readings);
    const ownLogRatio = old === undefined ? 0 : logDensity - old;
    const logRatio = knownLogRatio ?? ownLogRatio;
    const surrogate = this.#surrogate(step, logDensity, logRatio);
    const divergence = kl ? this.#divergence(kl, t, step, readings, logDensity, ownLogRatio, slopes) : NO_DIVERGENCE;
    const slope = policySlope(surrogate) + weight * (kl?.coefficient ?? 0) * divergence.slope;
    if (slope !== 0) add(slope);
    this.#note(t, step, surrogate, { logDensity, logRatio, divergence: divergence.value, entropy });
  }

  /** A thought of several draws, each with a ratio and a surrogate of its own; divergences are of all draws together. */
  #scoreDraws(t: number, step: ThoughtStep, readings: Readings, slopes: MutableSlopes, entropy: number): void {
    const { policy: { algorithm }, kl } = this.#shared;
    const { weight, old } = this.#own;
    const replay = { readings, action: step.action }, count = step.action.ids.length;
    // As in #score: where the ratios are known beforehand, so are the slopes.
    const areKnown = old === undefined && kl === undefined;
    const known = areKnown ? weight * this.#surrogate(step, 0, 0).slope : 0;
    const values = algorithm.drawLogDensities!(replay, known === 0 ? undefined : slopes, float64s(count).fill(known));
    const before = old === undefined ? values : old.draws?.[t];
    if (before === undefined) throw new Error("Cannot form ratios of single draws without the old densities of each");
    const draws: SeenRatio[] = [], scales = float64s(count);
    let logDensity = 0, logRatio = 0, value = 0;
    for (let j = 0; j < count; j++) {
      const ratio = values[j] - before[j], surrogate = this.#surrogate(step, values[j], ratio);
      draws[j] = { logRatio: ratio, clipped: surrogate.clipped };
      scales[j] = weight * surrogate.slope;
      logDensity += values[j];
      logRatio += ratio;
      value += surrogate.value;
    }
    const divergence = kl ? this.#divergence(kl, t, step, readings, logDensity, logRatio, slopes) : NO_DIVERGENCE;
    if (!areKnown) {
      const pull = weight * (kl?.coefficient ?? 0) * divergence.slope;
      for (let j = 0; j < count; j++) scales[j] += pull;
      if (scales.some((scale) => scale !== 0)) algorithm.drawLogDensities!(replay, slopes, scales);
    }
    this.#note(t, step, { value, slope: 0 }, { logDensity, logRatio, divergence: divergence.value, entropy, draws });
  }

  #surrogate({ kind }: DrawnStep, logDensity: number, logRatio: number): SurrogateValue {
    return surrogateValue(surrogateOf(this.#shared.config, kind), this.#own.advantage, logDensity, logRatio);
  }

  /** What was read of the reference model, where the divergence of this step is exact. */
  #closedForm(t: number, step: DrawnStep): Readings | undefined {
    const isExact = this.#shared.kl?.estimator === "closed-form" && step.kind === "thought";
    return isExact ? this.#own.reference?.readings?.[t] : undefined;
  }

  /**
   * An exact divergence writes its own slopes, weighted; an estimate leaves its slope by log π. The former holds for
   * every draw, so that it needs no ratio off-policy either.
   */
  #divergence(
    kl: KlPenalty,
    t: number,
    step: DrawnStep,
    readings: Readings,
    logDensity: number,
    logRatio: number,
    slopes: MutableSlopes,
  ): KlEstimate {
    const reference = this.#closedForm(t, step);
    if (reference !== undefined && step.kind === "thought") {
      const scale = this.#own.weight * kl.coefficient;
      const { divergence } = this.#shared.policy.algorithm;
      return { value: divergence!.value({ readings, action: step.action }, reference, slopes, scale), slope: 0 };
    }
    const estimator = kl.estimator === "closed-form" ? "k3" : kl.estimator;
    const estimate = capped(klEstimate(estimator, logDensity - this.#own.reference!.logDensities[t]), kl.cap);
    return kl.timesRatio ? timesRatio(estimate, logRatio) : estimate;
  }

  #note(
    t: number,
    step: DrawnStep,
    { value: policyLoss, clipped }: SurrogateValue,
    found: Omit<SeenPosition, "policyLoss" | "clipped" | "mismatch">,
  ): void {
    const drawn = step.drawnLogDensity;
    // Without densities collected before the first update, this pass is the one before it.
    const replayed = this.#own.old?.logDensities[t] ?? found.logDensity;
    const mismatch = drawn === undefined ? {} : { mismatch: Math.abs(drawn - replayed) };
    this.seen[t] = { ...found, policyLoss, clipped, ...mismatch };
  }
}

function capped(estimate: KlEstimate, cap = Infinity): KlEstimate {
  if (Math.abs(estimate.value) <= cap) return estimate;
  return { value: Math.sign(estimate.value) * cap, slope: 0 };
}

const NO_DIVERGENCE = { value: 0, slope: 0 };
