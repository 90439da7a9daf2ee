import { assertEquals } from "@std/assert";
import { sortKeys } from "../../src/files/json.ts";

Deno.test("keys are sorted at every depth, and undefined ones left out", () => {
  assertEquals(
    JSON.stringify(sortKeys({ b: [{ d: 1, c: null }], a: undefined, A: 2 })),
    '{"A":2,"b":[{"c":null,"d":1}]}',
  );
});
