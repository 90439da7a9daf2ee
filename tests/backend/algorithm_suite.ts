/**
 * Three training steps of every algorithm under explicit noise: sampling, losses and trained weights of a backend against
 * those of tfjs-cpu, which the numerical suite compares with float64. (The algorithms themselves are compared with PyTorch
 * in tests/contract.)
 */
import { assert, assertEquals } from "@std/assert";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { type AnswerConfig, createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import type { ThinkingRule } from "../../src/rollout/rollout.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import type { NamedTensors } from "../../src/models/language_model.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { trainPolicy } from "../../src/training/trainer.ts";
import { type TestedBackend, testedBackend } from "./backends.ts";
import { assertClose, type GoldenCase, loadGoldenCase } from "./golden_case.ts";
import type { CurvePoint } from "../../src/training/curve.ts";

interface AlgorithmCase {
  readonly name: string;
  readonly algorithm: AlgorithmConfig;
  readonly answers: AnswerConfig;
  readonly loss: LossConfig;
  /** In place of at most 4 thoughts and a forced end. */
  readonly thinking?: Partial<ThinkingRule>;
}

const DISCRETE = ALGORITHM_PRESETS["discrete-grpo"].paper;
const { paper: PAPER, release: RELEASE } = ALGORITHM_PRESETS["soft-thinking-grpo"];

export const ALGORITHM_CASES: readonly AlgorithmCase[] = [
  {
    name: "discrete-grpo",
    algorithm: DISCRETE,
    answers: { rule: "sample", filter: DISCRETE.filter },
    loss: LOSS_PRESETS.verl,
  },
  {
    name: "soft-tokens-grpo",
    algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft,
    answers: { rule: "sample", filter: DISCRETE.filter },
    loss: LOSS_PRESETS["soft-tokens-grpo"],
  },
  {
    name: "soft-thinking-grpo, paper",
    algorithm: PAPER,
    answers: { rule: "sample", filter: PAPER.filter },
    loss: LOSS_PRESETS["soft-thinking-grpo-paper"],
  },
  {
    name: "soft-thinking-grpo, release",
    algorithm: RELEASE,
    answers: { rule: "argmax-noised", filter: RELEASE.filter, perturbation: RELEASE.perturbation },
    loss: LOSS_PRESETS["soft-thinking-grpo-release"],
  },
  {
    name: "lepo",
    algorithm: ALGORITHM_PRESETS.lepo.release,
    answers: { rule: "sample", filter: ALGORITHM_PRESETS.lepo.release.filter },
    loss: LOSS_PRESETS.lepo,
    thinking: { minThoughts: 3, maxThoughts: 3, atMaximum: "go-on" },
  },
];

const STEPS = 3;
const [END, END_THINK] = [1, 4];
/**
 * Of a tensor's largest weight, and of losses and norms (relative or absolute, whichever is larger). Logits differ by about
 * 1e-6 between backends, and densities of sharp noise multiply that by up to 1/τ = 10: found are 1e-6 and 5e-6. AdamW has
 * an ε of 1e-3 here, so that gradients of rounding size move nothing.
 */
const WEIGHT_TOLERANCE = 1e-5;
const CURVE_TOLERANCE = 5e-5;

/** What training left. */
export interface Trained {
  readonly tokens: number[][];
  readonly curve: CurvePoint[];
  readonly weights: NamedTensors;
}

/** Some training steps, three by default. */
export async function trainOn(
  backend: Pick<TestedBackend, "create">,
  setting: AlgorithmCase,
  golden: GoldenCase,
  count = STEPS,
): Promise<Trained> {
  const { config, weights } = golden.checkpoint;
  const model = await backend.create(config, weights);
  const reference = model.withoutAdapter?.() ?? await backend.create(config, weights);
  const tokens: number[][] = [];
  const curve: CurvePoint[] = [];
  const steps = trainPolicy({
    model,
    reference,
    objective: {
      advantage: ADVANTAGE_PRESETS.verl,
      reward: { correct: 1, extracted: 0, missing: 0 },
      loss: setting.loss,
    },
    training: {
      source: "made up",
      steps: count,
      promptsPerStep: 2,
      groupSize: 3,
      minibatches: 1,
      optimizer: {
        ...ADAMW_PRESETS.verl,
        epsilon: 1e-3,
        schedule: { peak: 1e-3, warmUp: 0, decay: { kind: "constant" } },
      },
      checkpointEvery: count,
    },
    settings: {
      algorithm: createAlgorithm(setting.algorithm, await model.coordinateRms([END])),
      answers: createAnswerSampler(setting.answers),
      thinking: { end: [END_THINK], endIsDrawn: true, afterEnd: [], maxThoughts: 4, ...setting.thinking },
      endTokens: [END],
      maxNewTokens: 7,
    },
    source: {
      name: "made up",
      version: "1",
      problems: (step) => [0, 1].map((i) => ({ id: `${step}/${i}`, question: `${2 + i}`, answer: "" })),
    },
    seed: 5,
    examination: {
      prompt: ({ question }) => golden.ids.subarray(0, Number(question)),
      text: (completion) => {
        tokens.push([...completionTokens(completion)]);
        return String(tokens.at(-1)!.at(-1)! % 2);
      },
      // Any rule that pays some completions of a group and not others.
      grade: (text) =>
        text === "0" ? { equal: true, extracted: text, canonical: text, reason: "same-value" } : NO_ANSWER,
    },
  });
  for await (const point of steps) curve.push(point);
  const trained = { tokens, curve, weights: await model.weights() };
  await model.dispose();
  await reference.dispose();
  return trained;
}

/** Compares texts, curves and what was trained. */
export function assertTrainedAlike(found: Trained, expected: Trained, tolerance = WEIGHT_TOLERANCE): void {
  assertEquals(found.tokens, expected.tokens);
  assert(expected.curve.some(({ gradientNorm }) => gradientNorm! > 0), "no group had unequal rewards");
  found.curve.forEach((point, step) => {
    for (const figure of ["loss", "gradientNorm", "kl"] as const) {
      // Absent in both, or in neither.
      assertEquals(figure in point, figure in expected.curve[step], figure);
      const [a, b] = [point[figure] ?? 0, expected.curve[step][figure] ?? 0];
      assert(Math.abs(a - b) <= CURVE_TOLERANCE * Math.max(1, Math.abs(b)), `${figure} ${a}, expected ${b}`);
    }
  });
  assertEquals([...found.weights.keys()].sort(), [...expected.weights.keys()].sort());
  for (const [name, { data }] of found.weights) {
    assertClose(data, expected.weights.get(name)!.data, tolerance, name);
  }
}

const NO_ANSWER = { equal: false, reason: "no-answer" } as const;

/** The model that is trained. */
export const golden = await loadGoldenCase("qwen2_f32_tied");
const reference = await testedBackend("tfjs-cpu");

/** Registers the suite for one backend, over all algorithms or some of them. */
export function testAlgorithms(backend: TestedBackend, cases: readonly AlgorithmCase[]): void {
  for (const setting of cases) {
    Deno.test({
      name: `${backend.name}, ${setting.name}: three training steps under explicit noise agree with tfjs-cpu`,
      ignore: backend.missing !== undefined,
      fn: async () => {
        const expected = await trainOn(reference, setting, golden);
        const found = await trainOn(backend, setting, golden);
        assertTrainedAlike(found, expected);
        const table = "model.embed_tokens.weight";
        assert(
          found.weights.get(table)!.data.some((value, i) => value !== golden.checkpoint.weights.get(table)!.data[i]),
        );
      },
    });
  }
}
