import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { groupAdvantages } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { UsageError } from "../../src/errors.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { type LanguageModel } from "../../src/models/language_model.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { type AdvantageGroup, updatePolicy, type UpdateRequest } from "../../src/training/update.ts";
import { smallModel } from "../fixtures/small_model.ts";
import { embeddingTableOf } from "../../src/models/embedding_table.ts";

const REWARDS = [[1, 0, 0], [1, 1, 1], [0, 1, 1]];

function settings(model: LanguageModel): RolloutSettings {
  const { paper } = ALGORITHM_PRESETS["soft-thinking-grpo"];
  return {
    algorithm: createAlgorithm(paper, embeddingTableOf(model)),
    answers: createAnswerSampler({ rule: "sample", filter: paper.filter }),
    thinking: { end: [1], endIsDrawn: true, afterEnd: [] },
    endTokens: [0],
    maxNewTokens: 7,
  };
}

async function request(
  model: LanguageModel,
  overrides: Partial<Omit<UpdateRequest, "model" | "groups">> = {},
): Promise<UpdateRequest> {
  const policy = settings(model);
  const prompts = REWARDS.map((rewards, b) => ({
    ids: Int32Array.of(2 + b, 5),
    streams: rewards.map((_, sample) =>
      noiseStream({ seed: 1, purpose: "test", dataset: "", problem: `${b}`, sample })
    ),
  }));
  const completions = await rollout(model, prompts, policy);
  const advantages = groupAdvantages(REWARDS, { kind: "rloo" });
  const groups = prompts.map(({ ids }, b): AdvantageGroup => ({
    prompt: ids,
    completions: completions[b],
    advantages: advantages[b],
  }));
  return {
    model,
    policy,
    loss: LOSS_PRESETS["on-policy"],
    optimizer: ADAMW_PRESETS.embedded,
    learningRate: 0.01,
    minibatches: 1,
    updatesBefore: 0,
    groups,
    ...overrides,
  };
}

Deno.test("updatePolicy() on-policy has ratio 1, clips nothing and moves the weights", async () => {
  const model = await smallModel();
  const before = embeddingTableOf(model).values.slice();
  const summary = await updatePolicy(await request(model));
  assertEquals([summary.ratio, summary.clipped, summary.kl], [1, 0, 0]);
  assert(summary.gradientNorm > 0);
  assert(embeddingTableOf(model).values.some((value, i) => value !== before[i]));
  await model.dispose();
});

Deno.test("updatePolicy() does not compute groups whose rewards are all equal", async () => {
  const model = await smallModel();
  const { accumulate } = model;
  const seen: number[] = [];
  Object.assign(model, {
    accumulate: (...args: Parameters<typeof accumulate>) => {
      seen.push(args[0].length);
      return accumulate.apply(model, args);
    },
  });
  await updatePolicy(await request(model));
  assertEquals(seen, [2]);
  await model.dispose();
});

Deno.test("updatePolicy() in minibatches is off-policy after the first and counts its steps", async () => {
  const model = await smallModel();
  const steps: number[] = [];
  const { update } = model;
  Object.assign(model, {
    update: (step: Parameters<typeof update>[0]) => {
      steps.push(step.step);
      return update.call(model, step);
    },
  });
  const summary = await updatePolicy(await request(model, { minibatches: 3, updatesBefore: 6 }));
  assertEquals(steps, [7, 8, 9]);
  assert(Math.abs(summary.ratio - 1) > 1e-4, `ratio ${summary.ratio}`);
  await model.dispose();
});

Deno.test("updatePolicy() with ratios over sequences agrees with ratios over tokens at the first minibatch", async () => {
  const gspo: LossConfig = { ...LOSS_PRESETS["on-policy"], ratioOver: "sequence-mean" };
  const model = await smallModel();
  const summary = await updatePolicy(await request(model, { loss: gspo }));
  assertEquals(summary.ratio, 1);
  await model.dispose();
});

Deno.test("updatePolicy() finds no divergence from itself, and a growing one from the policy it started from", async () => {
  const loss = LOSS_PRESETS["soft-thinking-grpo-paper"];
  const [model, reference] = [await smallModel(), await smallModel()];
  const first = await updatePolicy(await request(model, { loss, reference }));
  assertAlmostEquals(first.kl, 0, 1e-6);
  const second = await updatePolicy(await request(model, { loss, reference, updatesBefore: 1 }));
  assert(second.kl > 1e-4, `kl ${second.kl}`);
  await model.dispose();
  await reference.dispose();
});

Deno.test("updatePolicy() refuses a divergence without a reference", async () => {
  const model = await smallModel();
  const loss = LOSS_PRESETS.verl;
  await assertRejects(async () => updatePolicy(await request(model, { loss })), UsageError, "reference policy");
  await model.dispose();
});
