import { assertEquals } from "@std/assert";
import { fitWidth, padWidth, textWidth } from "../../src/text/width.ts";

Deno.test("characters take the columns that a terminal gives them", () => {
  const widths: [string, number][] = [
    ["", 0],
    ["soft-grpo", 9],
    ["0.31 ± 0.02", 11],
    ["算術", 4],
    ["ハッシュ", 8],
    ["한글", 4],
    ["Ａ１", 4],
    ["e\u0301", 1],
    ["a\u200bb", 2],
    ["👩‍🔬", 2],
    ["❤️", 2],
    ["█▌·…", 4],
    ["√2 ≤ π", 6],
  ];
  for (const [text, width] of widths) assertEquals(textWidth(text), width, text);
});

Deno.test("a longer text is cut between characters and marked", () => {
  assertEquals(fitWidth("dataset", 7), "dataset");
  assertEquals(fitWidth("dataset", 6), "datas…");
  assertEquals(fitWidth("算術問題", 6), "算術…");
  assertEquals(fitWidth("算術問題", 1), "…");
});

Deno.test("padding fills to the width on either side", () => {
  assertEquals(padWidth("算", 4, "left"), "算  ");
  assertEquals(padWidth("12", 4, "right"), "  12");
  assertEquals(padWidth("longer", 4, "left"), "longer");
});
