/**
 * What training leaves per step. Made from the schema by `deno task schemas`; do not edit.
 *
 * @module
 */

/**
 * One training step; other figures are means over its completions: `loss` (what the update minimised), `gradientNorm`
 * (before clipping), `learningRate`, `tokens`, `truncated`, `equalGroups` (share of groups whose rewards are all
 * equal), `kl` (to the reference policy, nats) and others.
 */
export interface CurvePoint {
  /** From 1 (an integer of at least 1). */
  readonly step: number;
  /** Mean reward. */
  readonly reward: number;
  /** Others by name. */
  readonly [name: string]: number;
}
