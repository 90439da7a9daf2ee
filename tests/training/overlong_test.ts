import { assertAlmostEquals, assertEquals } from "@std/assert";
import { overlongPenalty } from "../../src/training/overlong.ts";

/** DAPO's own: answers of 16,384 tokens, and a cache of 4,096 in which the penalty rises to 1. */
const DAPO = { buffer: 4096, penalty: 1 };

Deno.test("the penalty is DAPO's Eq. 13 up to the limit", () => {
  assertEquals([1, 16_383, 16_384].map((length) => overlongPenalty(length, 20_480, DAPO)), [0, 0, 0]);
  // ((L_max - L_cache) - |y|) / L_cache.
  assertAlmostEquals(overlongPenalty(17_408, 20_480, DAPO), (16_384 - 17_408) / 4096, 1e-15);
  assertEquals(overlongPenalty(20_480, 20_480, DAPO), -1);
});

Deno.test("a buffer as long as the limit takes something off every completion", () => {
  assertAlmostEquals(overlongPenalty(1, 7, { buffer: 7, penalty: 0.5 }), -0.5 / 7, 1e-15);
});
