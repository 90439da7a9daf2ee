import { assertEquals } from "@std/assert";
import {
  countText,
  percentText,
  pointsRangeText,
  pointsText,
  pText,
  rangeText,
  signedText,
  tokensText,
  visibleText,
} from "../../src/text/numbers.ts";

Deno.test("shares are percent with one decimal, and a dash where there is none", () => {
  assertEquals([0, 0.3123, 1, null, undefined].map(percentText), ["0.0", "31.2", "100.0", "–", "–"]);
  assertEquals(rangeText(0.281, 0.3494), "28.1–34.9");
});

Deno.test("points have a sign, a true minus, and none at zero", () => {
  assertEquals([0.031, -0.004, 0.0004, -0.0004].map(pointsText), ["+3.1", "−0.4", "0.0", "0.0"]);
  assertEquals([3.14, -0.4, 0.04].map(signedText), ["+3.1", "−0.4", "0.0"]);
  assertEquals([4.96, 100, 264.1].map(visibleText), ["5.0", "100.0", "> 100"]);
  assertEquals(pointsRangeText(-0.012, 0.034), "−1.2 to +3.4");
});

Deno.test("tokens, p-values and counts are short", () => {
  assertEquals([15.14, 8991.75, null].map(tokensText), ["15.1", "8992", "–"]);
  assertEquals([0.0002, 0.0031, 1].map(pText), ["< 0.001", "0.003", "1.000"]);
  assertEquals([countText(1, "seed"), countText(2, "seed"), countText(0, "seed")], ["1 seed", "2 seeds", "0 seeds"]);
});
