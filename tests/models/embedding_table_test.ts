import { assertAlmostEquals } from "@std/assert";
import { rmsOfCoordinates } from "../../src/models/embedding_table.ts";

Deno.test("the root mean square of a coordinate is over all rows, or over those that are ever fed", () => {
  // (1, 0), (9, 9), (0, 1), (1, 1): 4 of 6 squares are 1 without the second row.
  const table = Float32Array.of(1, 0, 9, 9, 0, 1, 1, 1);
  assertAlmostEquals(rmsOfCoordinates(table, 2), Math.sqrt(166 / 8), 1e-12);
  assertAlmostEquals(rmsOfCoordinates(table, 2, [1, 1]), Math.sqrt(4 / 6), 1e-12);
});
