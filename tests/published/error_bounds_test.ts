import { assertAlmostEquals, assertEquals } from "@std/assert";
import { deriveMetrics } from "../../src/metrics/derive.ts";
import { errorBounds } from "../../src/published/error_bounds.ts";

/** Sums of a few numbers below 1. */
const ROUNDING = 1e-12;

/** All lists of `problems` counts from 0 to n. */
function allCounts(problems: number, n: number): number[][] {
  if (problems === 0) return [[]];
  return allCounts(problems - 1, n).flatMap((rest) => Array.from({ length: n + 1 }, (_, c) => [...rest, c]));
}

Deno.test("no counts have larger errors than their mean allows, and some reach each bound", () => {
  const [problems, n] = [5, 3];
  const reached = { mostNew: 0, mostSet: 0 };
  for (const counts of allCounts(problems, n)) {
    const { value, seNew, seSet } = deriveMetrics(
      counts.map((c, i) => ({ id: `${i}`, n, c })),
      { passAt: [1] },
    ).passAt["1"];
    const { mostNew, mostSet } = errorBounds(value, problems, n);
    assertEquals(seNew! <= mostNew + ROUNDING && seSet! <= mostSet + ROUNDING, true, counts.join());
    if (mostNew > 0 && Math.abs(seNew! - mostNew) < ROUNDING) reached.mostNew++;
    if (mostSet > 0 && Math.abs(seSet! - mostSet) < ROUNDING) reached.mostSet++;
  }
  // All or nothing: 2^5 − 2 lists with a mean between. All equal: counts of 1 and of 2.
  assertEquals(reached, { mostNew: 30, mostSet: 2 });
});

Deno.test("a mean of 20.6 % of 30 problems leaves 7.5 points open", () => {
  assertAlmostEquals(errorBounds(0.206, 30, 64).mostNew, 0.0751, 5e-5);
  assertEquals(errorBounds(0, 30, 64), { mostNew: 0, mostSet: 0 });
});
