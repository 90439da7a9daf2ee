/**
 * AdamW as every model computes it: the numbers of a step, and the update on host arrays that backends must agree with.
 *
 * @module
 */

/** One AdamW step's numbers (decoupled weight decay, Loshchilov and Hutter, arXiv:1711.05101). */
export interface OptimizerStep {
  /** Rate of this step, > 0. */
  readonly learningRate: number;
  /** Decay of the first moment, in [0, 1). */
  readonly beta1: number;
  /** Decay of the second moment, in [0, 1). */
  readonly beta2: number;
  /** Added to the root of the second moment, > 0. */
  readonly epsilon: number;
  /** Share of a weight taken off per unit of learning rate, >= 0. */
  readonly weightDecay: number;
  /** Gradients are scaled so that their global norm is at most this; Infinity for no clipping. */
  readonly maxGradientNorm: number;
  /** 1 for the first update. */
  readonly step: number;
}

/** A parameter with its gradient and moments, all of one length. */
export interface AdamWParameter {
  /** Changed by an update. */
  readonly weights: Float32Array;
  /** Left as it is. */
  readonly gradient: Float32Array;
  /** First moment, 0 before the first update. */
  readonly first: Float32Array;
  /** Second moment, 0 before the first update. */
  readonly second: Float32Array;
}

/** `torch.nn.utils.clip_grad_norm_`. */
const CLIP_EPSILON = 1e-6;

/** Factor that brings gradients of a norm to at most the largest one. */
export function clipFactor(norm: number, maxGradientNorm: number): number {
  return Math.min(1, maxGradientNorm / (norm + CLIP_EPSILON));
}

/**
 * One AdamW update in place: decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101), bias-corrected moments.
 *
 * @param gradientFactor of `clipFactor`
 */
export function adamW(parameter: AdamWParameter, step: OptimizerStep, gradientFactor = 1): void {
  const { weights, gradient, first, second } = parameter;
  const { learningRate, beta1, beta2, epsilon, weightDecay } = step;
  const correction1 = 1 - beta1 ** step.step;
  const correction2 = Math.sqrt(1 - beta2 ** step.step);
  const keep = 1 - learningRate * weightDecay;
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i] * gradientFactor;
    const m = first[i] = beta1 * first[i] + (1 - beta1) * g;
    const v = second[i] = beta2 * second[i] + (1 - beta2) * g * g;
    weights[i] = keep * weights[i] - learningRate / correction1 * m / (Math.sqrt(v) / correction2 + epsilon);
  }
}
