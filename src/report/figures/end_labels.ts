/**
 * Names beside the ends of lines, moved apart where lines end close together.
 *
 * @module
 */

/** Mean width of a letter in the page's small sans-serif; the longest name decides a margin. */
const PIXELS_PER_LETTER = 6.9;

/** Pixels that the longest of some names takes. */
export function labelWidth(names: readonly string[]): number {
  return Math.ceil(Math.max(0, ...names.map((name) => name.length)) * PIXELS_PER_LETTER);
}

/**
 * Moves places apart as little as needed, in the same order.
 *
 * Places that would overlap form a block whose middle stays where its members' was (pool adjacent violators).
 *
 * @param places in pixels
 * @param gap least distance of two
 * @param low least place
 * @param high greatest place
 * @returns the new places, in the order of `places`
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(spread([50, 10, 52], 12, 0, 100), [45, 10, 57]);
 * ```
 */
export function spread(places: readonly number[], gap: number, low: number, high: number): number[] {
  const order = [...places.keys()].sort((a, b) => places[a] - places[b] || a - b);
  const blocks: { sum: number; count: number }[] = [];
  order.forEach((index, rank) => {
    // Less the gaps below it, so that a block's members are all at one place.
    blocks.push({ sum: places[index] - rank * gap, count: 1 });
    for (let last = blocks.at(-1)!, before = blocks.at(-2); before !== undefined; before = blocks.at(-2)) {
      if (before.sum / before.count <= last.sum / last.count) break;
      blocks.splice(-2, 2, last = { sum: before.sum + last.sum, count: before.count + last.count });
    }
  });
  const most = high - (places.length - 1) * gap;
  const bases = blocks.flatMap(({ sum, count }) =>
    Array.from({ length: count }, () => Math.max(low, Math.min(most, sum / count)))
  );
  const moved = new Array<number>(places.length);
  order.forEach((index, rank) => moved[index] = bases[rank] + rank * gap);
  return moved;
}
