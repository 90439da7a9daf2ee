/**
 * Results of earlier versions under today's names, so that old and new ones align: Butt et al.'s algorithm was
 * once called `soft-grpo`, which a reader takes for SofT-GRPO.
 *
 * @module
 */
import type { Result } from "./types.ts";

/** Today's names of algorithms by those that earlier versions wrote. */
const RENAMED: Readonly<Record<string, string>> = { "soft-grpo": "soft-tokens-grpo" };

/** Today's name of an algorithm, or of an arm or evaluation that is named after one: `soft-grpo-fuzzy`. */
export function presentName(name: string): string {
  const earlier = Object.keys(RENAMED).find((own) => name.startsWith(own) && /^([-._]|$)/.test(name.slice(own.length)));
  return earlier === undefined ? name : RENAMED[earlier] + name.slice(earlier.length);
}

/**
 * The result with today's label and algorithm; its configuration stays as it was hashed. What others published keeps
 * the names that it was imported under.
 */
export function presentNames(result: Result): Result {
  const { algorithm, label } = result.arm;
  if (result.status === "imported" || !(algorithm in RENAMED)) return result;
  return { ...result, arm: { ...result.arm, algorithm: presentName(algorithm), label: presentName(label) } };
}
