/**
 * Rotary position embedding (Su et al., arXiv:2104.09864), with the frequency scalings in use.
 *
 * @module
 */
import type { ModelConfig } from "./model_config.ts";

/** (d/2), radians a position of each pair of coordinates: θ^(-2i/d), scaled as the checkpoint asks. */
export function rotaryFrequencies({ headSize, ropeTheta, ropeScaling }: ModelConfig): Float64Array {
  return Float64Array.from({ length: headSize / 2 }, (_, i) => {
    const frequency = ropeTheta ** (-2 * i / headSize);
    if (ropeScaling === undefined) return frequency;
    const stretched = frequency / ropeScaling.factor;
    if (ropeScaling.kind === "linear") return stretched;
    // Llama 3.1: waves that turn rarely over the original context are stretched, quick ones kept, the rest blended.
    const { lowFrequencyFactor: low, highFrequencyFactor: high, originalMaxPositions } = ropeScaling;
    const turns = originalMaxPositions * frequency / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return (1 - kept) * stretched + kept * frequency;
  });
}

/**
 * Cosines and sines of some positions, each repeated for the two halves of a head.
 *
 * @returns (positions, d) each
 */
export function rotaryTables(
  frequencies: Float64Array,
  positions: ArrayLike<number>,
): { cos: Float32Array; sin: Float32Array } {
  const half = frequencies.length, width = 2 * half;
  const cos = new Float32Array(positions.length * width);
  const sin = new Float32Array(positions.length * width);
  for (let t = 0; t < positions.length; t++) {
    for (let i = 0; i < half; i++) {
      const angle = positions[t] * frequencies[i];
      cos[t * width + i] = cos[t * width + half + i] = Math.cos(angle);
      sin[t * width + i] = sin[t * width + half + i] = Math.sin(angle);
    }
  }
  return { cos, sin };
}
