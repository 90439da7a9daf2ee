import { assertEquals, assertThrows } from "@std/assert";
import { mixInputs, tokenRows } from "../../src/models/input_rows.ts";

/** (V 3, D 2). */
const TABLE = Float32Array.of(1, 2, 10, 20, 100, 200);

Deno.test("a row is the weighted sum of its embeddings and its offset", () => {
  const target = new Float32Array(4).fill(9);
  mixInputs(
    {
      count: 2,
      width: 2,
      ids: Int32Array.of(0, 2, 1, 0),
      weights: Float32Array.of(0.5, 0.25, 0, 0),
      offset: Float32Array.of(0, 1, -3, 4),
    },
    TABLE,
    target,
  );
  assertEquals([...target], [25.5, 52, -3, 4]);
});

Deno.test("tokens are fed as they are", () => {
  const target = new Float32Array(4);
  mixInputs(tokenRows(Int32Array.of(2, 0)), TABLE, target);
  assertEquals([...target], [100, 200, 1, 2]);
});

Deno.test("a token outside the vocabulary is an error, not a NaN", () => {
  for (const id of [3, -1]) {
    assertThrows(() => mixInputs(tokenRows(Int32Array.of(id)), TABLE, new Float32Array(2)), RangeError, `token ${id}`);
  }
});
