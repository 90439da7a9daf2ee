/** The page of costs against the program that counts them, and its mean against sums by hand. */
import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { costTables, meanLength } from "../../benchmarks/scale/paper_cost.ts";

const DOLLARS = 2.5;

Deno.test("docs/scale.md shows what the program prints", async () => {
  // Only the padding of cells differs.
  const packed = (text: string) => text.replaceAll(/ +\|/g, " |").replaceAll(/\| +/g, "| ").replaceAll(/:?-+:?/g, "-");
  const flowing = (text: string) => packed(text).replaceAll(/\s+/g, " ");
  assertStringIncludes(flowing(await Deno.readTextFile("docs/scale.md")), flowing(costTables(DOLLARS)));
});

Deno.test("the mean length is linear between logged steps and constant outside", () => {
  assertEquals(meanLength({ steps: 11, lengths: [[3, 7], [5, 9]] }), (3 * 7 + 2 * 8 + 6 * 9) / 11);
  // Logged beyond the last step: as far as it went.
  assertAlmostEquals(meanLength({ steps: 5, lengths: [[5, 13]] }), 13, 1e-12);
});
