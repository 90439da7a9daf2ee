import { assertEquals } from "@std/assert";
import { visible, visibleLines } from "../../src/text/visible.ts";

Deno.test("what acts without being seen is shown: escapes, bells, line ends, turns of direction", () => {
  assertEquals(visible("a\x1b]0;PWN\x07\x9b2Jb"), "a�]0;PWN��2Jb");
  assertEquals(visible("a\r\nb\tc\u2028d\u202eevil\u2066x"), "a��b�c�d�evil�x");
});

Deno.test("letters of every script, marks and pictographs stay as they are", () => {
  for (const text of ["é", "e\u0301", "漢字", "עברית", "👩‍👩‍👧", "x ≤ 5 µs", ""]) assertEquals(visible(text), text);
});

Deno.test("visibleLines() keeps the ends of lines, and those alone", () => {
  assertEquals(visibleLines("a\nb\r\nc\x1b"), "a\nb�\nc�");
});
