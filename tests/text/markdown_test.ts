import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { codeSpan, escapeMarkdown, markdownTable, replaceMarked } from "../../src/text/markdown.ts";

Deno.test("characters with a meaning are escaped and line breaks become spaces", () => {
  assertEquals(escapeMarkdown("a|b_c*d`e[f]<g>\n\\"), "a\\|b\\_c\\*d\\`e\\[f\\]\\<g\\> \\\\");
});

Deno.test("a table aligns its first columns left and the others right", () => {
  assertEquals(
    markdownTable(["a", "b", "c"], [["1", "2", "3"]], 2),
    "| a | b | c |\n| :-- | :-- | --: |\n| 1 | 2 | 3 |",
  );
});

Deno.test("a block between its markers is replaced, others are let be, and a missing marker is an error", () => {
  const document = "a\n<!-- x:start -->\nold\n<!-- x:end -->\nb <!-- y:end -->";
  const renewed = replaceMarked(document, "x", "new", "f.md");
  assertEquals(renewed, "a\n<!-- x:start -->\nnew\n<!-- x:end -->\nb <!-- y:end -->");
  assertEquals(replaceMarked(renewed, "x", "new", "f.md"), renewed);
  assertThrows(
    () => replaceMarked(document, "y", "", "f.md"),
    BenchError,
    "Cannot renew f.md: expected <!-- y:start -->",
  );
});

Deno.test("codeSpan() cannot be left, by whatever is in it", () => {
  assertEquals(codeSpan("deno task bench tiny"), "`deno task bench tiny`");
  assertEquals(codeSpan("a` <!-- end --> `b``c"), "``` a` <! -- end --> `b``c ```");
  assertEquals(codeSpan("two\r\nlines | cell\x1b[2J"), "`two lines \\| cell�[2J`");
});

Deno.test("escapeMarkdown() shows what acts unseen", () => {
  assertEquals(escapeMarkdown("a\x1b[2Jb\u202e"), "a�\\[2Jb�");
});
