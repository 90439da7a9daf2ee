import { assertEquals } from "@std/assert";
import {
  type Bound,
  complement,
  formatSet,
  intersection,
  pointSet,
  ray,
  REALS,
  union,
} from "../../src/grading/real_set.ts";
import type { Interval } from "../../src/grading/real_set.ts";
import { VALUE_BITS } from "../../src/grading/reading.ts";

const UNIT = 1n << BigInt(VALUE_BITS);

const at = (value: number): Bound => ({ key: String(value), value: BigInt(value) * UNIT });
const interval = (text: string): Interval[] => {
  const [low, high] = text.slice(1, -1).split(",").map(Number);
  return [{ low: at(low), lowClosed: text.startsWith("["), high: at(high), highClosed: text.endsWith("]") }];
};

Deno.test("unions are in order, and what touches is joined", () => {
  assertEquals(formatSet(union(interval("(3,5)"), interval("(0,2)"))), "(0,2)∪(3,5)");
  assertEquals(formatSet(union(interval("(0,2)"), interval("[2,3)"))), "(0,3)");
  assertEquals(formatSet(union(interval("(0,2)"), interval("(2,3)"))), "(0,2)∪(2,3)");
  assertEquals(formatSet(union(interval("(0,7)"), interval("[2,3]"))), "(0,7)");
  assertEquals(formatSet(union(interval("(0,2)"), pointSet(at(2)))), "(0,2]");
  assertEquals(formatSet(union(interval("(2,0)"))), "{}");
});

Deno.test("set operations agree with membership at every half integer", () => {
  const sets = ["(0,3)", "[1,5]", "(2,4]", "[3,3]", "(4,6)"].map(interval);
  const contains = (set: readonly Interval[], x: number) =>
    set.some(({ low, lowClosed, high, highClosed }) => {
      const number = (bound: Bound) =>
        bound.value === "-∞" ? -Infinity : bound.value === "∞" ? Infinity : Number(bound.value / (UNIT / 2n)) / 2;
      const [a, b] = [number(low), number(high)];
      return (x > a || (lowClosed && x === a)) && (x < b || (highClosed && x === b));
    });
  for (const a of sets) {
    for (const b of sets) {
      for (let x = -1; x <= 7; x += 0.5) {
        assertEquals(contains(union(a, b), x), contains(a, x) || contains(b, x));
        assertEquals(contains(intersection(a, b), x), contains(a, x) && contains(b, x));
        assertEquals(contains(complement(union(a, b)), x), !contains(union(a, b), x));
      }
    }
  }
});

Deno.test("rays and the whole line are written with infinities", () => {
  assertEquals(formatSet(REALS), "(-∞,∞)");
  assertEquals(formatSet(ray(at(5), true, true)), "[5,∞)");
  assertEquals(formatSet(complement(pointSet(at(3)))), "(-∞,3)∪(3,∞)");
  assertEquals(formatSet(complement(REALS)), "{}");
});
