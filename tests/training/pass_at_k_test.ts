import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bestOverSecond, passAtKAdvantages } from "../../src/training/pass_at_k.ts";

/** All sets of k of 0 … count - 1. */
function sets(count: number, k: number): number[][] {
  if (k === 0) return [[]];
  return Array.from({ length: count }, (_, last) => sets(last, k - 1).map((rest) => [...rest, last])).flat();
}

/** By the definition: the mean over all sets that hold a completion of how much more than the mean set they win. */
function bruteForce(right: readonly boolean[], k: number): number[] {
  const wins = sets(right.length, k).map((members) => ({ members, won: members.some((i) => right[i]) ? 1 : 0 }));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const average = mean(wins.map(({ won }) => won));
  const deviation = Math.sqrt(mean(wins.map(({ won }) => (won - average) ** 2)));
  return right.map((_, i) =>
    deviation === 0
      ? 0
      : mean(wins.filter(({ members }) => members.includes(i)).map(({ won }) => (won - average) / deviation))
  );
}

Deno.test("Pass@k advantages are the mean over all sets of k that hold a completion", () => {
  const count = 7;
  for (let k = 1; k <= count; k++) {
    for (let c = 0; c <= count; c++) {
      const right = Array.from({ length: count }, (_, i) => (i * 3) % count < c);
      const expected = bruteForce(right, k);
      passAtKAdvantages(right, k).forEach((value, i) => assertAlmostEquals(value, expected[i], 1e-12, `${k}, ${c}`));
    }
  }
});

Deno.test("Pass@4 of one right in eight, by hand", () => {
  // Half of the sets of 4 hold it, so σ = 1/2; of those with a given wrong one, 3/7 do.
  const advantages = passAtKAdvantages([true, ...new Array(7).fill(false)], 4);
  assertAlmostEquals(advantages[0], 1, 1e-12);
  assertAlmostEquals(advantages[5], (3 / 7 - 1 / 2) / (1 / 2), 1e-12);
});

Deno.test("a group that is smaller than k teaches nothing about Pass@k", () => {
  assertEquals(passAtKAdvantages([true, false], 3), Float64Array.of(0, 0));
});

Deno.test("negative rewards have a best one too, and the first of equals is no better than the other", () => {
  assertEquals(bestOverSecond([-3, -1, -5]), Float64Array.of(0, 2, 0));
  assertEquals(bestOverSecond([2, 2, 1]), Float64Array.of(0, 0, 0));
});
