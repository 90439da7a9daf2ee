import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { learningRate, type LearningRateSchedule } from "../../src/training/optimizer.ts";

Deno.test("warm-up rises linearly to the peak, then the rate stays", () => {
  const schedule: LearningRateSchedule = { peak: 8, warmUp: 4, decay: { kind: "constant" } };
  assertEquals([1, 2, 3, 4, 5, 99].map((step) => learningRate({ schedule }, step, 100)), [2, 4, 6, 8, 8, 8]);
  assertEquals(learningRate({ schedule: { ...schedule, warmUp: 0 } }, 1, 100), 8);
});

Deno.test("the cosine goes from the peak to its floor at the last update", () => {
  const schedule: LearningRateSchedule = { peak: 1, warmUp: 0, decay: { kind: "cosine", floor: 0.1 } };
  assertEquals(learningRate({ schedule }, 1, 101), 1);
  assertAlmostEquals(learningRate({ schedule }, 51, 101), 0.55, 1e-12);
  assertAlmostEquals(learningRate({ schedule }, 101, 101), 0.1, 1e-12);
});

Deno.test("the cosine begins where the warm-up ends", () => {
  const schedule: LearningRateSchedule = { peak: 1, warmUp: 20, decay: { kind: "cosine", floor: 0 } };
  assertAlmostEquals(learningRate({ schedule }, 19, 100), 0.95, 1e-12);
  assertEquals(learningRate({ schedule }, 20, 100), 1);
  assertAlmostEquals(learningRate({ schedule }, 60, 100), 0.5, 1e-12);
  assertAlmostEquals(learningRate({ schedule }, 100, 100), 0, 1e-12);
  // Fewer updates than warm-up: it only rises.
  assertAlmostEquals(learningRate({ schedule }, 5, 5), 0.25, 1e-12);
});

Deno.test("impossible schedules are refused", () => {
  const schedule: LearningRateSchedule = { peak: 1, warmUp: 0, decay: { kind: "constant" } };
  assertThrows(() => learningRate({ schedule: { ...schedule, peak: 0 } }, 1, 2), UsageError, "schedule.peak: found 0");
  assertThrows(
    () => learningRate({ schedule: { ...schedule, warmUp: 1.5 } }, 1, 2),
    UsageError,
    "schedule.warmUp: found 1.5",
  );
});
