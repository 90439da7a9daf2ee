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

Deno.test("rows stand from the highest value to the lowest with the value at their end, on an axis that ends near them", () => {
  const at = (value: number) => ({ ...estimate, value, low: value - 0.02, high: value + 0.02 });
  const three = [0.41, 0.47, 0.43].map((value, i) => ({
    look: { ...rows[0].look, label: `arm ${i}` },
    estimate: at(value),
    bySeed: [value],
  }));
  const texts = all(parse(String(intervalFigure("i", three, { title: "t", description: "d" }))), "text")
    .map((node) => node.textContent);
  assertEquals(texts.filter((text) => text.startsWith("arm")), ["arm 1", "arm 2", "arm 0"]);
  assertEquals(texts.filter((text) => /\d\.\d/.test(text)), ["47.0", "43.0", "41.0"]);
  const ticks = texts.filter((text) => /^\d+$/.test(text)).map(Number);
  assertEquals([Math.min(...ticks) >= 38, Math.max(...ticks) <= 50, ticks.length > 2], [true, true, true]);
});
