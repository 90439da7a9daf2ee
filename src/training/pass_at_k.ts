/**
 * Advantages that aim at Pass@k, the chance that one of k completions is right, in place of the mean reward.
 *
 * Letters: `N` completions of a group, `c` of them right.
 *
 * @module
 */

/**
 * What the best completion adds to the group's maximum: best minus second best at the best one, 0 at all others
 * (arXiv:2503.19595; verl's `grpo_passk` before its division by the deviation).
 *
 * @param rewards (N), N >= 2
 * @returns (N); where two share the best reward, nothing
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([...bestOverSecond([1, 5, 3])], [0, 2, 0]);
 * assertEquals([...bestOverSecond([1, 5, 5])], [0, 0, 0]);
 * ```
 */
export function bestOverSecond(rewards: readonly number[]): Float64Array {
  const best = rewards.indexOf(Math.max(...rewards));
  const second = Math.max(...rewards.filter((_, i) => i !== best));
  return Float64Array.from(rewards, (reward, i) => i === best ? reward - second : 0);
}

/**
 * The analytic advantage of Pass@k Training (arXiv:2508.10751): the mean over all sets of k completions of the group
 * that hold this one of (R - R̄) / σ, where R is 1 for a set with a right completion and 0 for the others, R̄ =
 * 1 - C(N - c, k) / C(N, k) its mean over all sets, and σ = √(R̄ (1 - R̄)).
 *
 * @param right (N), which completions are right
 * @param k >= 1
 * @returns (N); all 0 where all sets agree (σ = 0), as where every completion is right or none is, and where N < k
 */
export function passAtKAdvantages(right: readonly boolean[], k: number): Float64Array {
  const count = right.length;
  const wrong = right.filter((own) => !own).length;
  if (count < k) return new Float64Array(count);
  const missed = shareWithoutRight(wrong, count, k);
  const deviation = Math.sqrt(missed * (1 - missed));
  if (deviation === 0) return new Float64Array(count);
  const ofWrong = missed - shareWithoutRight(wrong - 1, count - 1, k - 1);
  return Float64Array.from(right, (own) => (own ? missed : ofWrong) / deviation);
}

/** C(wrong, k) / C(count, k): the share of sets of k that hold no right completion. */
function shareWithoutRight(wrong: number, count: number, k: number): number {
  let share = 1;
  // 0 from the factor on in which no wrong one is left.
  for (let i = 0; i < k; i++) share *= (wrong - i) / (count - i);
  return share;
}
