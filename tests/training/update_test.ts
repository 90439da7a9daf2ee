import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import type { ThoughtAlgorithm } from "../../src/algorithms/algorithm.ts";
import { groupAdvantages } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { UsageError } from "../../src/errors.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { collectStepDensities } from "../../src/training/loss/step_density.ts";
import type { LanguageModel, NamedTensors } from "../../src/models/language_model.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { replayInputs } from "../../src/rollout/step_inputs.ts";
import { type AdvantageGroup, updatePolicy, type UpdateRequest } from "../../src/training/update.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { randomWeights, SMALL_CONFIG, smallModel } from "../fixtures/small_model.ts";

const REWARDS = [[1, 0, 0], [1, 1, 1], [0, 1, 1]];

function settings(): RolloutSettings {
  const { paper } = ALGORITHM_PRESETS["soft-thinking-grpo"];
  return {
    algorithm: createAlgorithm(paper),
    answers: createAnswerSampler({ rule: "sample", filter: paper.filter }),
    thinking: { end: [1], endIsDrawn: true, afterEnd: [] },
    endTokens: [0],
    maxNewTokens: 7,
  };
}

async function request(
  model: LanguageModel,
  overrides: Partial<Omit<UpdateRequest, "model" | "policy" | "groups">> = {},
  policy = settings(),
): Promise<UpdateRequest> {
  const prompts = REWARDS.map((rewards, b) => ({
    ids: Int32Array.of(2 + b, 5),
    streams: rewards.map((_, sample) =>
      noiseStream({ seed: 1, purpose: "test", dataset: "", problem: `${b}`, sample })
    ),
  }));
  const completions = await rollout(model, prompts, { ...policy, keepDensities: true });
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
    learningRate: () => 0.01,
    minibatches: 1,
    updatesBefore: 0,
    groups,
    ...overrides,
  };
}

Deno.test("updatePolicy() on-policy has ratio 1, clips nothing and moves the weights", async () => {
  const model = await smallModel();
  const before = await model.weights();
  const summary = await updatePolicy(await request(model));
  assertEquals([summary.ratio, summary.clipped], [1, 0]);
  assert(!("kl" in summary));
  assert(summary.gradientNorm! > 0);
  assertNotEquals(await model.weights(), before);
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

Deno.test("updatePolicy() in minibatches is off-policy after the first, counts its steps and has a rate for each", async () => {
  const model = await smallModel();
  const steps: [number, number][] = [];
  const { update } = model;
  Object.assign(model, {
    update: (step: Parameters<typeof update>[0]) => {
      steps.push([step.step, step.learningRate]);
      return update.call(model, step);
    },
  });
  const learningRate = (minibatch: number) => 0.01 + 0.001 * minibatch;
  const summary = await updatePolicy(await request(model, { minibatches: 3, updatesBefore: 6, learningRate }));
  assertEquals(steps, [[7, 0.01], [8, 0.011], [9, 0.012]]);
  assertEquals(summary.learningRate, 0.012);
  assert(Math.abs(summary.ratio! - 1) > 1e-4, `ratio ${summary.ratio}`);
  await model.dispose();
});

Deno.test("updatePolicy() leaves minibatches without an active group out of its means", async () => {
  const [model, alone] = [await smallModel(), await smallModel()];
  const whole = await request(model, { minibatches: 3 });
  const equal = { ...whole.groups[1], advantages: new Float64Array(3) };
  // The first and the third have no contrast; the second is on-policy still, as a gradient of zero moves nothing.
  const groups = [equal, whole.groups[0], equal];
  const summary = await updatePolicy({ ...whole, groups });
  const expected = await updatePolicy({ ...whole, model: alone, groups: [whole.groups[0]], minibatches: 1 });
  assertEquals(summary.ratio, 1);
  for (const figure of ["thoughtLogDensity", "entropy", "gradientNorm", "clipped"] as const) {
    assertEquals(summary[figure], expected[figure], figure);
  }
  assertEquals(summary.loss, expected.loss! / 3);
  await model.dispose();
  await alone.dispose();
});

Deno.test("updatePolicy() counts each bound of the ratio, and all three together", async () => {
  const model = await smallModel();
  const loss: LossConfig = {
    ...LOSS_PRESETS["on-policy"],
    surrogate: { kind: "clipped-ratio", low: 0.2, high: 0.3, dual: 3 },
    oldDensity: "drawn",
  };
  const [group] = (await request(model)).groups;
  // Of the thoughts of the first completion, whose advantage is positive, and of the others, which have a negative one.
  const ratios = [[1.4, 1.25], [5, 4, 3.5], [0.5, 2]];
  const completions = group.completions.map((completion, g) => ({
    ...completion,
    steps: completion.steps.map((step, t) => {
      if (step.kind !== "thought") return step;
      const drawnLogDensity = step.action.drawnLogDensity! - Math.log(ratios[g][t] ?? 1);
      return { ...step, action: { ...step.action, drawnLogDensity } };
    }),
  }));
  const thoughts = completions.map(({ steps }) => steps.findIndex(({ kind }) => kind !== "thought"));
  thoughts.forEach((count, g) => assert(count === -1 || count >= ratios[g].length, `only ${count} thoughts`));
  const positions = completions.flatMap(({ steps }) => steps).length;
  const summary = await updatePolicy(
    await request(model, { loss }).then((whole) => ({
      ...whole,
      groups: [{ ...group, completions }],
    })),
  );
  assertAlmostEquals(summary.clippedHigh!, 1 / positions, 1e-12);
  assertAlmostEquals(summary.clippedDual!, 3 / positions, 1e-12);
  assertAlmostEquals(summary.clippedLow!, 1 / positions, 1e-12);
  assertAlmostEquals(summary.clipped!, 5 / positions, 1e-12);
  await model.dispose();
});

Deno.test("updatePolicy() measures draw against replay before the first update, over positions of all minibatches", async () => {
  const model = await smallModel();
  const whole = await request(model, { minibatches: 3, learningRate: () => 0.1 });
  const { mismatchMean, mismatchMax, ratio } = await updatePolicy(whole);
  assert(Math.abs(ratio! - 1) > 1e-3, "the update must move the policy");
  // Logits of decoding and of training differ by rounding, and scores multiply it.
  assert(mismatchMax! < 1e-4 && mismatchMean! <= mismatchMax!, `mismatch ${mismatchMean}, at most ${mismatchMax}`);
  await model.dispose();

  const other = await smallModel();
  const base = settings();
  const policy = { ...base, thinking: { ...base.thinking, maxThoughts: 2 } };
  const [first, , last] = (await request(other, {}, policy)).groups;
  const groups = [first, last];
  const replays = groups.map(({ prompt, completions }) => ({
    prompt,
    completions: completions.map((completion) => replayInputs(completion, other.config.hiddenSize)),
  }));
  const densities = await collectStepDensities(other, whole.policy, replays, groups.map((group) => group.completions));
  let known = 0;
  let sum = 0;
  // Tokens of the first group were drawn 1 off, those of the last 3 off, as an engine of another precision would say.
  const shifted = groups.map((group, b) => ({
    ...group,
    completions: group.completions.map((completion, g) => ({
      ...completion,
      steps: completion.steps.map((step, t) => {
        if (step.kind !== "token") return step;
        known++;
        sum += 1 + 2 * b;
        return { ...step, drawnLogDensity: densities[b][g].logDensities[t] - 1 - 2 * b };
      }),
    })),
  }));
  const thoughts = shifted.flatMap((group) => group.completions).flatMap(({ steps }) => steps)
    .filter(({ kind }) => kind === "thought").length;
  const summary = await updatePolicy({ ...whole, model: other, minibatches: 2, groups: shifted });
  assert(thoughts > 0 && known > thoughts);
  assertAlmostEquals(summary.mismatchMean!, sum / (known + thoughts), 1e-4);
  assertAlmostEquals(summary.mismatchMax!, 3, 1e-4);
  await other.dispose();
});

Deno.test("updatePolicy() trains nothing on excluded completions", async () => {
  const [model, alone] = [await smallModel(), await smallModel()];
  const whole = await request(model);
  const [group] = whole.groups;
  const excluded = { ...group, advantages: Float64Array.of(0.5, 9, -0.5), excluded: [false, true, false] };
  const without = {
    ...group,
    completions: [group.completions[0], group.completions[2]],
    advantages: Float64Array.of(0.5, -0.5),
  };
  const summary = await updatePolicy({ ...whole, groups: [excluded] });
  const expected = await updatePolicy({ ...whole, model: alone, groups: [without] });
  for (const [figure, value] of Object.entries(expected)) {
    // Sums of gradients run in another order.
    assertAlmostEquals(summary[figure as keyof typeof expected]!, value, 1e-6, figure);
  }
  assertEquals(Object.keys(summary), Object.keys(expected));
  await model.dispose();
  await alone.dispose();
});

Deno.test("updatePolicy() without any active group has a loss and no other figure, and counts as an update", async () => {
  const model = await smallModel();
  const whole = await request(model, { minibatches: 3 });
  let updates = 0;
  const { update } = model;
  Object.assign(model, { update: (...args: Parameters<typeof update>) => (updates++, update.apply(model, args)) });
  const groups = whole.groups.map((group) => ({ ...group, advantages: new Float64Array(3) }));
  assertEquals(await updatePolicy({ ...whole, groups }), { learningRate: 0.01, loss: 0, policyLoss: 0 });
  assertEquals(updates, 3);
  await model.dispose();
});

Deno.test("updatePolicy() with ratios over sequences agrees with ratios over tokens at the first minibatch", async () => {
  const gspo: LossConfig = { ...LOSS_PRESETS["on-policy"], ratioOver: "sequence-mean" };
  const model = await smallModel();
  const summary = await updatePolicy(await request(model, { loss: gspo }));
  assertEquals(summary.ratio, 1);
  await model.dispose();
});

/** How often a model is asked for logits without gradients. */
function countForwards(model: LanguageModel): { count: number } {
  const asked = { count: 0 };
  const { forward } = model;
  Object.assign(model, {
    forward: (...args: Parameters<typeof forward>) => (asked.count++, forward.apply(model, args)),
  });
  return asked;
}

const KL = { estimator: "k3", coefficient: 0.3 } as const;
const PASSES: [string, Partial<LossConfig>, number, [model: number, reference: number]][] = [
  ["on-policy", {}, 1, [0, 0]],
  ["off-policy: the old densities", {}, 3, [1, 0]],
  ["ratios over sequences, on-policy", { ratioOver: "sequence-mean" }, 1, [0, 0]],
  ["ratios over sequences, off-policy: the current ones of each minibatch too", { ratioOver: "sequence-mean" }, 3, [
    4,
    0,
  ]],
  ["a divergence", { kl: KL }, 3, [1, 1]],
  ["a divergence of coefficient 0", { kl: { ...KL, coefficient: 0 } }, 1, [0, 0]],
];
for (const [name, change, minibatches, expected] of PASSES) {
  Deno.test(`updatePolicy() asks for no more densities than the loss needs: ${name}`, async () => {
    const [model, reference] = [await smallModel(), await smallModel()];
    const loss = { ...LOSS_PRESETS["on-policy"], ...change };
    const whole = await request(model, { loss, minibatches, reference });
    const asked = [countForwards(model), countForwards(reference)];
    await updatePolicy(whole);
    assertEquals(asked.map(({ count }) => count), expected);
    await model.dispose();
    await reference.dispose();
  });
}

Deno.test("updatePolicy() takes a divergence in closed form where the algorithm has one", async () => {
  const [model, reference] = [await smallModel(), await smallModel()];
  const policy = settings();
  let exact = 0;
  const divergence = policy.algorithm.divergence!;
  const algorithm: ThoughtAlgorithm = {
    ...policy.algorithm,
    divergence: { ...divergence, value: (...args) => (exact++, divergence.value(...args)) },
  };
  const loss = LOSS_PRESETS["soft-thinking-grpo-paper"];
  const whole = await request(model, { loss, reference }, { ...policy, algorithm });
  await updatePolicy(whole);
  const steps = whole.groups.flatMap(({ completions }) => completions).flatMap((completion) => completion.steps);
  assertEquals(exact, steps.filter(({ kind }) => kind === "thought").length);
  await model.dispose();
  await reference.dispose();
});

Deno.test("updatePolicy() finds no divergence from itself, and a growing one from the policy it started from", async () => {
  const loss = LOSS_PRESETS["soft-thinking-grpo-paper"];
  const [model, reference] = [await smallModel(), await smallModel()];
  const first = await updatePolicy(await request(model, { loss, reference }));
  assertAlmostEquals(first.kl!, 0, 1e-6);
  const second = await updatePolicy(await request(model, { loss, reference, updatesBefore: 1 }));
  assert(second.kl! > 1e-4, `kl ${second.kl}`);
  await model.dispose();
  await reference.dispose();
});

/** One update that moves nothing: its loss, and the gradient that AdamW would have been given. */
async function gradientOf(request: UpdateRequest): Promise<{ loss: number; gradients: NamedTensors }> {
  const { model } = request;
  const { update } = model;
  let gradients: NamedTensors = new Map();
  Object.assign(model, {
    update: async (step: Parameters<typeof update>[0]) => {
      gradients = await model.gradients();
      return update.call(model, { ...step, learningRate: 0 });
    },
  });
  const { loss } = await updatePolicy(request);
  Object.assign(model, { update });
  return { loss: loss!, gradients };
}

const TABLE = "model.embed_tokens.weight";
const HEADS = [{ tied: true }, { tied: false }];
const THOUGHTS: AlgorithmConfig[] = [
  ALGORITHM_PRESETS["discrete-grpo"].paper,
  ALGORITHM_PRESETS["soft-thinking-grpo"].paper,
];
for (const { tied } of HEADS) {
  for (const algorithm of THOUGHTS) {
    Deno.test(`the table's gradient is whole with trainInputs alone: ${algorithm.name}, tied head ${tied}`, async () => {
      const config = { ...SMALL_CONFIG, tiedEmbeddings: tied };
      const weights = randomWeights(config);
      const model = await createEngine(config, weights, { workers: 1 });
      const policy = { ...settings(), algorithm: createAlgorithm(algorithm, await model.coordinateRms()) };
      // Without a ratio the loss's value moves with the weights, so that it can be compared with differences.
      const loss: LossConfig = { ...LOSS_PRESETS["on-policy"], surrogate: { kind: "log-density" } };
      const whole = await request(model, { loss: { ...loss, trainInputs: true } }, policy);
      const detached = { ...whole, loss };
      const { gradients } = await gradientOf(whole);
      const { gradients: outputs } = await gradientOf(detached);
      const gradient = gradients.get(TABLE)!.data;
      const outputGradient = outputs.get(TABLE)!.data;

      // Along its own direction, in which it is the norm.
      const norm = Math.hypot(...gradient);
      const table = weights.get(TABLE)!;
      const moved = async (step: number) => {
        const data = table.data.map((value, i) => value + step * gradient[i] / norm);
        await model.restore(new Map([...weights, [TABLE, { ...table, data }]]));
        return (await gradientOf(detached)).loss;
      };
      const step = 2 ** -6;
      const difference = (await moved(step) - await moved(-step)) / (2 * step);
      // Differences err by step² times a third derivative, and by the rounding of logits over the step.
      assertAlmostEquals(difference / norm, 1, 2e-3);

      const missing = Math.hypot(...gradient.map((slope, i) => slope - outputGradient[i])) / norm;
      assert(missing > 0.1, `share of the gradient that flows through inputs: ${missing}`);
      if (!tied) assert(outputGradient.every((slope) => slope === 0));
      const projection = "model.layers.0.self_attn.q_proj.weight";
      assertEquals(gradients.get(projection), outputs.get(projection));
      await model.dispose();
    });
  }
}

Deno.test("updatePolicy() refuses a divergence without a reference", async () => {
  const model = await smallModel();
  const loss = LOSS_PRESETS.verl;
  await assertRejects(async () => updatePolicy(await request(model, { loss })), UsageError, "reference policy");
  await model.dispose();
});
