import { assertEquals, assertThrows } from "@std/assert";
import { Unreadable } from "../../src/grading/limits.ts";
import { numeral } from "../../src/grading/numeral.ts";

Deno.test("numerals are exact fractions", () => {
  assertEquals(numeral("042").value, { n: 42n, d: 1n });
  assertEquals(numeral("1", "25").value, { n: 5n, d: 4n });
  assertEquals(numeral("6", "72", "", -5).value, { n: 21n, d: 312_500n });
  assertEquals(numeral("1", "5", "", 3).value, { n: 1500n, d: 1n });
});

Deno.test("repeating decimals are the fractions they stand for", () => {
  assertEquals(numeral("0", "", "3").value, { n: 1n, d: 3n });
  assertEquals(numeral("0", "1", "6").value, { n: 1n, d: 6n });
  assertEquals(numeral("0", "", "142857").value, { n: 1n, d: 7n });
  assertEquals(numeral("0", "", "9").value, { n: 1n, d: 1n });
});

Deno.test("a decimal of twelve digits and six decimals may stand for another number; a shorter or whole one does not", () => {
  assertEquals(numeral("0", "333333333333"), {
    value: { n: 333_333_333_333n, d: 1_000_000_000_000n },
    approximate: true,
  });
  assertEquals(numeral("0", "33333333333").approximate, false);
  assertEquals(numeral("0", "000033333333").approximate, false);
  assertEquals(numeral("1234567890123", "50").approximate, false);
  assertEquals(numeral("1234567", "000000").approximate, false);
  assertEquals(numeral("0", "", "142857142857").approximate, false);
});

Deno.test("exponents beyond the limit are refused", () => {
  assertThrows(() => numeral("1", "", "", 99_999), Unreadable);
});
