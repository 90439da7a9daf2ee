import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { labelWidth, spread } from "../../../src/report/figures/end_labels.ts";

Deno.test("places that are far apart stay, and those that overlap move apart around their middle", () => {
  assertEquals(spread([30, 10, 70], 13, 0, 100), [30, 10, 70]);
  assertEquals(spread([40, 40, 40], 10, 0, 100), [30, 40, 50]);
  assertEquals(spread([], 10, 0, 100), []);
});

Deno.test("a block at an end stays inside", () => {
  assertEquals(spread([99, 100, 98], 5, 0, 100), [95, 100, 90]);
  assertEquals(spread([1, 0], 5, 0, 100), [5, 0]);
});

Deno.test("no places that keep order and distance are nearer to what was asked, by brute force", () => {
  const asked = [7, 3, 4, 11];
  const gap = 3;
  const found = spread(asked, gap, 0, 14);
  const cost = (places: readonly number[]) => places.reduce((sum, place, i) => sum + (place - asked[i]) ** 2, 0);
  // Sorted: 3, 4, 7, 11.
  let least = Infinity;
  const STEPS = 4;
  for (let a = 0; a <= 14 * STEPS; a++) {
    for (let b = a + gap * STEPS; b <= 14 * STEPS; b++) {
      for (let c = b + gap * STEPS; c <= 14 * STEPS; c++) {
        for (let d = c + gap * STEPS; d <= 14 * STEPS; d++) {
          least = Math.min(least, cost([c, a, b, d].map((place) => place / STEPS)));
        }
      }
    }
  }
  assert(cost(found) <= least + 1e-9, `${found} costs ${cost(found)}, the best of a grid ${least}`);
  const sorted = found.toSorted((a, b) => a - b);
  for (let i = 1; i < sorted.length; i++) assertAlmostEquals(Math.min(sorted[i] - sorted[i - 1], gap), gap, 1e-9);
});

Deno.test("a longer name takes more room", () => {
  assert(labelWidth(["lepo", "discrete-grpo"]) === labelWidth(["discrete-grpo"]));
  assert(labelWidth(["discrete-grpo"]) > labelWidth(["lepo"]) && labelWidth([]) === 0);
});
