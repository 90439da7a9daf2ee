import { assertEquals } from "@std/assert";
import { mapScale, problemMap } from "../../../src/report/figures/problem_map.ts";
import { all, parse } from "../document.ts";

const text = { title: "Map", description: "Rows of cells" };

Deno.test("a cell is darker the more often a problem is solved, and empty where it never is", () => {
  const rows = [{ label: "<base>", shares: [0, 0.1, 1] }, { label: "trained", shares: [0, 0.12, 0.99] }];
  const document = parse(String(problemMap("m", rows, text)));
  const cells = all(document, "path").map((node) => [
    node.getAttribute("fill-opacity"),
    node.getAttribute("d")!.split("M").length - 1,
  ]);
  assertEquals(cells, [["0.13", 2], ["1", 2]]);
  assertEquals(all(document, "text").map((node) => node.textContent), ["<base>", "trained"]);
});

Deno.test("a thousand problems fit the width of the page", () => {
  const shares = Array.from({ length: 1319 }, (_, i) => i / 1319);
  const [svg] = all(parse(String(problemMap("m", [{ label: "base", shares }], text))), "svg");
  assertEquals(svg.getAttribute("width"), "1080");
});

Deno.test("the scale shows every shade from pale to dark", () => {
  const shades = all(parse(String(mapScale("s"))), "rect").map((node) => Number(node.getAttribute("fill-opacity")));
  assertEquals(shades, shades.toSorted((a, b) => a - b));
  assertEquals([new Set(shades).size, shades.at(-1)], [8, 1]);
});
