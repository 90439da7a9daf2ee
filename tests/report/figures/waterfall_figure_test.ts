import { assert, assertEquals } from "@std/assert";
import { waterfallFigure, waterfallFrame } from "../../../src/report/figures/waterfall_figure.ts";
import { summarize } from "../../../src/summary/summary.ts";
import { waterfalls } from "../../../src/summary/waterfall.ts";
import { pointsText } from "../../../src/text/numbers.ts";
import { attributedResults } from "../../summary/attributed.ts";
import { all, parse } from "../document.ts";

const found = waterfalls(summarize(attributedResults({ problems: 5, samples: 7 }))[0]);
const frame = waterfallFrame(found);
const { domain } = frame;

Deno.test("each change is a bar from where the one before ended, with its name and its number", () => {
  for (const waterfall of found) {
    const look = { frame, colour: "var(--arm-1)" };
    const document = parse(String(waterfallFigure("w", waterfall, look, { title: "t", description: "d" })));
    const texts = all(document, "text").map((node) => node.textContent);
    for (const name of ["untrained", ...waterfall.steps.map(({ name }) => name), "trained"]) {
      assertEquals(texts.filter((text) => text === name).length, 1, name);
    }
    for (const { difference } of waterfall.steps) {
      assert(texts.some((text) => text.startsWith(`${pointsText(difference.value)} `)), String(texts));
    }
    const ends = all(document, "rect").map((
      node,
    ) => [Number(node.getAttribute("x")), Number(node.getAttribute("width"))]);
    assertEquals(ends.length, waterfall.steps.length);
    for (let i = 1; i < ends.length; i++) {
      const sides = ends.map(([x, width]) => [x, x + width]);
      const touches = sides[i].some((side) => sides[i - 1].some((other) => Math.abs(side - other) < 0.3));
      assert(touches, `bar ${i} starts at neither end of the bar before: ${JSON.stringify(sides)}`);
    }
  }
});

Deno.test("the axis holds every value and interval of all waterfalls", () => {
  const values = found.flatMap(({ steps }) => steps.flatMap(({ from, to }) => [from, to]));
  assert(domain[0] >= 0 && domain[0] <= Math.min(...values) && domain[1] >= Math.max(...values) && domain[1] <= 1);
});

Deno.test("an interval beyond all shares ends at the axis, and its numbers stand whole", () => {
  const [{ steps, ...rest }] = found;
  const wide = steps.map((step) => ({ ...step, difference: { ...step.difference, low: -0.97, high: 1.3 } }));
  const own = { ...rest, steps: wide }, ownFrame = waterfallFrame([own]);
  assertEquals(ownFrame.domain, [0, 1]);
  const look = { frame: ownFrame, colour: "var(--arm-1)" };
  const document = parse(String(waterfallFigure("w", own, look, { title: "t", description: "d" })));
  const lines = all(document, "line").map((node) => ["x1", "x2"].map((side) => Number(node.getAttribute(side))));
  const widest = Math.max(...lines.map(([x1, x2]) => x2 - x1));
  assert(widest > 100 && lines.every(([x1]) => x1 >= ownFrame.left - 1), JSON.stringify(lines));
  assert(all(document, "text").some(({ textContent }) => textContent.includes("97.0 to +130.0")));
});
