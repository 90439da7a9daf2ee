import { assertEquals } from "@std/assert";
import { median, quartiles, timeRatio } from "../../../benchmarks/peers/statistics.ts";

Deno.test("peers: the median and the quartiles lie between the values in order", () => {
  assertEquals(median([9, 1, 4]), 4);
  assertEquals(median([9, 1, 4, 2]), 3);
  assertEquals(quartiles([10, 30, 20, 50, 40]), [20, 40]);
});

Deno.test("peers: a ratio of times is that of the best, and round by round", () => {
  // Rounds 6/3, 8/2, 5/5: the best of each are of different rounds.
  assertEquals(timeRatio([6, 8, 5], [3, 2, 5]), { best: 2.5, median: 2, quartiles: [1.5, 3] });
});
