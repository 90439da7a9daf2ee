import { assertEquals } from "@std/assert";
import { escapeMarkdown, markdownTable } from "../../src/text/markdown.ts";

Deno.test("characters with a meaning are escaped and line breaks become spaces", () => {
  assertEquals(escapeMarkdown("a|b_c*d`e[f]<g>\n\\"), "a\\|b\\_c\\*d\\`e\\[f\\]\\<g\\> \\\\");
});

Deno.test("a table aligns its first columns left and the others right", () => {
  assertEquals(
    markdownTable(["a", "b", "c"], [["1", "2", "3"]], 2),
    "| a | b | c |\n| :-- | :-- | --: |\n| 1 | 2 | 3 |",
  );
});
