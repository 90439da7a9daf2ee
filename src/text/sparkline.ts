/**
 * A curve in one line of text.
 *
 * @module
 */

const LEVELS = "▁▂▃▄▅▆▇█";
const COLUMNS = 12;

/**
 * The values as bars of eight heights between the least and the greatest of them, each a mean where there are more values
 * than columns.
 *
 * @param values finite numbers
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(sparkline([0, 7, 3.5, 1]), "▁█▅▂");
 * ```
 */
export function sparkline(values: readonly number[], columns: number = COLUMNS): string {
  const means = columnMeans(values, Math.min(columns, values.length));
  const [least, greatest] = [Math.min(...means), Math.max(...means)];
  const top = LEVELS.length - 1;
  return means.map((mean) =>
    LEVELS[greatest > least ? Math.round((top * (mean - least)) / (greatest - least)) : Math.floor(top / 2)]
  ).join("");
}

function columnMeans(values: readonly number[], columns: number): number[] {
  return Array.from({ length: columns }, (_, column) => {
    const own = values.slice(
      Math.floor((column * values.length) / columns),
      Math.floor(((column + 1) * values.length) / columns),
    );
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
}
