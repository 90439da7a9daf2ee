import { assertEquals } from "@std/assert";
import type { Difference } from "../../src/report/differences.ts";
import { neededText } from "../../src/report/needed.ts";

const open: Difference = {
  value: 0.01,
  low: -0.03,
  high: 0.05,
  problemsLow: -0.03,
  problemsHigh: 0.05,
  standardError: 0.02,
  degrees: 1e9,
  p: 0.6,
  pWorse: 0.7,
  pAdjusted: 1,
  seedErrors: [],
  seedsPaired: true,
  arm: "a",
  reference: "b",
  metric: { kind: "pass", k: 1, name: "Pass@1" },
  certainty: "none",
};

Deno.test("half the standard error needs four times the problems", () => {
  // (1.959964 + 0.841621) · 0.02 = 0.05603 is visible now; 100 · 5.603² = 3139.6, in two digits 3200.
  assertEquals(neededText(open, 100, 2), "~3,200 problems");
  assertEquals(neededText({ ...open, standardError: 0.01 }, 100, 2), "~790 problems");
});

Deno.test("a difference of nothing is not to be decided", () => {
  assertEquals(neededText({ ...open, value: 0 }, 100, 2), undefined);
  assertEquals(neededText({ ...open, value: 1e-5 }, 100, 2), undefined);
});

Deno.test("seeds are counted until their interval leaves out zero", () => {
  // Two seeds, all of the margin from them: the mean's error .0315 is a spread of .0445; with three seeds the margin is
  // 4.303 · .0445 / √3 = .1106, with four 3.182 · .0445 / 2 = .0709.
  const far: Difference = {
    ...open,
    certainty: "these-models",
    value: 0.12,
    problemsLow: 0.12,
    seedErrors: [{ standardError: 0.0315, degrees: 1 }],
  };
  assertEquals(neededText(far, 100, 2), "~3 seeds");
  assertEquals(neededText({ ...far, value: 0.1, problemsLow: 0.1 }, 100, 2), "~4 seeds");
  assertEquals(neededText({ ...far, value: -0.1, problemsHigh: -0.1 }, 100, 2), "~4 seeds");
});

Deno.test("one seed needs a second, and what is clear needs nothing", () => {
  assertEquals(neededText({ ...open, certainty: "these-models" }, 100, 1), "at least 2 seeds");
  assertEquals(neededText({ ...open, certainty: "clear" }, 100, 2), undefined);
});
