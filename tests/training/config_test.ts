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
  [
    { equalGroups: { draws: 0, then: "keep" } },
    "training.equalGroups.draws: found 0, expected an integer of at least 1",
  ],
  [{ equalGroups: { draws: 3, then: "drop" } }, 'training.equalGroups.then: found "drop"'],
  [{ longPrompts: "cut" }, 'training.longPrompts: found "cut", expected "refuse" or "leave-out"'],
  [{ evaluation: { every: 0, problems: 3, samples: 2 } }, "training.evaluation.every: found 0"],
  [{ evaluation: { every: 5, problems: 3 } }, "training.evaluation.samples: found nothing"],
  [{ optimiser: ADAMW_PRESETS.verl }, 'did you mean "optimizer"?'],
];
for (const [change, message] of WRONG) {
  Deno.test(`training is refused: ${message}`, () => {
    assertThrows(() => check(trainingSchema, { ...TRAINING, ...change }, { root: "training" }), UsageError, message);
  });
}

/** Values with which an optimizer runs and learns nothing, learns uphill, or divides by less than nothing. */
const IMPOSSIBLE: [Record<string, unknown>, string][] = [
  [{ schedule: { peak: 1, warmUp: 0, decay: { kind: "cosine", floor: -3 } } }, "schedule.decay.floor: found -3"],
  [{ schedule: { peak: 1, warmUp: 0, decay: { kind: "cosine", floor: 1.5 } } }, "schedule.decay.floor: found 1.5"],
  [{ schedule: { peak: 1, warmUp: 0, decay: { kind: "linear" } } }, 'schedule.decay.kind: found "linear"'],
  [{ schedule: { peak: -1, warmUp: 0, decay: { kind: "constant" } } }, "schedule.peak: found -1"],
  [{ schedule: { peak: 1, warmUp: -2, decay: { kind: "constant" } } }, "schedule.warmUp: found -2"],
  [{ beta1: 1 }, "beta1: found 1"],
  [{ beta1: 1.5 }, "beta1: found 1.5"],
  [{ beta2: -0.1 }, "beta2: found -0.1"],
  [{ epsilon: -1 }, "epsilon: found -1"],
  [{ epsilon: 0 }, "epsilon: found 0"],
  [{ weightDecay: -5 }, "weightDecay: found -5"],
  [{ maxGradientNorm: 0 }, "maxGradientNorm: found 0"],
];
for (const [change, message] of IMPOSSIBLE) {
  Deno.test(`an optimizer is refused: ${message}`, () => {
    const training = { ...TRAINING, optimizer: { ...ADAMW_PRESETS.verl, ...change } };
    const text = `training.optimizer.${message}`;
    assertThrows(() => check(trainingSchema, training, { root: "training" }), UsageError, text);
  });
}
