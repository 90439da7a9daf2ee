/**
 * A penalty on completions that come near the length limit: DAPO's soft overlong punishment (arXiv:2503.14476, Eq. 13).
 *
 * | what             | DAPO, Eq. 13  | verl, its page on DAPO        | ours              |
 * | ---------------- | ------------- | ----------------------------- | ----------------- |
 * | at the limit     | -1            | -penalty_factor               | -penalty          |
 * | beyond the limit | -1            | falls on, without a floor     | cannot be: cut    |
 * | length           | response      | response, without padding     | all positions that the limit counts, forced ones too |
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";

// Types written from the schemas of this file by `deno task schemas`.
/** A penalty that rises linearly towards the length limit: DAPO, arXiv:2503.14476 Eq. 13. */
export interface OverlongConfig {
  /** Last positions before the limit, over which the penalty rises (an integer of at least 1). */
  readonly buffer: number;
  /** Taken off the reward of a completion as long as the limit (a number above 0). */
  readonly penalty: number;
}
// End of written types.

/** What an {@link OverlongConfig} must be. */
export const overlongSchema = z.strictObject({
  buffer: z.int().min(1).describe("last positions before the limit, over which the penalty rises"),
  penalty: z.number().positive().describe("taken off the reward of a completion as long as the limit"),
}).readonly().meta({
  id: "OverlongConfig",
  description: "a penalty that rises linearly towards the length limit: DAPO, arXiv:2503.14476 Eq. 13",
});

/**
 * What is added to the reward of a completion: 0 up to limit - buffer, then linearly down to -penalty at the limit.
 *
 * @param length positions of the completion, at most `limit`
 * @param limit most positions of a completion, at least the buffer
 * @returns in [-penalty, 0]
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const config = { buffer: 4, penalty: 2 };
 * assertEquals([16, 17, 20].map((length) => overlongPenalty(length, 20, config)), [0, -0.5, -2]);
 * ```
 */
export function overlongPenalty(length: number, limit: number, { buffer, penalty }: OverlongConfig): number {
  const excess = length - (limit - buffer);
  return excess <= 0 ? 0 : -penalty * excess / buffer;
}
