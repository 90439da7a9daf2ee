/**
 * Cosines and sines of rotary position embedding, as the kernels read them.
 *
 * @module
 */
import type { ModelConfig } from "../models/model_config.ts";
import { rotaryFrequencies, rotaryScale } from "../models/rope.ts";

/** Fills `table` (positions, r): r/2 cosines, then r/2 sines, of the r coordinates that turn. */
export function fillRopeTable(table: Float32Array, config: ModelConfig): void {
  const frequencies = rotaryFrequencies(config);
  const half = frequencies.length, width = 2 * half, positions = table.length / width, scale = rotaryScale(config);
  for (let position = 0; position < positions; position++) {
    const row = position * width;
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i];
      table[row + i] = scale * Math.cos(angle);
      table[row + half + i] = scale * Math.sin(angle);
    }
  }
}
