import { assertEquals } from "@std/assert";
import { nestsAtMost, sortKeys } from "../../src/files/json.ts";

Deno.test("keys are sorted at every depth, and undefined ones left out", () => {
  assertEquals(
    JSON.stringify(sortKeys({ b: [{ d: 1, c: null }], a: undefined, A: 2 })),
    '{"A":2,"b":[{"c":null,"d":1}]}',
  );
});

Deno.test("depth counts lists and objects inside one another", () => {
  const value = { a: [1, { b: "[[[" }], c: {} };
  assertEquals([0, 1, 2, 3].map((depth) => nestsAtMost(value, depth)), [false, false, false, true]);
  assertEquals([nestsAtMost(null, 0), nestsAtMost("[]", 0), nestsAtMost([], 0), nestsAtMost([], 1)], [
    true,
    true,
    false,
    true,
  ]);
  let deep: unknown = 7;
  for (let i = 0; i < 1_000_003; i++) deep = [deep];
  assertEquals(nestsAtMost(deep, 97), false);
});
