import { assertEquals } from "@std/assert";
import { intervalFigure } from "../../../src/report/figures/interval_figure.ts";
import { all, parse } from "../document.ts";

const estimate = {
  value: 0.5,
  low: 0.2,
  high: 0.8,
  problemsLow: 0.4,
  problemsHigh: 0.6,
  seeds: 2,
  seedDeviation: 0.1,
  nextLow: 0.1,
  nextHigh: 0.9,
};
const rows = [
  { look: { label: "base", colour: "var(--base-0)", dash: "4,3" }, estimate, bySeed: [0.5] },
  { look: { label: "trained <1>", colour: "var(--arm-0)", dash: "none" }, estimate, bySeed: [0.45, 0.55] },
];

Deno.test("a row has a dot, two intervals, and a small dot a seed where there are several", () => {
  const document = parse(String(intervalFigure("i", rows, { title: "t", description: "d" })));
  const radii = all(document, "circle").map((node) => node.getAttribute("r"));
  assertEquals(radii.filter((radius) => radius === "4.5").length, 2);
  assertEquals(radii.filter((radius) => radius === "1.8").length, 2);
  const colours = all(document, "circle").map((node) => node.getAttribute("fill"));
  assertEquals(new Set(colours), new Set(["var(--arm-0)", "var(--base-0)"]));
  assertEquals(all(document, "circle title").map((node) => node.textContent), [
    "base: 50.0 (20.0–80.0)",
    "trained <1>: 50.0 (20.0–80.0)",
  ]);
});
