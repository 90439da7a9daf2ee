/**
 * How the losses of positions become one number: each rule is a weight that all drawn positions of a completion share.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { check } from "../../files/check.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Rules of aggregation; N completions, of which one has |o_i| drawn positions. */
export type Aggregation =
  /** 1 / Σ|o_i|: DAPO, arXiv:2503.14476 Eq. 8; verl `token-mean`, TRL `dapo` over the whole batch. */
  | { readonly kind: "token-mean" }
  /** 1 / (N |o_i|): GRPO, arXiv:2402.03300 Eq. 3; SofT-GRPO, arXiv:2511.06411 Eq. 8; verl `seq-mean-token-mean`. */
  | { readonly kind: "sequence-mean" }
  /** 1 / N: RLOO of Butt et al., arXiv:2509.19170 Eq. 15; verl `seq-mean-token-sum`. */
  | { readonly kind: "sequence-sum" }
  /** 1 / (N · maxTokens): Dr. GRPO, arXiv:2503.20783; TRL `dr_grpo`. */
  | {
    readonly kind: "dr-grpo";
    /** The same divisor for every completion (an integer of at least 1). */
    readonly maxTokens: number;
  }
  /** Token mean within each run of so many completions, averaged over runs: verl 0.4.0, and so the released SofT-GRPO. */
  | {
    readonly kind: "micro-batch-token-mean";
    /** Of a run (an integer of at least 1). */
    readonly completions: number;
  };
// End of written types.

/** What an {@link Aggregation} must be. */
export const aggregationSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("token-mean").describe(
      "1 / Σ|o_i|: DAPO, arXiv:2503.14476 Eq. 8; verl `token-mean`, TRL `dapo` over the whole batch",
    ),
  }).readonly(),
  z.strictObject({
    kind: z.literal("sequence-mean").describe(
      "1 / (N |o_i|): GRPO, arXiv:2402.03300 Eq. 3; SofT-GRPO, arXiv:2511.06411 Eq. 8; verl `seq-mean-token-mean`",
    ),
  }).readonly(),
  z.strictObject({
    kind: z.literal("sequence-sum").describe(
      "1 / N: RLOO of Butt et al., arXiv:2509.19170 Eq. 15; verl `seq-mean-token-sum`",
    ),
  }).readonly(),
  z.strictObject({
    kind: z.literal("dr-grpo").describe("1 / (N · maxTokens): Dr. GRPO, arXiv:2503.20783; TRL `dr_grpo`"),
    maxTokens: z.int().min(1).describe("the same divisor for every completion"),
  }).readonly(),
  z.strictObject({
    kind: z.literal("micro-batch-token-mean").describe(
      "token mean within each run of so many completions, averaged over runs: verl 0.4.0, and so the released SofT-GRPO",
    ),
    completions: z.int().min(1).describe("of a run"),
  }).readonly(),
]).meta({
  id: "Aggregation",
  description: "rules of aggregation; N completions, of which one has |o_i| drawn positions",
});

/**
 * The weight of each drawn position of each completion.
 *
 * @param lengths drawn positions of each of the N completions; one without any gets weight 0
 * @throws {UsageError} If a setting is unknown or out of range
 * @example
 * ```ts
 * import { aggregationWeights } from "./aggregation.ts";
 * import { assertEquals } from "@std/assert";
 * assertEquals(aggregationWeights({ kind: "sequence-mean" }, [4, 1]), Float64Array.of(1 / 8, 1 / 2));
 * ```
 */
export function aggregationWeights(settings: Aggregation, lengths: readonly number[]): Float64Array {
  const aggregation = check(aggregationSchema, settings, { root: "aggregation" });
  const count = lengths.length;
  const total = (run: readonly number[]) => run.reduce((sum, length) => sum + length, 0);
  const weightOf = (): (length: number, i: number) => number => {
    switch (aggregation.kind) {
      case "token-mean": {
        const tokens = total(lengths);
        return () => 1 / tokens;
      }
      case "sequence-mean":
        return (length) => 1 / (count * length);
      case "sequence-sum":
        return () => 1 / count;
      case "dr-grpo":
        return () => 1 / (count * aggregation.maxTokens);
      case "micro-batch-token-mean": {
        const size = aggregation.completions;
        const runs = Math.ceil(count / size);
        const tokens = Array.from({ length: runs }, (_, run) => total(lengths.slice(run * size, (run + 1) * size)));
        return (_, i) => 1 / (runs * tokens[Math.floor(i / size)]);
      }
    }
  };
  const weight = weightOf();
  return Float64Array.from(lengths, (length, i) => length === 0 ? 0 : weight(length, i));
}
