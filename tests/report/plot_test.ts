import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { markup } from "../../src/report/markup.ts";
import { Plot, plotSvg, svgPicture } from "../../src/report/plot.ts";
import { all, parse } from "./document.ts";

const text = { title: `A "title" <of> it`, description: "What it shows & where" };

Deno.test("a plot is one picture with a name and a description, and no style of its own", () => {
  const svg = String(plotSvg("p1", { marks: [Plot.dot([[1, 2 / 3]], { title: () => "<script>" })] }, text));
  const [root] = all(parse(svg), "svg");
  assertEquals(root.getAttribute("role"), "img");
  assertEquals(root.getAttribute("aria-labelledby"), "p1-title p1-text");
  assertEquals(all(root, "#p1-title")[0].textContent, text.title);
  assertEquals(all(root, "#p1-text")[0].textContent, text.description);
  assertEquals(all(root, "style, script, [aria-label]").length, 0);
  assertEquals(all(root, "circle").length, 1);
});

Deno.test("numbers have at most one decimal, so that a page stays small", () => {
  const svg = String(plotSvg("p2", { marks: [Plot.dot([[1, 1 / 3], [Math.PI, 2 / 7]])] }, text));
  assert(!/="[^"]*\d\.\d\d/.test(svg.replace(/(viewBox|style)="[^"]*"/g, "")), svg);
});

Deno.test("a picture that is drawn by hand is named in the same way", () => {
  const svg = String(svgPicture("p3", { width: 7, height: 5 }, markup`<rect/>`, text));
  assertStringIncludes(svg, 'viewBox="0 0 7 5" width="7" height="5" style="min-width:5px"');
  assertStringIncludes(svg, '<title id="p3-title">A &quot;title&quot; &lt;of&gt; it</title>');
});
