/**
 * Names of the rules that make Pass@k of samples, apart from what they do: the command line needs no more.
 *
 * @module
 */

/** Names of the rules, ours first. */
export const PASS_ESTIMATOR_NAMES = ["unbiased", "first-k", "blocks", "bootstrap", "verl-best"] as const;

/** Name of a rule. */
export type PassEstimatorName = typeof PASS_ESTIMATOR_NAMES[number];

/** A rule other than ours. */
export type OtherRule = Exclude<PassEstimatorName, "unbiased">;

/** Names of the rules other than ours. */
export const OTHER_RULES: readonly OtherRule[] = PASS_ESTIMATOR_NAMES.filter((name) => name !== "unbiased");
