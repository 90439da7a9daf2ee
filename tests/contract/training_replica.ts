/**
 * Ten training steps of the embedded model by every algorithm agree with PyTorch: `tests/golden/training/replica.py`
 * computes them with transformers, autograd and torch.optim, and shares nothing but the noise's definition.
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { ADVANTAGE_PRESETS, type AdvantageConfig } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { type AnswerConfig, createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import type { TestedBackend } from "../backend/backends.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import type { OptimizerConfig } from "../../src/training/optimizer.ts";
import type { ThinkingRule } from "../../src/rollout/rollout.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import type { Verdict } from "../../src/grading/grade.ts";
import { type TrainingRequest, trainPolicy } from "../../src/training/trainer.ts";
import golden from "../golden/training/replica.json" with { type: "json" };

export const REPLICA_MODEL = "models/tiny";
const PAD = 0;
const END = 1;
const END_THINK = 5;
const BOX = 6;

/**
 * A figure may lie from PyTorch's as far as this many times the distance of PyTorch's own 32-bit run from its 64-bit one,
 * in the same step or, where that is small by luck, in the median step: our sums run in another order. Most lie within 2
 * times; the largest seen is 25, of a divergence of which that distance is 5e-7. Texts must agree exactly: no choice of the
 * golden run was nearer to another outcome than its `leastMargins`.
 */
const ROUNDINGS = 30;
/**
 * And never farther than this share of it, this much and that distance together, however badly conditioned a step is:
 * logits of the two are 1e-5 apart, and a k3 near zero feels their difference most.
 */
const LIMITS = {
  loss: { share: 1e-4, absolute: 2e-5 },
  gradientNorm: { share: 2e-3, absolute: 0 },
  kl: { share: 5e-2, absolute: 5e-7 },
  thoughtLogDensity: { share: 0, absolute: 5e-4 },
  tokenLogDensity: { share: 0, absolute: 5e-4 },
} as const;
type Figure = keyof typeof LIMITS;
/** Sums of 64 bits in another order: all that is left of a loss whose ratios are 1, which no model's rounding enters. */
const SUMMATION = 1e-14;
/** Of the distance that a tensor has moved; PyTorch's own precisions differ by less than 5e-4. */
const DRIFT_TOLERANCE = 1e-3;
/**
 * Of the learning rate: single weights move up to 20 times that far; the largest distance seen is a fortieth of it, where
 * a gradient was little more than rounding.
 */
const WEIGHT_TOLERANCE = 0.05;

/** What one case sets, as the replica does; β is the golden file's. */
interface Case {
  readonly algorithm: AlgorithmConfig;
  readonly answers: AnswerConfig;
  readonly thinking: ThinkingRule;
  readonly paid: Omit<TrainingRequest["objective"], "loss">;
  readonly loss: LossConfig;
}

const DISCRETE = ALGORITHM_PRESETS["discrete-grpo"].paper;
const MULTIPLEX = ALGORITHM_PRESETS["multiplex-grpo"];
const { paper: PAPER, release: RELEASE } = ALGORITHM_PRESETS["soft-thinking-grpo"];
const DRAWN_END: ThinkingRule = { end: [END_THINK], endIsDrawn: true, afterEnd: [] };
const PAID = { correct: 1, extracted: 0, missing: 0 };
const GRPO = { advantage: ADVANTAGE_PRESETS.verl, reward: PAID };
type Draws = Pick<Case, "algorithm" | "answers" | "thinking">;

/** SofT-GRPO's filter, for thoughts and answers alike. */
const FILTER = { temperature: 1, topK: 5, topP: 0.95 } as const;

/** Discrete GRPO under {@link FILTER}, scored over the whole vocabulary or over what the draw kept. */
function filtered(support: "full" | "kept"): Draws {
  const kept = support === "kept" ? { support } : {};
  return {
    algorithm: { name: "discrete-grpo", filter: FILTER, ...kept },
    answers: { rule: "sample", filter: FILTER, ...kept },
    thinking: DRAWN_END,
  };
}

const UNFILTERED: Draws = {
  algorithm: DISCRETE,
  answers: { rule: "sample", filter: DISCRETE.filter },
  thinking: DRAWN_END,
};
const RELEASE_DRAWS: Draws = {
  algorithm: RELEASE,
  answers: { rule: "argmax-noised", filter: RELEASE.filter, perturbation: RELEASE.perturbation },
  thinking: DRAWN_END,
};
const ON_POLICY = LOSS_PRESETS["on-policy"];
/** Under {@link FILTER}, for as many latent positions as soft GRPO thinks at most. */
function latent(support: "full" | "kept"): Draws {
  return {
    algorithm: { ...ALGORITHM_PRESETS.lepo.controlled, support },
    answers: { rule: "sample", filter: FILTER },
    thinking: {
      ...DRAWN_END,
      minThoughts: golden.maxThoughts,
      maxThoughts: golden.maxThoughts,
      atMaximum: "go-on",
    },
  };
}

/** Discrete GRPO under the filter with advantages that aim at Pass@k, as `advantage` has them. */
function passAtK(advantage: AdvantageConfig): Case {
  return { ...filtered("full"), paid: { advantage, reward: PAID }, loss: ON_POLICY };
}

/** Multiplex Thinking or CoT2, by a preset's law. */
function multiplex(preset: keyof typeof MULTIPLEX, loss: LossConfig): Case {
  return { ...UNFILTERED, algorithm: MULTIPLEX[preset], paid: GRPO, loss };
}

type CaseName = keyof typeof golden.cases;

const CASES: Record<CaseName, Case> = {
  "discrete-grpo": { ...UNFILTERED, paid: GRPO, loss: { ...LOSS_PRESETS.verl, trainInputs: false } },
  "discrete-grpo-inputs": { ...UNFILTERED, paid: GRPO, loss: LOSS_PRESETS.verl },
  "discrete-grpo-filtered-inputs": { ...filtered("full"), paid: GRPO, loss: { ...ON_POLICY, trainInputs: true } },
  "discrete-grpo-kept": { ...filtered("kept"), paid: GRPO, loss: ON_POLICY },
  "discrete-grpo-kept-kl-times-ratio": {
    ...filtered("kept"),
    paid: GRPO,
    loss: { ...LOSS_PRESETS.verl, kl: { ...LOSS_PRESETS.verl.kl, timesRatio: true }, trainInputs: false },
  },
  "discrete-grpo-best": passAtK(ADVANTAGE_PRESETS["pass-at-k-best-unscaled"]),
  "discrete-grpo-best-scaled": passAtK(ADVANTAGE_PRESETS["pass-at-k-best"]),
  "discrete-grpo-pass-at-4": passAtK(ADVANTAGE_PRESETS["pass-at-4"]),
  "soft-tokens-grpo": {
    algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft,
    answers: { rule: "sample", filter: DISCRETE.filter },
    thinking: { end: [END_THINK], endIsDrawn: false, afterEnd: [BOX], maxThoughts: golden.maxThoughts },
    paid: { advantage: ADVANTAGE_PRESETS.rloo, reward: { correct: 100, extracted: 10, missing: 0 } },
    loss: LOSS_PRESETS["soft-tokens-grpo"],
  },
  "soft-thinking-grpo-paper": {
    algorithm: PAPER,
    answers: { rule: "sample", filter: PAPER.filter },
    thinking: DRAWN_END,
    paid: GRPO,
    loss: LOSS_PRESETS["soft-thinking-grpo-paper"],
  },
  "soft-thinking-grpo-release": {
    ...RELEASE_DRAWS,
    paid: GRPO,
    loss: LOSS_PRESETS["soft-thinking-grpo-release"],
  },
  "soft-thinking-grpo-release-minibatches": {
    ...RELEASE_DRAWS,
    paid: GRPO,
    loss: LOSS_PRESETS["soft-thinking-grpo-release"],
  },
  lepo: { ...latent("full"), paid: GRPO, loss: LOSS_PRESETS.lepo },
  "lepo-kept": { ...latent("kept"), paid: GRPO, loss: ON_POLICY },
  "multiplex-grpo-release": multiplex("release", { ...ON_POLICY, surrogate: LOSS_PRESETS.verl.surrogate }),
  "multiplex-grpo-paper": multiplex("paper", { ...ON_POLICY, kl: { estimator: "closed-form", coefficient: 0 } }),
  "multiplex-grpo-mean": multiplex("mean", { ...ON_POLICY, trainInputs: true }),
  "multiplex-grpo-cot2": multiplex("cot2", { ...LOSS_PRESETS.verl, trainInputs: false }),
  "multiplex-grpo-cot2-release": multiplex("cot2-release", { ...LOSS_PRESETS.verl, trainInputs: false }),
};

const OPTIMIZER: Omit<OptimizerConfig, "schedule"> = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: golden.epsilon,
  weightDecay: golden.weightDecay,
  maxGradientNorm: 1,
};

/** The last complete box after the thinking, compared as text. */
function gradeText(text: string, gold: string): Verdict {
  const answer = text.slice(text.indexOf("</think>") + 1);
  const boxes = text.includes("</think>") ? [...answer.matchAll(/\\boxed\{([^{}]*)\}/g)] : [];
  const extracted = boxes.at(-1)?.[1];
  if (extracted === undefined) return { equal: false, reason: "no-answer" };
  const equal = extracted === gold;
  return { equal, extracted, canonical: extracted, reason: equal ? "same-value" : "different" };
}

/** One step of a golden run; figures are null where no group had a gradient. */
type GoldenPoint = Readonly<Record<Figure | "clipped", number | null>> & {
  readonly textsSha256: string;
  readonly firstText: string;
  readonly reward: number;
  readonly tokens: number;
  readonly rounding: Readonly<Record<Figure, number>>;
};

/** How far a figure of one step, counted from 1, may lie from that of the golden curve. */
function tolerance(curve: readonly GoldenPoint[], step: number, figure: Figure): number {
  const { [figure]: value, rounding } = curve[step - 1];
  const median = curve.map(({ rounding }) => rounding[figure]).toSorted((a, b) => a - b)[curve.length >> 1];
  const { share, absolute } = LIMITS[figure];
  const limit = share * Math.abs(value!) + absolute + rounding[figure];
  return Math.max(Math.min(ROUNDINGS * Math.max(rounding[figure], median), limit), SUMMATION);
}

/** Registers the first steps of every algorithm for one backend; after all ten of them, weights are compared too. */
export function testReplica(backend: TestedBackend, steps = golden.steps): void {
  for (const name of Object.keys(CASES) as CaseName[]) testCase(backend, name, CASES[name], steps);
}

function testCase(backend: TestedBackend, name: CaseName, setting: Case, count: number): void {
  Deno.test({
    name: `${backend.name}: ${count} training steps agree with PyTorch's replica: ${name}`,
    ignore: backend.missing !== undefined,
  }, async () => {
    const expected = golden.cases[name];
    const curve: readonly GoldenPoint[] = expected.curve;
    const questions = golden.questions[`${expected.questionSeed}` as keyof typeof golden.questions];
    const checkpoint = await loadCheckpoint(REPLICA_MODEL);
    const tokenizer = await loadTokenizer(REPLICA_MODEL);
    const model = await backend.create(checkpoint.config, checkpoint.weights);
    const reference = await backend.create(checkpoint.config, checkpoint.weights);
    const initial = await model.weights();
    const algorithm = createAlgorithm(setting.algorithm, await model.coordinateRms([PAD, END]));
    if ("noiseDeviation" in algorithm) {
      assertAlmostEquals(algorithm.noiseDeviation as number, expected.noiseDeviation, 1e-9);
    }
    const { loss } = setting;
    const kl = loss.kl && { kl: { ...loss.kl, coefficient: expected.beta } };
    let texts: string[] = [];
    const steps = trainPolicy({
      model,
      reference,
      objective: { ...setting.paid, loss: { ...loss, ...kl } },
      training: {
        source: "replica",
        steps: count,
        promptsPerStep: questions[0].length,
        groupSize: golden.group,
        minibatches: expected.minibatches,
        optimizer: {
          ...OPTIMIZER,
          schedule: { peak: expected.learningRate, warmUp: golden.warmUp, decay: { kind: "constant" } },
        },
        checkpointEvery: count,
      },
      settings: {
        algorithm,
        answers: createAnswerSampler(setting.answers),
        thinking: setting.thinking,
        endTokens: [END],
        maxNewTokens: golden.maxNewTokens,
      },
      source: {
        name: "replica",
        version: "1",
        problems: (step) =>
          questions[step].map(([question, answer], i) => ({ id: `q/${step + 1}/${i}`, question, answer })),
      },
      seed: expected.seed,
      examination: {
        prompt: ({ question }) => tokenizer.encode(`<user>${question}<assistant><think>`),
        text: (completion) => {
          texts.push(tokenizer.decode(completionTokens(completion)));
          return texts.at(-1)!;
        },
        grade: (text, { answer }) => gradeText(text, answer),
      },
    });
    for await (const point of steps) {
      const step = curve[point.step - 1];
      const place = `step ${point.step}`;
      assertEquals(texts[0], step.firstText, place);
      // No draw of the replica was nearer than its least margin to another outcome, so that all texts must agree.
      assertEquals(createHash("sha256").update(texts.join("\n")).digest("hex"), step.textsSha256, place);
      texts = [];
      // The replica's is a share of what a right answer is paid.
      assertAlmostEquals(point.reward / setting.paid.reward.correct, step.reward, 1e-12, place);
      assertAlmostEquals(point.tokens!, step.tokens, 1e-12, place);
      assertAlmostEquals(point.clipped ?? 0, step.clipped ?? 0, 1e-12, `${place}: clipped`);
      for (const figure of Object.keys(LIMITS) as Figure[]) {
        const value = step[figure];
        // A step without any gradient has no such figure.
        if (value === null) assertEquals(point[figure] ?? 0, 0, `${place}: ${figure}`);
        else assertAlmostEquals(point[figure]!, value, tolerance(curve, point.step, figure), `${place}: ${figure}`);
      }
    }

    const trained = await model.weights();
    // The golden ones are those after all steps.
    const drifts = count === golden.steps ? Object.entries(expected.drift) : [];
    for (const [tensor, norm] of drifts) {
      const [before, after] = [initial.get(tensor)!.data, trained.get(tensor)!.data];
      const drift = Math.hypot(...after.map((value, i) => value - before[i]));
      assertAlmostEquals(drift, norm, DRIFT_TOLERANCE * norm, tensor);
      const first = expected.weights[tensor as keyof typeof expected.weights];
      first.forEach((value, i) =>
        assertAlmostEquals(after[i], value, WEIGHT_TOLERANCE * expected.learningRate, tensor)
      );
    }
    await model.dispose();
    await reference.dispose();
  });
}
