import { assert, assertEquals } from "@std/assert";
import { StepFollower, type StepProgress } from "../../src/training/step_progress.ts";
import { now } from "../../src/clock.ts";
import type { ActionPlace, Readings, Reads } from "../../src/models/readings.ts";

/** Waits until the follower speaks again. */
function pause(): void {
  for (const start = now(); now() - start < 260;);
}

Deno.test("a step says how far its draw is, by positions that were drawn and those that will not be", () => {
  const told: StepProgress[] = [];
  const follower = new StepFollower(3, 40, (progress) => void told.push(progress));
  follower.drawn(5, 0);
  assertEquals(told, []);
  pause();
  follower.drawn(5, 10);
  // Drawn again: more positions than the first draw can have.
  pause();
  follower.drawn(50, 0);
  assertEquals(told, [
    { step: 3, part: "rollout", done: 0.5, tokens: 10 },
    { step: 3, part: "rollout", done: 1, tokens: 60 },
  ]);
});

Deno.test("a loss that counts asks the loss that it is of, and says how far its pass is", () => {
  const told: StepProgress[] = [];
  const follower = new StepFollower(2, 1, (progress) => void told.push(progress));
  const reads: Reads = { top: 3 };
  const slopes = { at: Float64Array.of(7) };
  const place = {} as ActionPlace, readings = {} as Readings;
  const asked: unknown[] = [];
  const loss = follower.counting({ reads: () => reads, score: (...own) => (asked.push(own), slopes) }, 4, [0.5, 0.25]);
  assert(loss.reads(place) === reads);
  pause();
  assert(loss.score(place, readings) === slopes);
  assertEquals(asked, [[place, readings]]);
  assertEquals(told, [{ step: 2, part: "update", done: 0.5 + 0.25 / 4, tokens: 0 }]);
});
