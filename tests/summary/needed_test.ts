import { assertEquals } from "@std/assert";
import type { Difference } from "../../src/summary/differences.ts";
import { neededSizes } from "../../src/summary/needed.ts";

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
  confidence: 0.95,
  seedErrors: [],
  seedsPaired: true,
  arm: "a",
  reference: "b",
  metric: { kind: "pass", k: 1, name: "Pass@1" },
  certainty: "none",
};

const size = { problems: 100, seeds: 2, comparisons: 1 };

Deno.test("half the standard error needs a quarter of the problems", () => {
  // (1.959964 + 0.841621) · 0.02 = 0.05603 is visible now; 100 · 5.603² = 3139.6, in two digits 3200.
  assertEquals(neededSizes(open, size), ["~3,200 problems"]);
  assertEquals(neededSizes({ ...open, standardError: 0.01 }, size), ["~790 problems"]);
});

Deno.test("more comparisons need more problems", () => {
  // z at .025/39 is 3.2192: (3.2192 + 0.8416) · 0.02 = 0.08122, 100 · 8.122² = 6596.
  assertEquals(neededSizes(open, { ...size, comparisons: 39 }), ["~6,600 problems"]);
});

Deno.test("a sign-flip test of few problems needs more of them, however clear they look", () => {
  // The least p of five problems is 2/2^5 = .0625, of six .03125; with three comparisons .05/3 asks for 2/2^7.
  const sure = { ...open, value: 0.1, standardError: 0.001 };
  assertEquals(neededSizes(sure, { problems: 5, seeds: 2, comparisons: 1 }), ["~6 problems"]);
  assertEquals(neededSizes(sure, { problems: 5, seeds: 2, comparisons: 3 }), ["~7 problems"]);
});

Deno.test("a difference of nothing is not to be decided", () => {
  assertEquals(neededSizes({ ...open, value: 0 }, size), []);
  assertEquals(neededSizes({ ...open, value: 1e-5 }, size), []);
});

// Two seeds with an error of the mean of .0315 have a spread of .0445; with three the margin is
// 4.303 · .0445 / √3 = .1106, with four 3.182 · .0445 / 2 = .0709.
const far: Difference = {
  ...open,
  certainty: "these-models",
  value: 0.12,
  problemsLow: 0.12,
  seedErrors: [{ standardError: 0.0315, degrees: 1 }],
};

Deno.test("seeds are counted until their interval leaves out zero", () => {
  assertEquals(neededSizes(far, size), ["~3 seeds"]);
  assertEquals(neededSizes({ ...far, value: 0.1, problemsLow: 0.1 }, size), ["~4 seeds"]);
  assertEquals(neededSizes({ ...far, value: -0.1, problemsHigh: -0.1 }, size), ["~4 seeds"]);
});

Deno.test("what is open on both counts needs both", () => {
  // .05603 is visible of .04: 100 · 1.4007² = 196.2. Five seeds have 2.776 · .0445 / √5 = .0553, six .0467, seven .0412,
  // eight 2.365 · .0445 / √8 = .0372.
  assertEquals(neededSizes({ ...far, certainty: "none", value: 0.04 }, size), ["~200 problems", "~8 seeds"]);
});

Deno.test("one seed needs a second, and what is clear needs nothing", () => {
  assertEquals(neededSizes({ ...open, certainty: "these-models" }, { ...size, seeds: 1 }), ["at least 2 seeds"]);
  assertEquals(neededSizes({ ...open, certainty: "clear" }, size), []);
});

Deno.test("more than 100,000 problems or 100 seeds nobody collects", () => {
  // 100 · (.0560317/value)²: 99,000 at .00178082, 101,000 at .00176310.
  assertEquals(neededSizes({ ...open, value: 0.00178082 }, size), ["~99,000 problems"]);
  assertEquals(neededSizes({ ...open, value: 0.0017631 }, size), []);
  // At 100 seeds the margin is 1.984217 · .0445477/10 = .00883924; at 101, 1.983972 · .0445477/√101 = .00879435.
  assertEquals(neededSizes({ ...far, value: 0.00884, problemsLow: 0.00884 }, size), ["~100 seeds"]);
  assertEquals(neededSizes({ ...far, value: 0.00882, problemsLow: 0.00882 }, size), []);
});
