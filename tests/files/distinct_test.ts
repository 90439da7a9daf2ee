import { assertEquals, assertThrows } from "@std/assert";
import { z } from "npm:zod@4.3.5";
import { UsageError } from "../../src/errors.ts";
import { check } from "../../src/files/check.ts";
import { distinct } from "../../src/files/distinct.ts";

Deno.test("a list of distinct entries has each once, and at least so many", () => {
  const schema = distinct(z.int(), "seed", 2);
  assertEquals(check(schema, [5, 3], { root: "seeds" }), [5, 3]);
  assertThrows(
    () => check(schema, [5, 3, 5], { root: "seeds" }),
    UsageError,
    "seeds[2]: found 5, expected each seed once",
  );
  assertThrows(() => check(schema, [5], { root: "seeds" }), UsageError, "seeds");
});
