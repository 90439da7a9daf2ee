import { assertEquals } from "@std/assert";
import { pairedFigure } from "../../../src/report/figures/paired_figure.ts";
import { all, parse } from "../document.ts";

Deno.test("each problem is a dot: to the right where the reference solves it, higher where the arm does", () => {
  const problems = [{ reference: 0, arm: 1 }, { reference: 1, arm: 0 }, { reference: 0.5, arm: 0.5 }];
  const names = { reference: "base", arm: "trained", colour: "var(--arm-0)" };
  const document = parse(String(pairedFigure("p", problems, names, { title: "t", description: "d" })));
  const dots = all(document, "circle").map((node) => ["cx", "cy"].map((name) => Number(node.getAttribute(name))));
  const [solved, unsolved, middle] = dots;
  assertEquals([solved[0] < middle[0], middle[0] < unsolved[0]], [true, true]);
  assertEquals([solved[1] < middle[1], middle[1] < unsolved[1]], [true, true]);
});
