import { assertEquals } from "@std/assert";
import type { Certainty } from "../../../src/summary/differences.ts";
import { differenceFigure } from "../../../src/report/figures/difference_figure.ts";
import { all, parse } from "../document.ts";

const difference = (arm: string, value: number, certainty: Certainty) => ({
  value,
  certainty,
  low: value - 0.05,
  high: value + 0.05,
  problemsLow: value - 0.02,
  problemsHigh: value + 0.02,
  p: 0.5,
  pWorse: 0.5,
  pAdjusted: 0.5,
  confidence: 0.95,
  standardError: 0.01,
  degrees: 10,
  seedErrors: [],
  seedsPaired: true,
  arm,
  reference: "b",
  metric: { kind: "pass" as const, k: 1, name: "Pass@1" },
});

Deno.test("what is clear is filled, what is open is hollow, and colours tell better from worse", () => {
  const rows = [difference("x", 0.1, "clear"), difference("y", -0.1, "these-models"), difference("z", 0.01, "none")];
  const document = parse(String(differenceFigure("d", rows, 0.2, { title: "t", description: "d" })));
  assertEquals(all(document, "circle").map((node) => [node.getAttribute("fill"), node.getAttribute("stroke")]), [
    ["var(--good)", "var(--good)"],
    ["var(--paper)", "var(--bad)"],
    ["var(--paper)", "var(--soft)"],
  ]);
  const labels = all(document, "text").map((node) => node.textContent);
  for (
    const label of ["x − b", "y − b", "z − b", "+10.0 ▲", "−10.0 ▽", "+1.0 ≈", "0", "+10", "−10", "percentage points"]
  ) {
    assertEquals(labels.includes(label), true);
  }
});
