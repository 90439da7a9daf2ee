/**
 * Results of earlier versions under today's names, so that old and new ones align: Butt et al.'s algorithm was
 * once called `soft-grpo`, which a reader takes for SofT-GRPO.
 *
 * @module
 */
import type { Result } from "./types.ts";

/** Today's names of algorithms by those that earlier versions wrote. */
const RENAMED: Readonly<Record<string, string>> = { "soft-grpo": "soft-tokens-grpo" };

/**
 * The result with today's label and algorithm; its configuration stays as it was hashed. What others published keeps
 * the names that it was imported under.
 */
export function presentNames(result: Result): Result {
  const { algorithm, label } = result.arm;
  const present = RENAMED[algorithm];
  if (result.status === "imported" || present === undefined) return result;
  // What follows the algorithm's name in a label tells arms and evaluations apart.
  const suffix = label.slice(algorithm.length);
  const renamed = label.startsWith(algorithm) && /^([-._]|$)/.test(suffix);
  return {
    ...result,
    arm: { ...result.arm, algorithm: present, label: renamed ? present + suffix : label },
  };
}
