/**
 * Rewards of a group of completions -> how much better than the group each one was.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { UsageError } from "../errors.ts";
import { check } from "../files/check.ts";
import { bestOverSecond, passAtKAdvantages } from "./pass_at_k.ts";

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
  | { readonly kind: "reinforce++-baseline" }
  /** Best - second best for the best of a group, 0 for the others: arXiv:2503.19595, grpo_passk of verl. */
  | {
    readonly kind: "pass-at-k-best";
    /** Divided by the deviation of the group (verl), or by nothing. */
    readonly std: "none" | "sample";
    /** Added to the deviation; 1e-6 in verl (a number of at least 0; default 0). */
    readonly epsilon?: number;
  }
  /**
   * Mean over the sets of k that hold a completion of what they win: Pass@k Training, arXiv:2508.10751; for rewards
   * of two values.
   */
  | {
    readonly kind: "pass-at-k";
    /** k of the Pass@k that is aimed at, at most G (an integer of at least 1). */
    readonly k: number;
  };
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
  z.strictObject({
    kind: z.literal("pass-at-k-best").describe(
      "best - second best for the best of a group, 0 for the others: arXiv:2503.19595, grpo_passk of verl",
    ),
    std: z.enum(["none", "sample"]).describe("divided by the deviation of the group (verl), or by nothing"),
    epsilon: z.number().min(0).exactOptional().describe("added to the deviation; 1e-6 in verl").meta({ default: 0 }),
  }).superRefine(({ std, epsilon }, context) => {
    if (std === "sample" || epsilon === undefined) return;
    context.addIssue({ code: "custom", path: ["epsilon"], message: 'none, as nothing is divided where std is "none"' });
  }).readonly(),
  z.strictObject({
    kind: z.literal("pass-at-k").describe(
      "mean over the sets of k that hold a completion of what they win: Pass@k Training, arXiv:2508.10751; for rewards of two values",
    ),
    k: z.int().min(1).describe("k of the Pass@k that is aimed at, at most G"),
  }).readonly(),
]).meta({ id: "AdvantageConfig", description: "how rewards become advantages" });

/** Advantages by preset. */
export const ADVANTAGE_PRESETS = {
  verl: { kind: "grpo", std: "sample", epsilon: 1e-6 },
  trl: { kind: "grpo", std: "sample", epsilon: 1e-4 },
  "dr-grpo": { kind: "dr-grpo" },
  rloo: { kind: "rloo" },
  "pass-at-k-best": { kind: "pass-at-k-best", std: "sample", epsilon: 1e-6 },
  "pass-at-k-best-unscaled": { kind: "pass-at-k-best", std: "none" },
  "pass-at-4": { kind: "pass-at-k", k: 4 },
} as const satisfies Record<string, AdvantageConfig>;

/** verl, `masked_whiten` in `verl/utils/torch_functional.py`. */
const WHITENING_EPSILON = 1e-8;

/**
 * Group-relative advantages; every position of a completion gets its completion's.
 *
 * A completion without a reward is compared with nobody: mean, deviation and best are those of the others, its own
 * advantage is 0. A group with fewer than 2 rewards has nothing to compare, and 0 throughout.
 *
 * @param rewards (B, G_b), finite; undefined where nobody knows what a completion is worth
 * @param lengths (B, G_b), drawn positions of each completion that carry loss; needed by `reinforce++-baseline` alone
 * @returns (B, G_b); before whitening exactly 0 where all rewards of a group are equal
 * @throws {UsageError} If a group has fewer than 2 completions or fewer than k, rewards have more values than
 *   `pass-at-k` can tell right from wrong by, or a setting is unknown or out of range
 * @throws {RangeError} If a reward is not finite
 * @example
 * ```ts
 * import { groupAdvantages } from "./advantage.ts";
 * import { assertEquals } from "@std/assert";
 * assertEquals(groupAdvantages([[1, undefined, 0]], { kind: "dr-grpo" }), [Float64Array.of(0.5, 0, -0.5)]);
 * ```
 */
export function groupAdvantages(
  rewards: readonly (readonly (number | undefined)[])[],
  settings: AdvantageConfig,
  lengths?: readonly (readonly number[])[],
): Float64Array[] {
  const config = check(advantageSchema, settings, { root: "advantage" });
  rewards.forEach(checkGroup);
  const compared = rewards.map(comparedIn);
  const values = compared.map((members, b) => members.map((g) => rewards[b][g]!));
  const advantages = advantagesOf(values, config, {
    sizes: rewards.map((group) => group.length),
    batch: rewards.flat().filter((reward) => reward !== undefined),
    ...(lengths && { lengths: compared.map((members, b) => members.map((g) => lengths[b][g])) }),
  });
  return rewards.map((group, b) => {
    const all = new Float64Array(group.length);
    compared[b].forEach((g, i) => all[g] = advantages[b][i]);
    return all;
  });
}

/** What advantages of a batch depend on beside the rewards that are compared. */
interface BatchFacts {
  /** (B), completions of each group, also those without a reward. */
  readonly sizes: readonly number[];
  /** All rewards of the batch. */
  readonly batch: readonly number[];
  /** As `values`: positions of each completion. */
  readonly lengths?: readonly (readonly number[])[];
}

/** @param values (B), rewards that are compared: 2 or more of a group, or none */
function advantagesOf(
  values: readonly (readonly number[])[],
  config: AdvantageConfig,
  { sizes, batch, lengths }: BatchFacts,
): Float64Array[] {
  const centred = values.map((group) => {
    const mean = groupMean(group);
    return Float64Array.from(group, (reward) => reward - mean);
  });
  // Without an epsilon, a group without contrast would be 0 / 0.
  const scaled = (group: Float64Array, scale: number) => group.map((a) => a === 0 ? 0 : a / scale);
  switch (config.kind) {
    case "dr-grpo":
      return centred;
    case "rloo":
      return centred.map((group) => group.map((a) => a * group.length / (group.length - 1)));
    case "grpo": {
      const batchDeviation = config.stdOver === "batch" ? deviation(batch, config.std) : undefined;
      return centred.map((group, b) =>
        scaled(group, (batchDeviation ?? deviation(values[b], config.std)) + config.epsilon)
      );
    }
    case "reinforce++-baseline":
      if (lengths === undefined) throw new Error("Cannot whiten advantages over tokens without completion lengths");
      return whitened(centred, lengths);
    case "pass-at-k-best": {
      const { std, epsilon = 0 } = config;
      return values.map((group) => {
        const best = bestOverSecond(group);
        return std === "none" ? best : scaled(best, deviation(group, std) + epsilon);
      });
    }
    case "pass-at-k": {
      const { k } = config;
      sizes.forEach((size) => checkSetSize(size, k));
      const best = bestOfTwo(batch);
      return values.map((group) => passAtKAdvantages(group.map((reward) => reward === best), k));
    }
  }
}

/** Indices of the completions that have a reward; none where there is only one. */
function comparedIn(group: readonly (number | undefined)[]): number[] {
  const rewarded = [...group.keys()].filter((g) => group[g] !== undefined);
  return rewarded.length < 2 ? [] : rewarded;
}

function checkGroup(group: readonly (number | undefined)[]): void {
  if (group.length < 2) {
    throw new UsageError(
      `Cannot compute advantages for a group of ${group.length}: sample at least 2 completions per prompt`,
    );
  }
  const bad = group.find((reward) => reward !== undefined && !Number.isFinite(reward));
  if (bad !== undefined) throw new RangeError(`Cannot compute advantages from a reward of ${bad}: it must be finite`);
}

function checkSetSize(size: number, k: number): void {
  if (size >= k) return;
  throw new UsageError(
    `Cannot compute Pass@${k} advantages for a group of ${size}: sample at least ${k} completions per prompt`,
  );
}

/** What is paid for a right completion, where rewards say nothing but right and wrong. */
function bestOfTwo(rewards: readonly number[]): number {
  const values = [...new Set(rewards)].sort((a, b) => a - b);
  if (values.length <= 2) return values.at(-1) ?? 0;
  throw new UsageError(
    `Cannot compute Pass@k advantages from rewards of ${
      values.slice(0, 3).join(", ")
    } and more: found ${values.length} values, ` +
      `expected two, right and wrong; pay wrong and missing answers alike`,
  );
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

/** Mean 0 and sample variance 1 over all tokens of all completions; 0 where fewer than 2 tokens have no variance. */
function whitened(advantages: readonly Float64Array[], lengths: readonly (readonly number[])[]): Float64Array[] {
  const tokens = sum(lengths.map(sum));
  if (tokens < 2) return advantages.map((group) => new Float64Array(group.length));
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
