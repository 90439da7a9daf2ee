import { assert, assertEquals } from "@std/assert";
import { type CurveAxes, curveFigure } from "../../../src/report/figures/curve_figure.ts";
import { all, parse } from "../document.ts";

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
  assertEquals(paths.map((node) => node.getAttribute("stroke-width")), ["0.8", "2"]);
  assertEquals(paths.map((node) => node.getAttribute("stroke-dasharray")), ["4,3", "4,3"]);
  assertEquals(paths[1].getAttribute("stroke"), "var(--arm-0)");
});

Deno.test("doubling axes have a tick at every k", () => {
  const curve = { ...line("arm", [0.1, 0.2, 0.4]), points: [1, 2, 4, 8, 11].map((x) => ({ x, y: x / 20 })) };
  const document = parse(String(curveFigure("c", [curve], { x: "k", percent: true, doubling: true }, text)));
  const ticks = all(document, "text").map((node) => node.textContent);
  for (const k of ["1", "2", "4", "8", "11", "0", "100"]) assert(ticks.includes(k), `${k} of ${ticks}`);
});

Deno.test("a constant curve is in the middle of its figure, with readable ticks", () => {
  const document = parse(String(curveFigure("c", [line("arm", [5, 5, 5])], axes, text)));
  assert(all(document, "text").some((node) => node.textContent === "5.0" || node.textContent === "5"));
  assert(all(document, "text").every((node) => node.textContent.length <= 5));
});
