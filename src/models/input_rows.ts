/**
 * Input rows on the host: mixtures of embeddings, and how rows are made from tokens.
 *
 * @module
 */
import type { InputRows } from "./language_model.ts";

/** Rows that feed tokens as they are, one per row. */
export function tokenRows(ids: Int32Array): InputRows {
  return { count: ids.length, width: 1, ids, weights: new Float32Array(ids.length).fill(1) };
}

/**
 * Writes `Σ_k weights[r,k] · E[ids[r,k]] + offset[r]` of each row r to `target`.
 *
 * @param table (V, D)
 * @param target (R, D)
 * @param scale what each row is multiplied with, `embeddingScale` of the model
 * @throws {RangeError} If an id is not in [0, V)
 */
export function mixInputs(rows: InputRows, table: Float32Array, target: Float32Array, scale = 1): void {
  const { count, width: kept, ids, weights, offset } = rows;
  if (count === 0) return;
  const width = target.length / count;
  const vocabularySize = table.length / width;
  for (let r = 0; r < count; r++) {
    const row = target.subarray(r * width, (r + 1) * width);
    if (offset === undefined) row.fill(0);
    else row.set(offset.subarray(r * width, (r + 1) * width));
    for (let k = 0; k < kept; k++) {
      const id = ids[r * kept + k], weight = weights[r * kept + k];
      if (!(id >= 0 && id < vocabularySize)) {
        throw new RangeError(`Cannot feed token ${id}: the vocabulary has ${vocabularySize}`);
      }
      if (weight === 0) continue;
      const embedding = table.subarray(id * width, (id + 1) * width);
      for (let d = 0; d < width; d++) row[d] += weight * embedding[d];
    }
    if (scale !== 1) row.forEach((value, d) => row[d] = value * scale);
  }
}
