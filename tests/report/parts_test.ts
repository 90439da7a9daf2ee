import { assertEquals } from "@std/assert";
import { markup } from "../../src/report/markup.ts";
import { dataTable, figures, fold, section } from "../../src/report/parts.ts";
import { all, parse } from "./document.ts";

Deno.test("a table has a caption, heads of columns and rows, and classes where a cell stands out", () => {
  const document = parse(String(dataTable({
    caption: "Scores <1>",
    head: ["arm", "Pass@1"],
    rows: [["base", { content: markup`<b>${"<31>"}</b>`, className: "best" }], ["trained", "62"]],
  })));
  assertEquals(all(document, "caption").map((node) => node.textContent), ["Scores <1>"]);
  assertEquals(all(document, "th[scope=col]").map((node) => node.textContent), ["arm", "Pass@1"]);
  assertEquals(all(document, "th[scope=row]").map((node) => node.textContent), ["base", "trained"]);
  assertEquals(all(document, "td.best b").map((node) => node.textContent), ["<31>"]);
});

Deno.test("a section is named by its heading", () => {
  const [node] = all(parse(String(section("part", "A & B", ["text"]))), "section");
  assertEquals(node.getAttribute("aria-labelledby"), "part");
  assertEquals(all(node, "h2#part").map((heading) => heading.textContent), ["A & B"]);
});

Deno.test("pictures stand under their captions, and what is folded keeps its title", () => {
  const document = parse(
    String(
      markup`<main>${figures([{ title: "add", more: ", percent", picture: markup`<svg></svg>` }])}${
        fold("more", "inside")
      }</main>`,
    ),
  );
  assertEquals(all(document, "figcaption").map((node) => node.textContent), ["add, percent"]);
  assertEquals(all(document, "summary").map((node) => node.textContent), ["more"]);
});
