import { assert, assertMatch } from "@std/assert";
import { dateTime, now } from "../src/clock.ts";

Deno.test("now() never runs backwards", () => {
  let before = now();
  for (let i = 0; i < 97; i++) {
    const after = now();
    assert(after >= before);
    before = after;
  }
});

Deno.test("dateTime() is ISO 8601 in UTC", () => {
  assertMatch(dateTime(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
