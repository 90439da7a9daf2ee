/**
 * Cosines and sines of rotary position embedding, as the kernels read them.
 *
 * @module
 */
import type { ModelConfig } from "../models/model_config.ts";
import { rotaryFrequencies } from "../models/rope.ts";

/** Fills `table` (positions, d): d/2 cosines, then d/2 sines. */
export function fillRopeTable(table: Float32Array, config: ModelConfig): void {
  const frequencies = rotaryFrequencies(config);
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
