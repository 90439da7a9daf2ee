/**
 * The input embedding table on the host, for models that hold it there.
 *
 * @module
 */

/**
 * Root mean square of one coordinate of a table's rows.
 *
 * @param table (V, D)
 * @param width `D`
 * @param skipped ids whose rows are left out
 */
export function rmsOfCoordinates(table: Float32Array, width: number, skipped: readonly number[] = []): number {
  const rows = table.length / width;
  const left = new Set(skipped);
  let sum = 0;
  for (let row = 0; row < rows; row++) {
    if (left.has(row)) continue;
    for (let i = row * width; i < (row + 1) * width; i++) sum += table[i] ** 2;
  }
  return Math.sqrt(sum / ((rows - left.size) * width));
}
