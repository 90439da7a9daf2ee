/** A short training with one draw a step is that of discrete GRPO, number by number; with three it is not. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { trainPolicy } from "../../src/training/trainer.ts";
import { smallModel } from "../fixtures/small_model.ts";

/** Curve and weights of three off-policy steps with a divergence; thinking often ends by a drawn token. */
async function trained(config: AlgorithmConfig) {
  const [model, reference] = [await smallModel(), await smallModel()];
  const steps = trainPolicy({
    model,
    reference,
    objective: {
      advantage: ADVANTAGE_PRESETS.verl,
      loss: LOSS_PRESETS.verl,
      reward: { correct: 1, extracted: 0, missing: 0 },
    },
    training: {
      source: "made-up",
      steps: 3,
      promptsPerStep: 5,
      groupSize: 7,
      minibatches: 2,
      optimizer: { ...ADAMW_PRESETS.embedded, schedule: { peak: 0.02, warmUp: 0, decay: { kind: "constant" } } },
      checkpointEvery: 3,
    },
    settings: {
      algorithm: createAlgorithm(config, await model.coordinateRms()),
      answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1 } }),
      thinking: { end: [1], endIsDrawn: true, afterEnd: [] },
      endTokens: [0],
      maxNewTokens: 11,
    },
    source: {
      name: "made-up",
      version: "1",
      problems: (step, count) =>
        Array.from({ length: count }, (_, i) => ({ id: `${step}/${i}`, question: `${3 + i}`, answer: "" })),
    },
    seed: 2,
    examination: {
      prompt: ({ question }) => Int32Array.of(Number(question), 2),
      text: (completion) => String(completionTokens(completion)[0]),
      grade: (text) => ({
        equal: Number(text) % 2 === 0,
        extracted: text,
        canonical: text,
        reason: Number(text) % 2 === 0 ? "same-value" : "different",
      }),
    },
  });
  const curve = [];
  for await (const { seconds: _, ...point } of steps) curve.push(point);
  const weights = await model.weights();
  await model.dispose();
  await reference.dispose();
  return { curve, weights };
}

const { release, paper, mean, cot2 } = ALGORITHM_PRESETS["multiplex-grpo"];

Deno.test("one draw a step trains as discrete GRPO does, whatever weights and ratio are", async () => {
  const discrete = await trained(ALGORITHM_PRESETS["discrete-grpo"].paper);
  for (const config of [release, paper, mean, cot2]) {
    assertEquals(await trained({ ...config, draws: 1 }), discrete);
  }
});

Deno.test("three draws a step train otherwise, and off-policy each ratio by its own", async () => {
  const curves = [];
  for (const ratioOverDraws of ["each", "product", "mean"] as const) {
    curves.push((await trained({ ...mean, ratioOverDraws })).curve);
  }
  const [each, product, average] = curves;
  // The first rollout is the same, and its second minibatch is the first that moves the weights.
  assertEquals(each[0].gradientNorm, product[0].gradientNorm);
  assertNotEquals(product[0].gradientNorm, average[0].gradientNorm);
  assertNotEquals(each[1].gradientNorm, product[1].gradientNorm);
});
