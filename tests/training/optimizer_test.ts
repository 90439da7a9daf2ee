import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { check } from "../../src/files/check.ts";
import { leaves } from "../fixtures/leaves.ts";
import { UsageError } from "../../src/errors.ts";
import {
  ADAMW_PRESETS,
  learningRate,
  type LearningRateSchedule,
  type OptimizerConfig,
  optimizerSchema,
  updateRate,
} from "../../src/training/optimizer.ts";

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

const VERL = "verl's FSDP worker, zz1358m/SofT-GRPO-master @ 2b9d8ec fsdp_workers.py:345-365";
const BUTT = "arXiv:2509.19170v2 section 4 and appendix D";
const UNSTATED = "not in arXiv:2509.19170v2; torch.optim.AdamW's default";
const LEPO = "YuyanZhou/lepo @ ba2eb11, configs/lepo/*.yaml";
const OURS = "the embedded experiment's choice";
/** Every constant of every preset, and where it stands. */
const PUBLISHED: Record<
  keyof typeof ADAMW_PRESETS,
  Readonly<Record<string, readonly [value: string | number, source: string]>>
> = {
  verl: {
    beta1: [0.9, VERL],
    beta2: [0.999, VERL],
    epsilon: [1e-8, `${VERL}: torch.optim.AdamW's default`],
    weightDecay: [0.01, `${VERL}: weight_decay`],
    maxGradientNorm: [1, "verl's ppo_trainer.yaml: grad_clip"],
    "schedule.peak": [1e-6, "arXiv:2511.06411v2 table 7; the scripts' optim.lr"],
    "schedule.unit": ["rollout", "verl steps its scheduler once a rollout"],
    "schedule.warmUp": [0, "verl's ppo_trainer.yaml: lr_warmup_steps_ratio"],
    "schedule.decay.kind": ["constant", "verl's ppo_trainer.yaml: warmup_style"],
  },
  "soft-tokens-grpo": {
    beta1: [0.9, UNSTATED],
    beta2: [0.999, UNSTATED],
    epsilon: [1e-8, UNSTATED],
    weightDecay: [0, "not in arXiv:2509.19170v2; none"],
    "schedule.peak": [6e-6, `${BUTT}: Llama-3.2-3B`],
    "schedule.unit": ["update", `${BUTT}: one update a rollout, so that both are the same`],
    "schedule.warmUp": [20, BUTT],
    "schedule.decay.kind": ["cosine", BUTT],
    "schedule.decay.floor": [0, `not in arXiv:2509.19170v2; Hugging Face's cosine`],
  },
  lepo: {
    beta1: [0.9, `${LEPO}: adam_beta1`],
    beta2: [0.99, `${LEPO}: adam_beta2`],
    epsilon: [1e-8, "transformers' TrainingArguments: adam_epsilon"],
    weightDecay: [0.1, `${LEPO}: weight_decay`],
    maxGradientNorm: [1, `${LEPO}: max_grad_norm`],
    "schedule.peak": [1e-6, `${LEPO}: learning_rate`],
    "schedule.unit": ["update", "transformers' Trainer steps its scheduler once an update"],
    // 12,704 prompts (nine tenths of 14,116), 8 completions each, twice, in updates of 8 devices x 256: 99 of them.
    "schedule.warmUp": [3, `${LEPO}: warmup_ratio .03; that there are 8 devices is an assumption`],
    "schedule.decay.kind": ["cosine", `${LEPO}: lr_scheduler_type`],
    "schedule.decay.floor": [0, "transformers' get_cosine_schedule_with_warmup"],
  },
  embedded: {
    beta1: [0.9, OURS],
    beta2: [0.999, OURS],
    epsilon: [1e-8, OURS],
    weightDecay: [0, OURS],
    maxGradientNorm: [1, OURS],
    "schedule.peak": [1e-4, OURS],
    "schedule.unit": ["rollout", OURS],
    "schedule.warmUp": [5, OURS],
    "schedule.decay.kind": ["constant", OURS],
  },
};
for (const [name, constants] of Object.entries(PUBLISHED)) {
  Deno.test(`every constant of the optimizer ${name} is that of its source`, () => {
    const expected = Object.fromEntries(Object.entries(constants).map(([key, [value]]) => [key, value]));
    assertEquals(leaves(ADAMW_PRESETS[name as keyof typeof ADAMW_PRESETS]), expected);
  });
}

const POSSIBLE: OptimizerConfig = ADAMW_PRESETS.embedded;
const OUT_OF_RANGE: [OptimizerConfig, string][] = [
  [{ ...POSSIBLE, beta1: 1 }, "optimizer.beta1: found 1, expected a number in [0, 1)"],
  [{ ...POSSIBLE, beta2: -0.1 }, "optimizer.beta2: found -0.1"],
  [{ ...POSSIBLE, epsilon: 0 }, "optimizer.epsilon: found 0, expected a number above 0"],
  [{ ...POSSIBLE, weightDecay: -5 }, "optimizer.weightDecay: found -5"],
  [{ ...POSSIBLE, maxGradientNorm: 0 }, "optimizer.maxGradientNorm: found 0"],
  [
    { ...POSSIBLE, schedule: { peak: 1, warmUp: 0, decay: { kind: "cosine", floor: -3 } } },
    "optimizer.schedule.decay.floor: found -3, expected a number in [0, 1]",
  ],
];
for (const [config, found] of OUT_OF_RANGE) {
  Deno.test(`an optimizer is refused: ${found}`, () => {
    assertThrows(() => check(optimizerSchema, config, { root: "optimizer" }), UsageError, found);
  });
}

Deno.test("impossible schedules are refused", () => {
  const schedule: LearningRateSchedule = { peak: 1, warmUp: 0, decay: { kind: "constant" } };
  assertThrows(() => learningRate({ schedule: { ...schedule, peak: 0 } }, 1, 2), UsageError, "schedule.peak: found 0");
  assertThrows(
    () => learningRate({ schedule: { ...schedule, warmUp: 1.5 } }, 1, 2),
    UsageError,
    "schedule.warmUp: found 1.5",
  );
});
