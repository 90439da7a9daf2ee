import { assert, assertEquals, assertMatch } from "@std/assert";
import { dateTime, now, sparing, Stopwatch, untimed } from "../src/clock.ts";

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

Deno.test("a stopwatch gives every moment to the innermost part, of a part that fails too, and none between parts", async () => {
  let time = 100;
  const wait = (ms: number) => void (time += ms);
  const { timing, spent } = new Stopwatch<"outer" | "inner" | "late">(() => time);
  wait(2);
  const answer = await timing("outer", async () => {
    wait(3);
    await timing("inner", () => Promise.resolve(wait(5)));
    wait(7);
    await timing("inner", () => Promise.resolve(wait(11)));
    return 13;
  });
  wait(17);
  await timing("late", () => Promise.reject(wait(19))).catch(() => {});
  wait(23);
  assertEquals([answer, await untimed("any", () => Promise.resolve(29))], [13, 29]);
  assertEquals([...spent], [["outer", 10], ["inner", 16], ["late", 19]]);
});

Deno.test("dateTime() is ISO 8601 in UTC", () => {
  assertMatch(dateTime(), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});
