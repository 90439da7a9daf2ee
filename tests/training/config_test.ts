import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { check } from "../../src/files/check.ts";
import { resolvedTrainingSchema, TRAINING_DEFAULTS, trainingSchema } from "../../src/training/config.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";

const TRAINING = { source: "arithmetic", steps: 7, promptsPerStep: 3, groupSize: 5, optimizer: ADAMW_PRESETS.verl };

Deno.test("what is left open has its default in what runs", () => {
  assertEquals<unknown>(check(trainingSchema, TRAINING, { root: "training" }), TRAINING);
  const resolved = { ...TRAINING_DEFAULTS, ...TRAINING };
  assertEquals(check(resolvedTrainingSchema, resolved, { root: "training" }), resolved);
  assertThrows(
    () => check(resolvedTrainingSchema, TRAINING, { root: "training" }),
    UsageError,
    "training.minibatches: found nothing, expected an integer of at least 1",
  );
});

const WRONG: [Record<string, unknown>, string][] = [
  [{ groupSize: 1 }, "training.groupSize: found 1, expected an integer of at least 2"],
  [{ promptsPerStep: 0 }, "training.promptsPerStep: found 0"],
  [{ steps: -1 }, "training.steps: found -1, expected an integer of at least 0"],
  [{ minibatches: 0 }, "training.minibatches: found 0"],
  [{ checkpointEvery: 2.5 }, "training.checkpointEvery: found 2.5"],
  [{ source: "" }, 'training.source: found "", expected text that is not empty'],
  [
    { optimizer: { ...ADAMW_PRESETS.verl, beta2: 1 } },
    "training.optimizer.beta2: found 1, expected a number in [0, 1)",
  ],
  [{ optimiser: ADAMW_PRESETS.verl }, 'did you mean "optimizer"?'],
];
for (const [change, message] of WRONG) {
  Deno.test(`training is refused: ${message}`, () => {
    assertThrows(() => check(trainingSchema, { ...TRAINING, ...change }, { root: "training" }), UsageError, message);
  });
}
