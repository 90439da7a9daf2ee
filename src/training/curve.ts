/**
 * What training leaves per step.
 *
 * @module
 */

/** One training step: `step` counts from 1; every other number is a mean over the step's completions. */
export interface CurvePoint {
  /** From 1. */
  readonly step: number;
  /** In [0, 1]. */
  readonly reward: number;
  /** What the update minimised. */
  readonly loss?: number;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm?: number;
  /** Of the optimizer in this step. */
  readonly learningRate?: number;
  /** Tokens a completion. */
  readonly tokens?: number;
  /** Share of completions at the length limit. */
  readonly truncated?: number;
  /** Share of groups whose rewards are all equal. */
  readonly equalGroups?: number;
  /** Divergence to the reference policy, nats. */
  readonly kl?: number;
  /** Further figures by name. */
  readonly [figure: string]: number | undefined;
}
