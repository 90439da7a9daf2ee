import { assert, assertEquals, assertMatch } from "@std/assert";
import { dateTime, now, sparing } from "../src/clock.ts";

Deno.test("now() never runs backwards", () => {
  let before = now();
  for (let i = 0; i < 97; i++) {
    const after = now();
    assert(after >= before);
    before = after;
  }
});

Deno.test("a sparing gate is open once in so many milliseconds, and shut for as long at first", () => {
  let time = 13;
  const isOpen = sparing(7, () => time);
  const seen = [13, 19, 20, 21, 26, 27, 99].map((at) => {
    time = at;
    return isOpen();
  });
  assertEquals(seen, [false, false, true, false, false, true, true]);
});

Deno.test("dateTime() is ISO 8601 in UTC", () => {
  assertMatch(dateTime(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
