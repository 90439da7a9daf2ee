import { assert, assertEquals, assertThrows } from "@std/assert";
import { Arithmetic, PRECISIONS, Undecided } from "../../src/grading/interval.ts";
import { nearbyRational, nearestInteger } from "../../src/grading/nearby_rational.ts";

const [low, high] = PRECISIONS.map((precision) => new Arithmetic(precision));
const THIRTY_DIGITS = 10n ** 30n + 57n;

Deno.test("a number with a bound is the fraction that it holds", () => {
  for (const [n, d] of [[7n, 3n], [-13n, 11n], [5n, 1n], [1n, THIRTY_DIGITS], [-(10n ** 40n + 1n), 7919n]]) {
    assertEquals(nearbyRational(low.of({ n, d }), low), { n, d });
    // A root and its square come back to it, with an error.
    const root = low.root(low.of({ n: n * n, d: d * d }), 2);
    assertEquals(nearbyRational(root, low), { n: n < 0n ? -n : n, d });
  }
});

Deno.test("a number that is no fraction of moderate denominator is none", () => {
  assertEquals(nearbyRational(low.pi, low), undefined);
  assertEquals(nearbyRational(low.root(low.of({ n: 2n, d: 1n }), 2), low), undefined);
  // e^(π√163) is an integer to twelve decimals.
  const product = low.multiply(low.pi, low.root(low.of({ n: 163n, d: 1n }), 2));
  assertEquals(nearbyRational(low.exponential(product), low), undefined);
  assertEquals(nearbyRational(low.of({ n: 1n, d: 1n << 200n }), low), undefined);
});

Deno.test("a number is an integer only where the highest precision cannot tell them apart", () => {
  const square = (arithmetic: Arithmetic) => {
    const root = arithmetic.root(arithmetic.of({ n: 7n, d: 1n }), 2);
    return arithmetic.multiply(root, root);
  };
  assertThrows(() => nearestInteger(square(low), low), Undecided);
  assertEquals(nearestInteger(square(high), high), 7n);
  assertEquals(nearestInteger(high.pi, high), undefined);
  assert(nearestInteger(high.of({ n: 7n * 10n ** 150n + 1n, d: 10n ** 150n }), high) === undefined);
});
