/**
 * What is minimised at one position, as a function of the log-ratio, with its derivative; and estimators of the
 * divergence from the reference policy.
 *
 * Letters: ρ = π_θ / π_old, A the advantage, δ = log π_θ - log π_ref.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";

// Types written from the schemas of this file by `deno task schemas`.
/** The surrogate of the policy gradient. */
export type Surrogate =
  /** -A log π, without a ratio: REINFORCE; RLOO of Butt et al., arXiv:2509.19170 Eq. 15. */
  | { readonly kind: "log-density" }
  /**
   * -min(ρA, clip(ρ, 1 - low, 1 + high) A): PPO; with `dual`, at most -dual·A where A < 0 (arXiv:1912.09729); DAPO
   * (arXiv:2503.14476) has high > low.
   */
  | {
    readonly kind: "clipped-ratio";
    /** Ratios below 1 - low are clipped where A < 0 (a number in [0, 1]). */
    readonly low: number;
    /** Ratios above 1 + high are clipped where A > 0 (a number of at least 0). */
    readonly high: number;
    /** Ratios above it are clipped where A < 0 (a number above 1; absent: no dual clip). */
    readonly dual?: number;
  }
  /** -min(ρ, cap) A log π, no gradient through the weight: CISPO, arXiv:2506.13585. */
  | {
    readonly kind: "cispo";
    /** Largest weight of a position (a number above 0). */
    readonly cap: number;
  }
  /** -(4/τ) σ(τ(ρ - 1)) A with τ by the sign of A: SAPO, arXiv:2511.20347. */
  | {
    readonly kind: "sapo";
    /** τ where A > 0 (a number above 0). */
    readonly positive: number;
    /** τ elsewhere (a number above 0). */
    readonly negative: number;
  };
// End of written types.

/** What a {@link Surrogate} must be. */
export const surrogateSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("log-density").describe(
      "-A log π, without a ratio: REINFORCE; RLOO of Butt et al., arXiv:2509.19170 Eq. 15",
    ),
  }).readonly(),
  z.strictObject({
    kind: z.literal("clipped-ratio").describe(
      "-min(ρA, clip(ρ, 1 - low, 1 + high) A): PPO; with `dual`, at most -dual·A where A < 0 (arXiv:1912.09729); DAPO " +
        "(arXiv:2503.14476) has high > low",
    ),
    low: z.number().min(0).max(1).describe("ratios below 1 - low are clipped where A < 0"),
    high: z.number().min(0).describe("ratios above 1 + high are clipped where A > 0"),
    dual: z.number().gt(1).exactOptional().describe("ratios above it are clipped where A < 0").meta({
      absent: "no dual clip",
    }),
  }).readonly(),
  z.strictObject({
    kind: z.literal("cispo").describe("-min(ρ, cap) A log π, no gradient through the weight: CISPO, arXiv:2506.13585"),
    cap: z.number().positive().describe("largest weight of a position"),
  }).readonly(),
  z.strictObject({
    kind: z.literal("sapo").describe("-(4/τ) σ(τ(ρ - 1)) A with τ by the sign of A: SAPO, arXiv:2511.20347"),
    positive: z.number().positive().describe("τ where A > 0"),
    negative: z.number().positive().describe("τ elsewhere"),
  }).readonly(),
]).meta({ id: "Surrogate", description: "the surrogate of the policy gradient" });

/** Whether a surrogate has a ratio of policies, which figures of ratios and clips may count. */
export function hasRatio({ kind }: Surrogate): boolean {
  return kind !== "log-density";
}

/** Value of a position's loss, its derivative by log π, and which bound of the ratio held. */
export interface SurrogateValue {
  readonly value: number;
  readonly slope: number;
  /** Where the value no longer depends on π: by the lower or upper bound, or by the dual clip. */
  readonly clipped?: "low" | "high" | "dual";
}

/**
 * The surrogate at one position.
 *
 * @param logDensity log π_θ, used by the surrogates that hold it
 * @param logRatio log ρ, exactly 0 on-policy
 */
export function surrogateValue(
  surrogate: Surrogate,
  advantage: number,
  logDensity: number,
  logRatio: number,
): SurrogateValue {
  const ratio = Math.exp(logRatio);
  switch (surrogate.kind) {
    case "log-density":
      return { value: -advantage * logDensity, slope: -advantage };
    case "cispo": {
      const weight = Math.min(ratio, surrogate.cap);
      return { value: -weight * advantage * logDensity, slope: -weight * advantage };
    }
    case "sapo": {
      const sharpness = advantage > 0 ? surrogate.positive : surrogate.negative;
      const gate = 1 / (1 + Math.exp(-sharpness * (ratio - 1)));
      return { value: -(4 / sharpness) * gate * advantage, slope: -4 * gate * (1 - gate) * ratio * advantage };
    }
    case "clipped-ratio": {
      const { low, high, dual } = surrogate;
      if (advantage < 0 && ratio < 1 - low) return { value: -(1 - low) * advantage, slope: 0, clipped: "low" };
      if (advantage > 0 && ratio > 1 + high) return { value: -(1 + high) * advantage, slope: 0, clipped: "high" };
      if (advantage < 0 && dual !== undefined && ratio > dual) {
        return { value: -dual * advantage, slope: 0, clipped: "dual" };
      }
      return { value: -ratio * advantage, slope: -ratio * advantage };
    }
  }
}

/**
 * Estimators of KL(π_θ ‖ π_ref) from one draw (Schulman, "Approximating KL divergence", 2020).
 *
 * An estimator of the value need not have the value's gradient. Over draws from π_θ, E[f'(δ) ∇log π_θ] is
 *
 * - k1, f' = 1: exactly 0, as probabilities sum to 1;
 * - k2, f' = δ: ∇KL(π_θ ‖ π_ref);
 * - k3, f' = 1 - e^-δ: ∇KL(π_ref ‖ π_θ), the other way round.
 */
export type KlEstimator = "k1" | "k2" | "k3";

/** Value of a divergence at one position, and its derivative by log π_θ. */
export interface KlEstimate {
  readonly value: number;
  readonly slope: number;
}

/**
 * An estimator's value and derivative.
 *
 * @param difference δ
 */
export function klEstimate(estimator: KlEstimator, difference: number): KlEstimate {
  switch (estimator) {
    case "k1":
      return { value: difference, slope: 1 };
    case "k2":
      return { value: difference ** 2 / 2, slope: difference };
    case "k3":
      // expm1 keeps the value's digits where the two policies are close.
      return { value: Math.expm1(-difference) + difference, slope: -Math.expm1(-difference) };
  }
}

/**
 * ρ · estimate, whose expectation over draws from π_old is that of the estimate under π_θ: its gradient, ρ (f + f') ∇log π,
 * is ∇KL(π_θ ‖ π_ref) in expectation with k1 (f + f' = δ + 1) and k3 (δ), on- and off-policy; with k2 it is ∇E[δ²/2].
 *
 * @param logRatio log ρ of the position, exactly 0 on-policy
 */
export function timesRatio({ value, slope }: KlEstimate, logRatio: number): KlEstimate {
  const ratio = Math.exp(logRatio);
  return { value: ratio * value, slope: ratio * (value + slope) };
}
