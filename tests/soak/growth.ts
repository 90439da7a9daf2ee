/**
 * Whether what a process holds grows as it works on.
 *
 * @module
 */

/** What a process held at a moment. */
export interface Reading {
  readonly seconds: number;
  /** Resident memory in bytes. */
  readonly memory: number;
  /** Open file descriptors. */
  readonly descriptors: number;
}

/**
 * Resident memory that may come on top between the middle of the second quarter and that of the last, in bytes.
 *
 * Half of the work lies between them, 500 steps or 50,000 samples. A tensor of the embedded model's weights (3 MB) or a
 * step's rollout (some 100 kB) that is kept at each step would come to 50 MB or more, as would a kilobyte that is kept of
 * each sample. What is no growth, free pages that the allocator keeps and the samples of the dataset at work, comes to
 * some 10 MB.
 */
export const MEMORY_ALLOWANCE = 32 * 2 ** 20;

/** Fewer readings have no quarters to speak of. */
const FEWEST_READINGS = 16;

/**
 * Compares the median of the last quarter of a series with that of its second. The first is left out: caches fill, code is
 * compiled, and memory comes to what the work needs. Medians do not see a moment's checkpoint or collection.
 *
 * @returns what has grown, in one line; undefined where nothing has
 */
export function growth(series: readonly Reading[]): string | undefined {
  if (series.length < FEWEST_READINGS) {
    return `${series.length} readings are too few to tell, expected ${FEWEST_READINGS} or more`;
  }
  const [before, after] = [quarter(series, 1), quarter(series, 3)];
  const memory = median(after, "memory") - median(before, "memory");
  const descriptors = median(after, "descriptors") - median(before, "descriptors");
  const found = [
    ...(memory > MEMORY_ALLOWANCE ? [`resident memory by ${Math.round(memory / 2 ** 20)} MiB`] : []),
    // Whatever is open for a while is closed again: a steady number is the same number.
    ...(descriptors > 0 ? [`open descriptors by ${descriptors}`] : []),
  ];
  return found.length === 0 ? undefined : `grew from the second to the last quarter: ${found.join(", ")}`;
}

function quarter<T>(items: readonly T[], index: number): T[] {
  return items.slice(Math.floor(index * items.length / 4), Math.floor((index + 1) * items.length / 4));
}

function median(readings: readonly Reading[], key: "memory" | "descriptors"): number {
  const sorted = readings.map((reading) => reading[key]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
