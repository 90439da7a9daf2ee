import { assertEquals } from "@std/assert";
import { addEpsilon, multiply, multiplyPower, ones, setLinear, setOnes } from "../../src/metrics/dual.ts";

/** Whole numbers, so that nothing is rounded. */
const X = Float64Array.of(2, 3, 5, 7, 0, 1, 0, 0);
const Y = Float64Array.of(1, -1, 0, 2, 4, 0, 3, 1);

Deno.test("a product has the product rule in its second part", () => {
  const out = ones(2);
  multiply(out, X, Y);
  // (2 + 3i)(1 - i) = 5 + i, (2 + 3i)(2i) + (5 + 7i)(1 - i) = (-6 + 4i) + (12 + 2i); i · 4, i · (3 + i).
  assertEquals([...out], [5, 1, 6, 6, 0, 4, -1, 3]);
  const inPlace = X.slice();
  multiply(inPlace, inPlace, Y);
  assertEquals([...inPlace], [...out]);
});

Deno.test("powers are repeated products, and what they start from is left as it is", () => {
  for (const power of [0, 1, 2, 3, 5, 7]) {
    const expected = Y.slice();
    for (let i = 0; i < power; i++) multiply(expected, expected, X);
    const [out, x] = [Y.slice(), X.slice()];
    multiplyPower(out, x, power, ones(2));
    assertEquals([...out], [...expected]);
    assertEquals([...x], [...X]);
  }
});

Deno.test("numbers are set from a line, set to one, and their second parts are summed", () => {
  const out = X.slice();
  setLinear(out, Float64Array.of(1, 2, 3, 4), Float64Array.of(5, 6, 7, 8), 2, 3);
  assertEquals([...out], [11, 14, 15, 18, 17, 20, 21, 24]);
  const sums = Float64Array.of(1, 0, 0, 1);
  addEpsilon(sums, 2, out);
  assertEquals([...sums], [31, 36, 42, 49]);
  setOnes(out);
  assertEquals([...out], [...ones(2)]);
  assertEquals([...out], [1, 0, 0, 0, 1, 0, 0, 0]);
});
