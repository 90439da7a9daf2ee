/**
 * Rotary position embedding (Su et al., arXiv:2104.09864), with the frequency scalings in use.
 *
 * @module
 */
import { type ModelConfig, type RopeScaling, rotarySizeOf } from "./model_config.ts";

/** (r/2), radians a position of each pair of the r coordinates that turn: θ^(-2i/r), scaled as the checkpoint asks. */
export function rotaryFrequencies(config: ModelConfig): Float64Array {
  const size = rotarySizeOf(config);
  return Float64Array.from({ length: size / 2 }, (_, pair) => {
    const frequency = config.ropeTheta ** (-2 * pair / size);
    return config.ropeScaling === undefined ? frequency : scaled(frequency, pair, config.ropeScaling);
  });
}

function scaled(frequency: number, pair: number, scaling: RopeScaling): number {
  switch (scaling.kind) {
    case "linear":
      return frequency / scaling.factor;
    case "llama3": {
      // Waves that turn rarely over the original context are stretched, quick ones kept, the rest blended.
      const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalMaxPositions } = scaling;
      const turns = originalMaxPositions * frequency / (2 * Math.PI);
      return blend(frequency / factor, frequency, (turns - low) / (high - low));
    }
    case "yarn": {
      const { factor, low, high } = scaling;
      return blend(frequency, frequency / factor, (pair - low) / (high - low));
    }
    case "longrope":
      return frequency / scaling.divisors[pair];
  }
}

/** From `a` at a share of 0 or less to `b` at 1 or more. */
function blend(a: number, b: number, share: number): number {
  const held = Math.min(1, Math.max(0, share));
  return (1 - held) * a + held * b;
}

/** What cosines and sines are multiplied with: YaRN and LongRoPE sharpen attention over long contexts. */
export function rotaryScale({ ropeScaling }: ModelConfig): number {
  return ropeScaling?.kind === "yarn" || ropeScaling?.kind === "longrope" ? ropeScaling.attentionFactor : 1;
}

/**
 * Cosines and sines of some positions, each repeated for the two halves of the coordinates that turn.
 *
 * @param scale of {@link rotaryScale}
 * @returns (positions, r) each
 */
export function rotaryTables(
  frequencies: Float64Array,
  positions: ArrayLike<number>,
  scale = 1,
): { cos: Float32Array; sin: Float32Array } {
  const half = frequencies.length, width = 2 * half;
  const cos = new Float32Array(positions.length * width);
  const sin = new Float32Array(positions.length * width);
  for (let t = 0; t < positions.length; t++) {
    for (let i = 0; i < half; i++) {
      const angle = positions[t] * frequencies[i];
      cos[t * width + i] = cos[t * width + half + i] = scale * Math.cos(angle);
      sin[t * width + i] = sin[t * width + half + i] = scale * Math.sin(angle);
    }
  }
  return { cos, sin };
}
