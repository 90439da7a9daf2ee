import { assert, assertEquals } from "@std/assert";
import {
  buggyAddition,
  buggyProduct,
  buggySubtraction,
  buggySum,
  finalAnswer,
  hundreds,
  ones,
  slip,
  tens,
} from "../../src/pretraining/mistakes.ts";
import { RandomSequence } from "../../src/random/streams.ts";

Deno.test("a number splits into hundreds, tens and ones", () => {
  assertEquals([tens(384), ones(384), hundreds(384), tens(7)], [380, 4, 300, 0]);
});

Deno.test("the bugs: a dropped carry, the smaller digit from the larger, a product's dropped carry", () => {
  assertEquals([buggyAddition(47, 38), buggyAddition(42, 31)], [75, 73]);
  assertEquals([buggySubtraction(64, 38), buggySubtraction(38, 64), buggySubtraction(68, 34)], [34, -34, 34]);
  assertEquals([buggyProduct(7, 38), buggyProduct(2, 34)], [216, 68]);
});

Deno.test("a sum's bug follows its signs", () => {
  assertEquals(
    [buggySum(47, 38), buggySum(64, -38), buggySum(-22, -9), buggySum(-30, 4)],
    [75, 34, -21, -34],
  );
});

/** How often each difference to `value` comes out of 30,000 draws. */
function shares(value: number, write: (value: number, random: RandomSequence) => number) {
  const random = new RandomSequence("test");
  const draws = 30_000;
  const counts = new Map<number, number>();
  for (let i = 0; i < draws; i++) {
    const difference = write(value, random) - value;
    counts.set(difference, (counts.get(difference) ?? 0) + 1 / draws);
  }
  return counts;
}

/** Five standard deviations of a share near .2 over 30,000 draws. */
const TOLERANCE = 0.012;

function assertShares(found: Map<number, number>, expected: Record<number, number>) {
  assertEquals([...found.keys()].sort(), Object.keys(expected).map(Number).sort());
  for (const [difference, share] of found) {
    assert(Math.abs(share - expected[difference]) < TOLERANCE, `${difference}: ${share}`);
  }
}

Deno.test("6 % of intermediate numbers slip by 1, 2 or 10, evenly", () => {
  const share = 0.06 / 6;
  assertShares(shares(50, slip), { 0: 0.94, 1: share, [-1]: share, 2: share, [-2]: share, 10: share, [-10]: share });
});

Deno.test("20 % of answers are wrong, 70 % of these by the bug, where the bug shows", () => {
  const rest = 0.2 * 0.3 / 4;
  assertShares(shares(85, (value, random) => finalAnswer(value, 75, random)), {
    0: 0.8,
    [-10]: 0.14 + rest,
    10: rest,
    1: rest,
    [-1]: rest,
  });
  assertShares(shares(85, (value, random) => finalAnswer(value, 85, random)), {
    0: 0.8,
    [-10]: 0.05,
    10: 0.05,
    1: 0.05,
    [-1]: 0.05,
  });
});
