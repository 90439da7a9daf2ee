import { assertEquals } from "@std/assert";
import type { CurvePoint } from "../../src/training/curve.ts";
import { trainingNotes } from "../../src/training/outcome.ts";

const CHANGED = { isBase: false };

function curve(steps: number, figures: (step: number) => Partial<CurvePoint>): CurvePoint[] {
  return Array.from({ length: steps }, (_, i) => ({
    step: i + 1,
    reward: 0.5,
    equalGroups: 0.25,
    truncated: 0,
    gradientNorm: 0.3,
    ...figures(i + 1),
  }));
}

Deno.test("a training that learned has nothing to say", () => {
  assertEquals(trainingNotes(curve(7, () => ({})), CHANGED), []);
  // One step with a gradient is enough.
  const once = curve(7, (step) => step === 3 ? {} : { equalGroups: 1, gradientNorm: 0 });
  assertEquals(trainingNotes(once, CHANGED), []);
  assertEquals(trainingNotes([], { isBase: true }), []);
});

Deno.test("a training whose groups were all equal says what they were paid", () => {
  const still = curve(7, () => ({ reward: 0, equalGroups: 1, gradientNorm: 0 }));
  const text = "No step of 7 had a gradient: the rewards of every group were equal";
  assertEquals(trainingNotes(still, CHANGED), [`${text} (mean reward 0)`]);
  const uneven = curve(7, (step) => ({ reward: step / 3, equalGroups: 1, gradientNorm: 0 }));
  assertEquals(trainingNotes(uneven, CHANGED), [`${text} (mean reward 0.333 to 2.33)`]);
});

Deno.test("a training without a norm had no gradient, and unequal groups say that their loss was masked", () => {
  const masked = curve(5, () => ({})).map(({ gradientNorm: _, ...point }) => ({ ...point, equalGroups: 0.25 }));
  assertEquals(trainingNotes(masked, CHANGED), [
    "No step of 5 had a gradient: no completion with an advantage carried loss",
  ]);
});

Deno.test("equal weights before and after are said to be equal", () => {
  const notes = trainingNotes(curve(3, () => ({})), { isBase: true });
  assertEquals(notes, ["The trained weights are the base's, byte for byte: nothing was learned"]);
});

Deno.test("a training that ends with completions cut off says so, of its last tenth alone", () => {
  const late = curve(23, (step) => ({ truncated: step > 20 ? 0.95 : 0 }));
  assertEquals(trainingNotes(late, CHANGED), [
    "95 % of completions were cut off in the last 3 of 23 steps: the policy does not come to an end within maxNewTokens",
  ]);
  assertEquals(trainingNotes(curve(23, (step) => ({ truncated: step > 20 ? 0.9 : 1 })), CHANGED), []);
});
