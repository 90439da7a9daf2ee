/**
 * Whose algorithm a name stands for: two of them are called soft GRPO by somebody.
 *
 * @module
 */

/** A short title with the authors, by the algorithm's name; the papers are named at the top of each algorithm's file. */
export const ALGORITHM_TITLES: Readonly<Record<string, string>> = {
  "discrete-grpo": "GRPO, Shao et al.",
  "soft-tokens-grpo": "soft GRPO, Butt et al.",
  "soft-thinking-grpo": "SofT-GRPO, Zheng et al.",
  "soft-thinking": "Soft Thinking, Zhang et al.",
};
