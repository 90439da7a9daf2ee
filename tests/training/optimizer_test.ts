import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { learningRate, type LearningRateSchedule, updateRate } from "../../src/training/optimizer.ts";

Deno.test("warm-up rises linearly to the peak, then the rate stays", () => {
  const schedule: LearningRateSchedule = { peak: 8, warmUp: 4, decay: { kind: "constant" } };
  assertEquals([1, 2, 3, 4, 5, 99].map((step) => learningRate({ schedule }, step, 100)), [2, 4, 6, 8, 8, 8]);
  assertEquals(learningRate({ schedule: { ...schedule, warmUp: 0 } }, 1, 100), 8);
});

Deno.test("the cosine leaves the peak at once and is at its floor one unit after the last, as Hugging Face's", () => {
  const rates = (floor: number, steps: number) => {
    const schedule: LearningRateSchedule = { peak: 1, warmUp: 0, decay: { kind: "cosine", floor } };
    return Array.from({ length: steps }, (_, i) => learningRate({ schedule }, i + 1, steps));
  };
  // (1 + cos(π t / 4)) / 2 for t of 0 to 3.
  const expected = [1, (2 + Math.SQRT2) / 4, 1 / 2, (2 - Math.SQRT2) / 4];
  rates(0, 4).forEach((rate, i) => assertAlmostEquals(rate, expected[i], 1e-15));
  // A third and two thirds of the way have three quarters and one quarter of the height.
  [1, 0.1 + 0.9 * 0.75, 0.1 + 0.9 * 0.25].forEach((rate, i) => assertAlmostEquals(rates(0.1, 3)[i], rate, 1e-15));
  assertEquals(rates(0, 1), [1]);
});

Deno.test("the cosine begins where the warm-up ends", () => {
  const schedule: LearningRateSchedule = { peak: 1, warmUp: 20, decay: { kind: "cosine", floor: 0 } };
  assertAlmostEquals(learningRate({ schedule }, 19, 99), 0.95, 1e-12);
  assertEquals(learningRate({ schedule }, 20, 99), 1);
  assertAlmostEquals(learningRate({ schedule }, 60, 99), 0.5, 1e-12);
  // 79 of 80 parts of the way: sin²(π / 160).
  assertAlmostEquals(learningRate({ schedule }, 99, 99), 3.8548e-4, 1e-8);
  // As many as the warm-up, and fewer: it only rises.
  assertEquals(learningRate({ schedule }, 20, 20), 1);
  assertAlmostEquals(learningRate({ schedule }, 5, 5), 0.25, 1e-12);
});

const THREE_OF_TWO = [1, 2, 3].flatMap((rollout) => [0, 1].map((minibatch) => ({ rollout, minibatch })));
const UNITS: [LearningRateSchedule["unit"], number[]][] = [
  ["rollout", [2, 2, 4, 4, 6, 6]],
  ["update", [2, 4, 6, 8, 8, 8]],
  [undefined, [2, 2, 4, 4, 6, 6]],
];
for (const [unit, expected] of UNITS) {
  Deno.test(`a schedule counts in its unit: ${unit ?? "rollouts unless it says so"}`, () => {
    const schedule: LearningRateSchedule = { peak: 8, warmUp: 4, decay: { kind: "constant" }, ...(unit && { unit }) };
    const rates = THREE_OF_TWO.map((place) => updateRate({ schedule }, { ...place, rollouts: 3, minibatches: 2 }));
    assertEquals(rates, expected);
  });
}

Deno.test("a cosine over updates takes all updates for its length, over rollouts all rollouts", () => {
  const place = { rollout: 3, rollouts: 3, minibatch: 1, minibatches: 2 };
  const rate = (unit: "rollout" | "update") =>
    updateRate({ schedule: { peak: 1, unit, warmUp: 0, decay: { kind: "cosine", floor: 0 } } }, place);
  // 2 of 3 parts of the way, and 5 of 6.
  assertAlmostEquals(rate("rollout"), 0.25, 1e-15);
  assertAlmostEquals(rate("update"), (2 - Math.sqrt(3)) / 4, 1e-15);
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
