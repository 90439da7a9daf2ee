/**
 * What training minimises, as plain settings, and the settings of the papers and of released code.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { check } from "../../files/check.ts";
import { type Aggregation, aggregationSchema } from "./aggregation.ts";
import { type Surrogate, surrogateSchema } from "./surrogate.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** A divergence from the reference policy in the loss. */
export interface KlPenalty {
  /**
   * `closed-form`: exact for thoughts whose law has one, `k3` for everything else; expected gradients without
   * `timesRatio`, on-policy: `k1` exactly 0, `k2` that of KL(π_θ ‖ π_ref), `k3` that of KL(π_ref ‖ π_θ).
   */
  readonly estimator: "k1" | "k2" | "k3" | "closed-form";
  /** β (a number of at least 0). */
  readonly coefficient: number;
  /**
   * Largest value of an estimate at one position, beyond which it has no gradient; 10 in verl (a number above 0;
   * absent: none).
   */
  readonly cap?: number;
  /**
   * Whether estimates are multiplied by ρ of their position, whatever `ratioOver` is: `k1` and `k3` then have the
   * gradient of KL(π_θ ‖ π_ref) on- and off-policy (DeepSeek-V3.2, arXiv:2512.02556; TRL's `use_bias_correction_kl`),
   * `k2` that of E[δ²/2]; a closed form has it without, and stays as it is (default false).
   */
  readonly timesRatio?: boolean;
}

/** What training minimises, plain JSON. */
export interface LossConfig {
  /** Of the policy gradient. */
  readonly surrogate: Surrogate;
  /** That of thoughts; what ended the thinking is a token; ratios must be over tokens (absent: the same as of tokens). */
  readonly thoughtSurrogate?: Surrogate;
  /**
   * What the ratio spans: a position; or the completion, as the geometric mean over its positions (GSPO,
   * arXiv:2507.18071) or as the product (TRL's RLOO).
   */
  readonly ratioOver: "token" | "sequence-mean" | "sequence-sum";
  /**
   * Old log-density of thoughts: replayed before the first update, or that of the noise drawn (arXiv:2511.06411 Eq.
   * 11).
   */
  readonly oldDensity: "replayed" | "drawn";
  /** How positions become one number. */
  readonly aggregation: Aggregation;
  /**
   * Whether gradients also flow into the embeddings of the tokens that are fed, in prompt and completion, as in TRL
   * and verl; a tied table is trained through the output either way.
   */
  readonly trainInputs: boolean;
  /** Divergence from the reference policy, added to the loss (absent: none). */
  readonly kl?: KlPenalty;
  /**
   * c: c times the entropy, aggregated as the loss is, is taken off the loss; the entropy in nats of the whole
   * softmax at the temperature of each drawn position (a number of at least 0; absent: none).
   */
  readonly entropyBonus?: number;
}
// End of written types.

/** What a {@link LossConfig} must be. */
export const lossSchema = z.strictObject({
  surrogate: surrogateSchema.describe("of the policy gradient"),
  thoughtSurrogate: surrogateSchema.exactOptional().describe(
    "that of thoughts; what ended the thinking is a token; ratios must be over tokens",
  ).meta({ absent: "the same as of tokens" }),
  ratioOver: z.enum(["token", "sequence-mean", "sequence-sum"])
    .describe(
      "what the ratio spans: a position; or the completion, as the geometric mean over its positions (GSPO, " +
        "arXiv:2507.18071) or as the product (TRL's RLOO)",
    ),
  oldDensity: z.enum(["replayed", "drawn"])
    .describe(
      "old log-density of thoughts: replayed before the first update, or that of the noise drawn (arXiv:2511.06411 Eq. 11)",
    ),
  aggregation: aggregationSchema.describe("how positions become one number"),
  trainInputs: z.boolean().describe(
    "whether gradients also flow into the embeddings of the tokens that are fed, in prompt and completion, as in TRL and " +
      "verl; a tied table is trained through the output either way",
  ),
  kl: z.strictObject({
    estimator: z.enum(["k1", "k2", "k3", "closed-form"])
      .describe(
        "`closed-form`: exact for thoughts whose law has one, `k3` for everything else; expected gradients without " +
          "`timesRatio`, on-policy: `k1` exactly 0, `k2` that of KL(π_θ ‖ π_ref), `k3` that of KL(π_ref ‖ π_θ)",
      ),
    coefficient: z.number().min(0).describe("β"),
    cap: z.number().positive().exactOptional().describe(
      "largest value of an estimate at one position, beyond which it has no gradient; 10 in verl",
    ).meta({ absent: "none" }),
    timesRatio: z.boolean().exactOptional().describe(
      "whether estimates are multiplied by ρ of their position, whatever `ratioOver` is: `k1` and `k3` then have the " +
        "gradient of KL(π_θ ‖ π_ref) on- and off-policy (DeepSeek-V3.2, arXiv:2512.02556; TRL's `use_bias_correction_kl`), `k2` that of E[δ²/2]; a " +
        "closed form has it without, and stays as it is",
    ).meta({ default: false }),
  }).readonly().refine(({ estimator, timesRatio }) => estimator !== "k1" || timesRatio === true, {
    path: ["estimator"],
    error: '"k2", or `timesRatio` true beside it, as the expected gradient of k1 alone is exactly 0',
  }).meta({ id: "KlPenalty", description: "a divergence from the reference policy in the loss" })
    .exactOptional().describe("divergence from the reference policy, added to the loss").meta({ absent: "none" }),
  entropyBonus: z.number().min(0).exactOptional().describe(
    "c: c times the entropy, aggregated as the loss is, is taken off the loss; the entropy in nats of the whole softmax at " +
      "the temperature of each drawn position",
  ).meta({ absent: "none" }),
}).readonly().refine(({ thoughtSurrogate, ratioOver }) => thoughtSurrogate === undefined || ratioOver === "token", {
  path: ["ratioOver"],
  error: '"token", as thoughts have a surrogate of their own',
}).meta({ id: "LossConfig", description: "what training minimises, plain JSON" });

const PPO_CLIP = { kind: "clipped-ratio", low: 0.2, high: 0.2 } as const;
/** verl's `clip_ratio_c`. */
const DUAL_CLIP = 3;
/** β of both SofT-GRPO and its discrete baseline, arXiv:2511.06411 table 7. */
const PAPER_KL_COEFFICIENT = 0.001;
/** verl, `kl_penalty` in `core_algos.py`. */
const VERL_KL_CAP = 10;

/** SofT-GRPO as released, but for its micro-batches. */
const RELEASED = {
  surrogate: { ...PPO_CLIP, dual: DUAL_CLIP },
  ratioOver: "token",
  oldDensity: "replayed",
  trainInputs: false,
  kl: { estimator: "k3", coefficient: PAPER_KL_COEFFICIENT, cap: VERL_KL_CAP },
} as const satisfies Omit<LossConfig, "aggregation">;

/** Losses by preset. */
export const LOSS_PRESETS = {
  /** DeepSeekMath, arXiv:2402.03300 Eq. 3. */
  grpo: {
    surrogate: PPO_CLIP,
    ratioOver: "token",
    oldDensity: "replayed",
    aggregation: { kind: "sequence-mean" },
    trainInputs: true,
    kl: { estimator: "k3", coefficient: 0.04 },
  },
  /** The discrete baseline of SofT-GRPO, on verl's defaults. */
  verl: {
    surrogate: { ...PPO_CLIP, dual: DUAL_CLIP },
    ratioOver: "token",
    oldDensity: "replayed",
    aggregation: { kind: "token-mean" },
    trainInputs: true,
    kl: { estimator: "k3", coefficient: PAPER_KL_COEFFICIENT, cap: VERL_KL_CAP },
  },
  /** SofT-GRPO, arXiv:2511.06411 Eq. 8. */
  "soft-thinking-grpo-paper": {
    surrogate: PPO_CLIP,
    ratioOver: "token",
    oldDensity: "drawn",
    aggregation: { kind: "sequence-mean" },
    trainInputs: false,
    kl: { estimator: "closed-form", coefficient: PAPER_KL_COEFFICIENT },
  },
  /** SofT-GRPO as released, micro-batches of its 1.5B and 3B scripts. */
  "soft-thinking-grpo-release": { ...RELEASED, aggregation: { kind: "micro-batch-token-mean", completions: 2 } },
  /** The same with the micro-batches of its 7B script. */
  "soft-thinking-grpo-release-7b": { ...RELEASED, aggregation: { kind: "micro-batch-token-mean", completions: 1 } },
  /** Butt et al., arXiv:2509.19170 Eq. 15. */
  "soft-tokens-grpo": {
    surrogate: { kind: "log-density" },
    ratioOver: "token",
    oldDensity: "replayed",
    aggregation: { kind: "sequence-sum" },
    trainInputs: false,
  },
  /** LEPO as released, github.com/YuyanZhou/lepo @ ba2eb11, on TRL's defaults. */
  lepo: {
    surrogate: PPO_CLIP,
    thoughtSurrogate: { kind: "log-density" },
    ratioOver: "token",
    oldDensity: "replayed",
    aggregation: { kind: "micro-batch-token-mean", completions: 1 },
    trainInputs: false,
  },
  /** One update per rollout, without divergence: what the embedded experiment gives every ratio-based arm. */
  "on-policy": {
    surrogate: PPO_CLIP,
    ratioOver: "token",
    oldDensity: "replayed",
    aggregation: { kind: "token-mean" },
    trainInputs: false,
  },
  /** GSPO, arXiv:2507.18071 section 5.1. */
  gspo: {
    surrogate: { kind: "clipped-ratio", low: 3e-4, high: 4e-4 },
    ratioOver: "sequence-mean",
    oldDensity: "replayed",
    aggregation: { kind: "sequence-mean" },
    trainInputs: true,
  },
} as const satisfies Record<string, LossConfig>;

/** The surrogate of one kind of position. */
export function surrogateOf(
  { surrogate, thoughtSurrogate }: Pick<LossConfig, "surrogate" | "thoughtSurrogate">,
  kind: "thought" | "token",
): Surrogate {
  return kind === "thought" ? thoughtSurrogate ?? surrogate : surrogate;
}

/**
 * Checks the settings of a loss.
 *
 * @throws {UsageError} If a key is unknown, or a setting out of range
 */
export function checkLoss(config: LossConfig): void {
  check(lossSchema, config, { root: "loss" });
}
