/**
 * AdamW's settings by preset, and learning-rate schedules.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { check } from "../files/check.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** How the learning rate runs over the training. */
export interface LearningRateSchedule {
  /** The rate after warm-up (a number above 0). */
  readonly peak: number;
  /**
   * What the schedule counts: rollouts, of which all updates have one rate (verl), or single updates (TRL) (default
   * "rollout").
   */
  readonly unit?: "rollout" | "update";
  /**
   * `unit`s over which the rate rises linearly to `peak`; the first has 1/warmUp of it; 0 for none (an integer of at
   * least 0).
   */
  readonly warmUp: number;
  /** After warm-up. */
  readonly decay:
    /** The rate stays at the peak. */
    | { readonly kind: "constant" }
    /**
     * Half a cosine from the peak to `floor` of it one `unit` after the last, as Hugging Face's
     * `get_cosine_schedule_with_warmup` has it, so that none is spent at a rate of 0.
     */
    | {
      readonly kind: "cosine";
      /** Share of the peak that the rate falls to (a number in [0, 1]). */
      readonly floor: number;
    };
}

/** AdamW's constants and schedule, plain JSON. */
export interface OptimizerConfig {
  /** Decay of the first moment (a number in [0, 1)). */
  readonly beta1: number;
  /** Decay of the second moment (a number in [0, 1)). */
  readonly beta2: number;
  /** Added to the root of the second moment (a number above 0). */
  readonly epsilon: number;
  /** Share of a weight taken off per unit of learning rate (a number of at least 0). */
  readonly weightDecay: number;
  /** Gradients are scaled so that their global norm is at most this (a number above 0; absent: no clipping). */
  readonly maxGradientNorm?: number;
  /** The learning rate over the training. */
  readonly schedule: LearningRateSchedule;
}
// End of written types.

/** What a {@link LearningRateSchedule} must be. */
export const scheduleSchema = z.strictObject({
  peak: z.number().positive().describe("the rate after warm-up"),
  unit: z.enum(["rollout", "update"]).exactOptional().describe(
    "what the schedule counts: rollouts, of which all updates have one rate (verl), or single updates (TRL)",
  ).meta({ default: "rollout" }),
  warmUp: z.int().min(0).describe(
    "`unit`s over which the rate rises linearly to `peak`; the first has 1/warmUp of it; 0 for none",
  ),
  decay: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("constant").describe("the rate stays at the peak") }).readonly(),
    z.strictObject({
      kind: z.literal("cosine").describe(
        "half a cosine from the peak to `floor` of it one `unit` after the last, as Hugging Face's " +
          "`get_cosine_schedule_with_warmup` has it, so that none is spent at a rate of 0",
      ),
      floor: z.number().min(0).max(1).describe("share of the peak that the rate falls to"),
    }).readonly(),
  ]).describe("after warm-up"),
}).readonly().meta({ id: "LearningRateSchedule", description: "how the learning rate runs over the training" });

const decayRate = z.number().min(0).lt(1);

/** What an {@link OptimizerConfig} must be. */
export const optimizerSchema = z.strictObject({
  beta1: decayRate.describe("decay of the first moment"),
  beta2: decayRate.describe("decay of the second moment"),
  epsilon: z.number().positive().describe("added to the root of the second moment"),
  weightDecay: z.number().min(0).describe("share of a weight taken off per unit of learning rate"),
  maxGradientNorm: z.number().positive().exactOptional().describe(
    "gradients are scaled so that their global norm is at most this",
  )
    .meta({ absent: "no clipping" }),
  schedule: scheduleSchema.describe("the learning rate over the training"),
}).readonly().meta({ id: "OptimizerConfig", description: "AdamW's constants and schedule, plain JSON" });

/** PyTorch's and the papers' constants. */
export const ADAMW_PRESETS = {
  /** SofT-GRPO's training scripts: verl's defaults, rate 1e-6. */
  verl: {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0.01,
    maxGradientNorm: 1,
    schedule: { peak: 1e-6, unit: "rollout", warmUp: 0, decay: { kind: "constant" } },
  },
  /** Butt et al., arXiv:2509.19170 section 4 and appendix D, Llama-3.2-3B; constants not stated there are PyTorch's. */
  "soft-tokens-grpo": {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    schedule: { peak: 6e-6, unit: "update", warmUp: 20, decay: { kind: "cosine", floor: 0 } },
  },
  /** LEPO as released, github.com/YuyanZhou/lepo @ ba2eb11; its warm-up is a share of updates, as many as on 8 devices. */
  lepo: {
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
    weightDecay: 0.1,
    maxGradientNorm: 1,
    schedule: { peak: 1e-6, unit: "update", warmUp: 3, decay: { kind: "cosine", floor: 0 } },
  },
  /** The embedded experiment, every arm. */
  embedded: {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    maxGradientNorm: 1,
    schedule: { peak: 1e-4, unit: "rollout", warmUp: 5, decay: { kind: "constant" } },
  },
} as const satisfies Record<string, OptimizerConfig>;

/** Where an update stands in the training. */
export interface UpdatePlace {
  /** Its rollout, from 1. */
  readonly rollout: number;
  /** Of the training. */
  readonly rollouts: number;
  /** Its minibatch in the rollout, from 0. */
  readonly minibatch: number;
  /** Of every rollout. */
  readonly minibatches: number;
}

/**
 * The learning rate of one update, by the schedule's unit.
 *
 * @throws {UsageError} If the schedule is impossible
 */
export function updateRate(config: Pick<OptimizerConfig, "schedule">, place: UpdatePlace): number {
  const { rollout, rollouts, minibatch, minibatches } = place;
  if (config.schedule.unit !== "update") return learningRate(config, rollout, rollouts);
  return learningRate(config, (rollout - 1) * minibatches + minibatch + 1, rollouts * minibatches);
}

/**
 * The learning rate of one unit of the schedule.
 *
 * @param step 1 for the first
 * @param steps units in all
 * @throws {UsageError} If the schedule is impossible
 */
export function learningRate({ schedule }: Pick<OptimizerConfig, "schedule">, step: number, steps: number): number {
  const { peak, warmUp, decay } = check(scheduleSchema, schedule, { root: "schedule" });
  if (step < warmUp) return peak * step / warmUp;
  if (decay.kind === "constant") return peak;
  const start = Math.max(1, warmUp);
  const progress = (step - start) / (steps - start + 1);
  return peak * (decay.floor + (1 - decay.floor) * 0.5 * (1 + Math.cos(Math.PI * progress)));
}
