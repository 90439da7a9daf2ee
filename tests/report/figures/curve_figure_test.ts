import { assert, assertEquals } from "@std/assert";
import { type CurveAxes, curveFigure } from "../../../src/report/figures/curve_figure.ts";
import { all, type Node, parse } from "../document.ts";

const text = { title: "Curve", description: "Lines" };
const axes: CurveAxes = { x: "step", percent: false, doubling: false };
const line = (label: string, ys: number[], faint = false) => ({
  label,
  colour: "var(--arm-0)",
  dash: "4,3",
  points: ys.map((y, x) => ({ x: x + 1, y })),
  faint,
});

Deno.test("each curve is a line of its colour and dashes, faint ones below", () => {
  const document = parse(
    String(curveFigure("c", [line("mean", [1, 2, 3]), line("seed", [1, 3, 2], true)], axes, text)),
  );
  const paths = all(document, "g[stroke-width], path[stroke-width]");
  assertEquals(paths.map((node) => node.getAttribute("stroke-width")), ["0.6", "2"]);
  assertEquals(paths.map((node) => node.getAttribute("stroke-dasharray")), ["4,3", "4,3"]);
  assertEquals(paths[1].getAttribute("stroke"), "var(--arm-0)");
});

Deno.test("doubling axes have a tick at every k", () => {
  const curve = { ...line("arm", [0.1, 0.2, 0.4]), points: [1, 2, 4, 8, 11].map((x) => ({ x, y: x / 20 })) };
  const document = parse(String(curveFigure("c", [curve], { x: "k", percent: true, doubling: true }, text)));
  const ticks = all(document, "text").map((node) => node.textContent);
  for (const k of ["1", "2", "4", "8", "11"]) assert(ticks.includes(k), `${k} of ${ticks}`);
});

Deno.test("each curve but a faint one has its name at its end, and names do not overlap", () => {
  const curves = [line("high", [1, 5]), line("low", [1, 4.99]), line("seed", [1, 3], true), line("third", [1, 1])];
  const document = parse(String(curveFigure("c", curves, axes, text)));
  const names = all(document, "text").filter((node) => ["high", "low", "seed", "third"].includes(node.textContent));
  assertEquals(names.map((node) => node.textContent), ["high", "low", "third"]);
  const [high, low, third] = names.map(placeOf);
  assert(high < low && low < third && low - high >= 14 - 0.1, `${high} ${low} ${third}`);
});

Deno.test("shares are named at the end of their line too, though shown in percent", () => {
  const curve = { ...line("arm", [0.2, 0.7]), band: [{ x: 1, low: 0.1, high: 0.3 }, { x: 2, low: 0.6, high: 0.9 }] };
  const document = parse(String(curveFigure("c", [curve], { ...axes, percent: true }, text)));
  const [drawn] = all(document, '[stroke-width="2"] path, path[stroke-width="2"]');
  const [, end] = drawn.getAttribute("d")!.split("L").map((point) => Number(point.split(",")[1]));
  const [name] = all(document, "text").filter((node) => node.textContent === "arm");
  assert(Math.abs(placeOf(name) - end) < 0.2, `${placeOf(name)} is not ${end}`);
  const ticks = all(document, "text").map((node) => Number(node.textContent)).filter((tick) => tick >= 5);
  // The band ends at 10 and 90 percent.
  assert(Math.min(...ticks) >= 10 && Math.max(...ticks) <= 90, String(ticks));
});

Deno.test("an axis by factors has powers of ten, on both sides of zero where values are", () => {
  const ticksOf = (ys: number[], growth: "factors" | "signed-factors") =>
    all(parse(String(curveFigure("c", [line("arm", ys)], { ...axes, growth }, text))), "text")
      .map((node) => node.textContent);
  const factors = ticksOf([0.3, 10_800], "factors");
  for (const tick of ["1", "10", "100", "1000", "10000"]) assert(factors.includes(tick), `${tick} of ${factors}`);
  const signed = ticksOf([-2, 30], "signed-factors");
  for (const tick of ["−1", "−0.1", "0", "0.1", "1", "10"]) assert(signed.includes(tick), `${tick} of ${signed}`);
});

Deno.test("a constant curve is in the middle of its figure, with readable ticks", () => {
  const document = parse(String(curveFigure("c", [line("arm", [5, 5, 5])], axes, text)));
  assert(all(document, "text").some((node) => node.textContent === "5.0" || node.textContent === "5"));
  assert(all(document, "text").every((node) => node.textContent.length <= 5));
});

/** Pixels from the top. */
function placeOf(node: Node): number {
  return Number(/translate\([^,]*,([^)]*)\)/.exec(node.getAttribute("transform")!)![1]);
}
