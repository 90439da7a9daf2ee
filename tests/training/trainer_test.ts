import { assert, assertEquals, assertRejects } from "@std/assert";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import type { TrainingSource } from "../../src/datasets/training_source.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { type LanguageModel } from "../../src/models/language_model.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { type TrainingRequest, trainPolicy } from "../../src/training/trainer.ts";
import { smallModel } from "../fixtures/small_model.ts";
import type { CurvePoint } from "../../src/training/curve.ts";
import { embeddingTableOf } from "../../src/models/embedding_table.ts";

const STEPS = 4;
/** A completion is right if its first token is even. */
const GRADER = (text: string) =>
  Number(text) % 2 === 0
    ? { equal: true, extracted: text, canonical: text, reason: "same-value" as const }
    : { equal: false, extracted: text, canonical: text, reason: "different" as const };

const SOURCE: TrainingSource = {
  name: "made-up",
  version: "1",
  problems: (step, count) =>
    Array.from({ length: count }, (_, index) => ({ id: `${step}/${index}`, question: `${3 + index}`, answer: "" })),
};

function request(model: LanguageModel, overrides: Partial<TrainingRequest> = {}): TrainingRequest {
  const { paper } = ALGORITHM_PRESETS["discrete-grpo"];
  return {
    model,
    objective: {
      advantage: ADVANTAGE_PRESETS.verl,
      loss: LOSS_PRESETS["on-policy"],
      reward: { correct: 1, extracted: 0, missing: 0 },
    },
    training: {
      source: "made-up",
      steps: STEPS,
      promptsPerStep: 3,
      groupSize: 5,
      minibatches: 1,
      optimizer: ADAMW_PRESETS.embedded,
      checkpointEvery: 2,
    },
    settings: {
      algorithm: createAlgorithm(paper, embeddingTableOf(model)),
      answers: createAnswerSampler({ rule: "sample", filter: paper.filter }),
      thinking: { end: [1], endIsDrawn: true, afterEnd: [] },
      endTokens: [0],
      maxNewTokens: 5,
    },
    source: SOURCE,
    seed: 1,
    examination: {
      prompt: ({ question }) => Int32Array.of(Number(question), 2),
      text: (completion) => String(completionTokens(completion)[0]),
      grade: GRADER,
    },
    ...overrides,
  };
}

async function curveOf(steps: AsyncGenerator<CurvePoint>): Promise<CurvePoint[]> {
  const curve: CurvePoint[] = [];
  for await (const point of steps) curve.push(point);
  return curve;
}

Deno.test("trainPolicy() yields a point per step, with the reward in [0, 1] whatever a right answer is paid", async () => {
  const model = await smallModel();
  const reward = { correct: 100, extracted: 10, missing: 0 };
  const objective = { ...request(model).objective, reward };
  const curve = await curveOf(trainPolicy(request(model, { objective })));
  assertEquals(curve.map(({ step }) => step), [1, 2, 3, 4]);
  for (const point of curve) assert(point.reward >= 0.1 && point.reward <= 1, `reward ${point.reward}`);
  await model.dispose();
});

Deno.test("trainPolicy() started in the middle from the same state goes the same way", async () => {
  const whole = await smallModel();
  const curve: CurvePoint[] = [];
  let half: Awaited<ReturnType<LanguageModel["weights"]>> | undefined;
  let moments: Awaited<ReturnType<LanguageModel["optimizerState"]>> | undefined;
  for await (const point of trainPolicy(request(whole))) {
    curve.push(point);
    if (point.step === 2) [half, moments] = [await whole.weights(), await whole.optimizerState()];
  }
  const resumed = await smallModel();
  await resumed.restore(half!, moments);
  assertEquals(await curveOf(trainPolicy(request(resumed), 3)), curve.slice(2));
  assertEquals(await resumed.weights(), await whole.weights());
  await whole.dispose();
  await resumed.dispose();
});

Deno.test("trainPolicy() under another seed draws other completions", async () => {
  const [a, b] = [await smallModel(), await smallModel()];
  const first = (await curveOf(trainPolicy(request(a))))[0];
  const other = (await curveOf(trainPolicy(request(b, { seed: 2 }))))[0];
  assert(first.thoughtLogDensity !== other.thoughtLogDensity);
  await a.dispose();
  await b.dispose();
});

Deno.test("trainPolicy() stops between two steps when it is interrupted", async () => {
  const model = await smallModel();
  const controller = new AbortController();
  const steps = trainPolicy(request(model, { abort: controller.signal }));
  assertEquals((await steps.next()).value?.step, 1);
  controller.abort();
  await assertRejects(() => steps.next(), InterruptedError);
  await model.dispose();
});
