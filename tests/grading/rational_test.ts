import { assertEquals, assertThrows } from "@std/assert";
import { Budget, UndefinedValue, Unresolved } from "../../src/grading/limits.ts";
import * as rational from "../../src/grading/rational.ts";

Deno.test("fractions are in lowest terms with a positive denominator", () => {
  const budget = new Budget();
  assertEquals(rational.fraction(-6n, -4n, budget), { n: 3n, d: 2n });
  assertEquals(rational.fraction(6n, -4n, budget), { n: -3n, d: 2n });
  assertEquals(rational.add({ n: 1n, d: 3n }, { n: 1n, d: 6n }, budget), { n: 1n, d: 2n });
  assertEquals(rational.divide({ n: 1n, d: 3n }, { n: -2n, d: 3n }, budget), { n: -1n, d: 2n });
  assertThrows(() => rational.fraction(1n, 0n, budget), UndefinedValue);
});

Deno.test("powers are exact, and refused where they are too large or do not exist", () => {
  const budget = new Budget();
  assertEquals(rational.power({ n: -2n, d: 3n }, -3n, budget), { n: -27n, d: 8n });
  assertEquals(rational.power({ n: -1n, d: 1n }, 10n ** 30n, budget), { n: 1n, d: 1n });
  assertThrows(() => rational.power({ n: 9n, d: 1n }, 9n ** 9n, budget), Unresolved);
  assertThrows(() => rational.power(rational.ZERO, 0n, budget), UndefinedValue);
});

Deno.test("integer roots agree with brute force", () => {
  for (let value = 1n; value < 700n; value++) {
    for (const k of [2, 3, 5]) {
      let root = 1n;
      while ((root + 1n) ** BigInt(k) <= value) root++;
      assertEquals(rational.integerRoot(value, k), root);
    }
  }
  const large = (10n ** 31n + 7n) ** 3n;
  assertEquals(rational.exactIntegerRoot(large, 3), 10n ** 31n + 7n);
  assertEquals(rational.exactIntegerRoot(large + 1n, 3), undefined);
});
