import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { ADVANTAGE_PRESETS, groupAdvantages } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { BenchError } from "../../src/errors.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { type Completion, completionTokens } from "../../src/rollout/completion.ts";
import type { Verdict } from "../../src/grading/grade.ts";
import { rollout } from "../../src/rollout/rollout.ts";
import { stepStreams } from "../../src/training/step_noise.ts";
import { updatePolicy } from "../../src/training/update.ts";
import type { TrainingSource } from "../../src/datasets/training_source.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { type LanguageModel } from "../../src/models/language_model.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { type TrainingRequest, trainPolicy } from "../../src/training/trainer.ts";
import { deadModel, smallModel } from "../fixtures/small_model.ts";
import type { CurvePoint } from "../../src/training/curve.ts";

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
      algorithm: createAlgorithm(paper),
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

Deno.test("trainPolicy() yields a point per step, with the reward as it was paid and the share of right answers", async () => {
  const model = await smallModel();
  const reward = { correct: 100, extracted: 10, missing: 0 };
  const objective = { ...request(model).objective, reward };
  const curve = await curveOf(trainPolicy(request(model, { objective })));
  assertEquals(curve.map(({ step }) => step), [1, 2, 3, 4]);
  for (const point of curve) {
    assert(point.correct >= 0 && point.correct <= 1, `correct ${point.correct}`);
    // All have an answer.
    assertAlmostEquals(point.reward, 10 + 90 * point.correct, 1e-12);
    assertAlmostEquals(point.thoughtTokens + point.answerTokens, point.tokens, 1e-12);
    assertEquals(point.excluded, 0);
  }
  await model.dispose();
});

Deno.test("trainPolicy() trains on rewards whose best is 0", async () => {
  const model = await smallModel();
  const objective = { ...request(model).objective, reward: { correct: 0, extracted: -1, missing: -1 } };
  const curve = await curveOf(trainPolicy(request(model, { objective })));
  for (const point of curve) {
    assertAlmostEquals(point.reward, point.correct - 1, 1e-12);
    assert(Object.values(point).every(Number.isFinite), JSON.stringify(point));
  }
  assert(curve.some(({ gradientNorm }) => gradientNorm > 0));
  await model.dispose();
});

Deno.test("trainPolicy() draws other completions where a problem stands in a step again", async () => {
  const model = await smallModel();
  const source: TrainingSource = {
    ...SOURCE,
    problems: (_, count) => new Array(count).fill({ id: "p", question: "3", answer: "" }),
  };
  const texts: string[] = [];
  const { examination, training } = request(model);
  const text = (completion: Completion) => {
    texts.push([...completionTokens(completion)].join());
    return examination.text(completion);
  };
  const once = { ...training, steps: 1, promptsPerStep: 2 };
  await curveOf(trainPolicy(request(model, { source, training: once, examination: { ...examination, text } })));
  assertNotEquals(texts.slice(0, once.groupSize), texts.slice(once.groupSize));
  await model.dispose();
});

Deno.test("trainPolicy() leaves a completion that the grader failed on out of reward and loss, and counts it", async () => {
  const model = await smallModel();
  const grade = (text: string): Verdict =>
    Number(text) % 3 === 0 ? { equal: false, reason: "grader-error", graderError: "too deep" } : GRADER(text);
  const { examination } = request(model);
  const curve = await curveOf(trainPolicy(request(model, { examination: { ...examination, grade } })));
  assert(curve.every(({ excluded }) => excluded > 0 && excluded < 1), JSON.stringify(curve));
  for (const { reward, correct } of curve) assertAlmostEquals(reward, correct, 1e-12);
  await model.dispose();
});

Deno.test("trainPolicy() stops where the grader fails on everything", async () => {
  const model = await smallModel();
  const grade = (): Verdict => ({ equal: false, reason: "grader-error", graderError: "too deep" });
  const steps = trainPolicy(request(model, { examination: { ...request(model).examination, grade } }));
  await assertRejects(() => steps.next(), BenchError, "at step 1: the grader failed on all 15 completions, expected");
  await model.dispose();
});

Deno.test("trainPolicy() leaves weights as they are where every group is equal and left out", async () => {
  const model = await smallModel();
  const before = await model.weights();
  const { training, examination } = request(model);
  const point = (await curveOf(trainPolicy(request(model, {
    training: { ...training, steps: 1, equalGroups: { draws: 2, then: "leave-out" } },
    examination: { ...examination, grade: () => ({ equal: false, reason: "no-answer" }) },
  }))))[0];
  assertEquals([point.redrawnGroups, point.leftOutGroups, point.reward], [2, 1, 0]);
  assertEquals(["loss", "gradientNorm", "excluded"].filter((figure) => figure in point), []);
  assertEquals(await model.weights(), before);
  await model.dispose();
});

Deno.test("trainPolicy() counts the positions of a completion without those that a rule put there", async () => {
  const model = await smallModel();
  const { settings, objective, training, seed, examination } = request(model);
  const advantage = { kind: "reinforce++-baseline" } as const;
  // Thinking that is not over at its second position is ended by force, and a forced token follows.
  const forcing = { ...settings, thinking: { end: [1], endIsDrawn: true, afterEnd: [4], maxThoughts: 2 } };
  const once = { ...training, steps: 1 };
  const point = (await curveOf(trainPolicy(request(model, {
    settings: forcing,
    training: once,
    objective: { ...objective, advantage },
  }))))[0];

  const other = await smallModel();
  const problems = SOURCE.problems(0, once.promptsPerStep);
  const streams = stepStreams({ seed, step: 1, dataset: SOURCE.name, groupSize: once.groupSize }, problems);
  const prompts = problems.map((problem, b) => ({ ids: examination.prompt(problem), streams: streams[b] }));
  const completions = await rollout(other, prompts, forcing);
  const rewards = completions.map((group) => group.map((own) => GRADER(examination.text(own)).equal ? 1 : 0));
  const gradientNorm = async (length: (completion: Completion) => number) => {
    const advantages = groupAdvantages(rewards, advantage, completions.map((group) => group.map(length)));
    const twin = await smallModel();
    const summary = await updatePolicy({
      model: twin,
      policy: forcing,
      loss: objective.loss,
      optimizer: once.optimizer,
      learningRate: () => 1e-4,
      minibatches: 1,
      updatesBefore: 0,
      groups: prompts.map(({ ids }, b) => ({ prompt: ids, completions: completions[b], advantages: advantages[b] })),
    });
    await twin.dispose();
    return summary.gradientNorm;
  };
  assertEquals(
    point.gradientNorm,
    await gradientNorm(({ steps }) => steps.filter(({ kind }) => kind !== "forced").length),
  );
  assertNotEquals(point.gradientNorm, await gradientNorm(({ steps }) => steps.length));
  await model.dispose();
  await other.dispose();
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

Deno.test("trainPolicy() stops where the model's logits are not finite, and names the step and the problem", async () => {
  const model = await deadModel();
  await assertRejects(
    () => trainPolicy(request(model)).next(),
    BenchError,
    "Cannot draw position 1 of problem 0/0 at step 1: the model's logits hold NaN (id 0), expected finite numbers",
  );
  await model.dispose();
});

Deno.test("trainPolicy() counts a schedule in its unit, and shows the rate of a step's last update", async () => {
  for (const [unit, expected] of [["rollout", [1e-3, 2e-3]], ["update", [3e-3, 6e-3]]] as const) {
    const model = await smallModel();
    const optimizer = {
      ...ADAMW_PRESETS.embedded,
      schedule: { peak: 8e-3, unit, warmUp: 8, decay: { kind: "constant" } },
    } as const;
    const training = { ...request(model).training, steps: 2, minibatches: 3, optimizer };
    const curve = await curveOf(trainPolicy(request(model, { training })));
    curve.forEach(({ learningRate }, i) => assertAlmostEquals(learningRate, expected[i], 1e-12));
    await model.dispose();
  }
});

Deno.test("trainPolicy() says in every step how far the replay is from the draw: rounding, on one engine", async () => {
  const model = await smallModel();
  const curve = await curveOf(trainPolicy(request(model)));
  const learned = curve.filter(({ gradientNorm }) => gradientNorm !== undefined);
  assert(learned.length > 0);
  for (const { step, mismatchMean, mismatchMax } of learned) {
    // Decoding and training sum in other orders: float32 of logits of order 1.
    assert(mismatchMax! >= mismatchMean! && mismatchMax! < 1e-4, `step ${step}: ${mismatchMean}, ${mismatchMax}`);
  }
  await model.dispose();
});
