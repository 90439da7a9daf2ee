/**
 * Cosines and sines of rotary position embedding, with the frequency scalings in use.
 *
 * @module
 */
import type { ModelConfig } from "../models/model_config.ts";

/** (d/2), angle a position, by pair of entries: θ^(-2i/d), scaled as the checkpoint asks. */
export function ropeFrequencies(config: ModelConfig): Float64Array {
  const { headSize, ropeTheta, ropeScaling } = config;
  return Float64Array.from({ length: headSize / 2 }, (_, i) => {
    const frequency = Math.pow(ropeTheta, -2 * i / headSize);
    if (ropeScaling === undefined) return frequency;
    if (ropeScaling.kind === "linear") return frequency / ropeScaling.factor;
    // Llama 3: long waves are stretched, short ones kept, those between blended.
    const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalMaxPositions } = ropeScaling;
    const turns = originalMaxPositions * frequency / (2 * Math.PI);
    if (turns < low) return frequency / factor;
    if (turns > high) return frequency;
    const kept = (turns - low) / (high - low);
    return (1 - kept) * frequency / factor + kept * frequency;
  });
}

/** Fills `table` (positions, d): d/2 cosines, then d/2 sines. */
export function fillRopeTable(table: Float32Array, config: ModelConfig): void {
  const frequencies = ropeFrequencies(config);
  const half = frequencies.length, positions = table.length / config.headSize;
  for (let position = 0; position < positions; position++) {
    const row = position * config.headSize;
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i];
      table[row + i] = Math.cos(angle);
      table[row + half + i] = Math.sin(angle);
    }
  }
}
