import { assertEquals } from "@std/assert";
import { sparkline } from "../../src/text/sparkline.ts";

Deno.test("many values are means by column", () => {
  // Means of (0, 2), (4, 6) and (8, 99).
  assertEquals(sparkline([0, 2, 4, 6, 8, 99], 3), "▁▂█");
});

Deno.test("as many columns as there are values, a constant in the middle, nothing of nothing", () => {
  assertEquals([sparkline([3, 1, 2]), sparkline([5, 5]), sparkline([])], ["█▁▅", "▄▄", ""]);
});
