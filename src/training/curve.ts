/**
 * What training leaves per step. Made from the schema by `deno task schemas`; do not edit.
 *
 * @module
 */

/**
 * One training step; other figures are means over the first draw of its completions: `correct` (share of right
 * answers), `tokens`, `thoughtTokens`, `answerTokens` (from the end of thinking on), `truncated`, `equalGroups`
 * (share of groups whose rewards are all equal); of those that the update takes: `excluded` (share without loss),
 * `loss` (what it minimised), `gradientNorm` (before clipping), `learningRate` (of its last update), `kl` (to the
 * reference policy, nats), `entropy` (of the softmax before any filter, nats), `clippedLow`, `clippedHigh`,
 * `clippedDual` and their sum `clipped` (shares of positions at which a bound of the ratio held), `mismatchMean` and
 * `mismatchMax` (of |log-density when drawn - when replayed before the update|) and others; where equal groups are
 * drawn again: `redrawnGroups` (how often, per group), `leftOutGroups` (share). A figure that a step has no value of
 * is absent, such as `gradientNorm` where no group had a gradient.
 */
export interface CurvePoint {
  /** From 1 (an integer of at least 1). */
  readonly step: number;
  /** Mean of what completions were paid, those left out on which the grader failed. */
  readonly reward: number;
  /** Others by name. */
  readonly [name: string]: number;
}
