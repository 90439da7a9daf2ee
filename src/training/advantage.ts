/**
 * Rewards of a group of completions -> how much better than the group each one was.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { UsageError } from "../errors.ts";
import { check } from "../files/check.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** How rewards become advantages. */
export type AdvantageConfig =
  /** (r - mean) / (std + epsilon): GRPO, arXiv:2402.03300 section 4.1. */
  | {
    readonly kind: "grpo";
    /** Of the deviation: divisor n - 1 (verl, TRL), or n. */
    readonly std: "sample" | "population";
    /** Added to the deviation; 1e-6 in verl, 1e-4 in TRL (a number of at least 0). */
    readonly epsilon: number;
    /** Whose deviation: the group's, or the batch's (TRL) (default "group"). */
    readonly stdOver?: "group" | "batch";
  }
  /** r - mean: Dr. GRPO, arXiv:2503.20783. */
  | { readonly kind: "dr-grpo" }
  /** r - mean of the others: RLOO, arXiv:2402.14740; Butt et al., arXiv:2509.19170 Eq. 12. */
  | { readonly kind: "rloo" }
  /** r - mean, then whitened over all tokens of the batch: REINFORCE++-baseline, arXiv:2501.03262, as verl has it. */
  | { readonly kind: "reinforce++-baseline" };
// End of written types.

/** What an {@link AdvantageConfig} must be. */
export const advantageSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("grpo").describe("(r - mean) / (std + epsilon): GRPO, arXiv:2402.03300 section 4.1"),
    std: z.enum(["sample", "population"]).describe("of the deviation: divisor n - 1 (verl, TRL), or n"),
    epsilon: z.number().min(0).describe("added to the deviation; 1e-6 in verl, 1e-4 in TRL"),
    stdOver: z.enum(["group", "batch"]).exactOptional().describe("whose deviation: the group's, or the batch's (TRL)")
      .meta({ default: "group" }),
  }).readonly(),
  z.strictObject({ kind: z.literal("dr-grpo").describe("r - mean: Dr. GRPO, arXiv:2503.20783") }).readonly(),
  z.strictObject({
    kind: z.literal("rloo").describe(
      "r - mean of the others: RLOO, arXiv:2402.14740; Butt et al., arXiv:2509.19170 Eq. 12",
    ),
  }).readonly(),
  z.strictObject({
    kind: z.literal("reinforce++-baseline").describe(
      "r - mean, then whitened over all tokens of the batch: REINFORCE++-baseline, arXiv:2501.03262, as verl has it",
    ),
  }).readonly(),
]).meta({ id: "AdvantageConfig", description: "how rewards become advantages" });

/** Advantages by preset. */
export const ADVANTAGE_PRESETS = {
  verl: { kind: "grpo", std: "sample", epsilon: 1e-6 },
  trl: { kind: "grpo", std: "sample", epsilon: 1e-4 },
  "dr-grpo": { kind: "dr-grpo" },
  rloo: { kind: "rloo" },
} as const satisfies Record<string, AdvantageConfig>;

/** verl, `masked_whiten` in `verl/utils/torch_functional.py`. */
const WHITENING_EPSILON = 1e-8;

/**
 * Group-relative advantages; every position of a completion gets its completion's.
 *
 * @param rewards (B, G_b), finite
 * @param lengths (B, G_b), drawn positions of each completion; needed by `reinforce++-baseline` alone
 * @returns (B, G_b); before whitening exactly 0 where all rewards of a group are equal
 * @throws {UsageError} If a group has fewer than 2 completions, or a setting is unknown or out of range
 * @throws {RangeError} If a reward is not finite
 * @example
 * ```ts
 * import { groupAdvantages } from "./advantage.ts";
 * import { assertEquals } from "@std/assert";
 * assertEquals(groupAdvantages([[1, 0]], { kind: "dr-grpo" }), [Float64Array.of(0.5, -0.5)]);
 * ```
 */
export function groupAdvantages(
  rewards: readonly (readonly number[])[],
  settings: AdvantageConfig,
  lengths?: readonly (readonly number[])[],
): Float64Array[] {
  const config = check(advantageSchema, settings, { root: "advantage" });
  rewards.forEach(checkGroup);
  const centred = rewards.map((group) => {
    const mean = groupMean(group);
    return Float64Array.from(group, (reward) => reward - mean);
  });
  switch (config.kind) {
    case "dr-grpo":
      return centred;
    case "rloo":
      return centred.map((group) => group.map((a) => a * group.length / (group.length - 1)));
    case "grpo": {
      const batchDeviation = config.stdOver === "batch" ? deviation(rewards.flat(), config.std) : undefined;
      return centred.map((group, b) => {
        const scale = batchDeviation ?? deviation(rewards[b], config.std);
        // Without an epsilon, a group without contrast would be 0 / 0.
        return group.map((a) => a === 0 ? 0 : a / (scale + config.epsilon));
      });
    }
    case "reinforce++-baseline":
      if (lengths === undefined) throw new Error("Cannot whiten advantages over tokens without completion lengths");
      return whitened(centred, lengths);
  }
}

function checkGroup(group: readonly number[]): void {
  if (group.length < 2) {
    throw new UsageError(
      `Cannot compute advantages for a group of ${group.length}: sample at least 2 completions per prompt`,
    );
  }
  const bad = group.find((reward) => !Number.isFinite(reward));
  if (bad !== undefined) throw new RangeError(`Cannot compute advantages from a reward of ${bad}: it must be finite`);
}

/** The mean, without rounding where all values are equal: a group without contrast must give exactly 0. */
function groupMean(values: readonly number[]): number {
  return values[0] + sum(values.map((value) => value - values[0])) / values.length;
}

function deviation(values: readonly number[], kind: "sample" | "population"): number {
  const mean = groupMean(values);
  const squares = sum(values.map((value) => (value - mean) ** 2));
  return Math.sqrt(squares / (kind === "sample" ? values.length - 1 : values.length));
}

/** Mean 0 and sample variance 1 over all tokens of all completions. */
function whitened(advantages: readonly Float64Array[], lengths: readonly (readonly number[])[]): Float64Array[] {
  const tokens = sum(lengths.map(sum));
  const overTokens = (value: (advantage: number) => number) =>
    sum(advantages.map((group, b) => sum(Array.from(group, (a, g) => value(a) * lengths[b][g]))));
  const mean = overTokens((a) => a) / tokens;
  const variance = overTokens((a) => (a - mean) ** 2) / (tokens - 1);
  const scale = 1 / Math.sqrt(variance + WHITENING_EPSILON);
  return advantages.map((group) => group.map((a) => (a - mean) * scale));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
