/**
 * How much crosses the seam between a model and what stands above it: at the vocabulary of Qwen2.5 at most 64 kB a position,
 * where a row of logits alone would be 608 kB.
 */
import { assert, assertEquals } from "@std/assert";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createEngine } from "../../src/engine/engine.ts";
import type { Decoder, LanguageModel } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import type { Readings, Reads, RowLoss } from "../../src/models/readings.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { type AnswerConfig, createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { updatePolicy } from "../../src/training/update.ts";
import { randomWeights, SMALL_CONFIG } from "../fixtures/small_model.ts";

const MOST_BYTES = 64 * 1024;
const VOCABULARY = 151_936;
/** Width of the model of 1.5 B parameters that has this vocabulary; the one here is narrow, and each coordinate is counted up. */
const WIDTH = 1536;
const CONFIG: ModelConfig = { ...SMALL_CONFIG, vocabularySize: VOCABULARY, layers: 1, qkvBias: false };
/** Drawn once: an engine has its own copy. */
const WEIGHTS = randomWeights(CONFIG, 0.1);
const NUMBER_BYTES = 8;

/** Bytes of all numbers in a value; what a model keeps behind a handle does not cross. */
function bytesOf(value: unknown): number {
  if (typeof value === "number") return NUMBER_BYTES;
  if (ArrayBuffer.isView(value)) {
    const coordinates = "length" in value && value.length === CONFIG.hiddenSize;
    return value.byteLength * (coordinates ? WIDTH / CONFIG.hiddenSize : 1);
  }
  if (typeof value !== "object" || value === null || "dispose" in value) return 0;
  if ("gumbelKey" in value) return bytesOf(value.gumbelKey);
  return Object.values(value).reduce((sum: number, part) => sum + bytesOf(part), 0);
}

/** A model that counts what goes in and out, position by position. */
function counted(model: LanguageModel): { model: LanguageModel; positions: number[] } {
  const positions: number[] = [];
  const count = (reads: Reads, { reads: _, ...found }: Readings, more: unknown) =>
    void positions.push(bytesOf(reads) + bytesOf(found) + bytesOf(more));
  const watchLoss = (loss: RowLoss): RowLoss => ({
    reads: (place) => loss.reads(place),
    score(place, readings) {
      const slopes = loss.score(place, readings);
      count(readings.reads, readings, slopes);
      return slopes;
    },
  });
  const watchDecoder = (decoder: Decoder): Decoder => ({
    async readPrompts(reads) {
      const readings = await decoder.readPrompts(reads);
      readings.forEach((own, row) => count(reads[row], own, undefined));
      return readings;
    },
    async step(sequences, inputs, reads) {
      const readings = await decoder.step(sequences, inputs, reads);
      const { width, offset } = inputs;
      const fed = {
        ids: new Int32Array(width),
        weights: new Float32Array(width),
        offset: offset?.subarray(0, CONFIG.hiddenSize),
      };
      readings.forEach((own, row) => count(reads[row], own, fed));
      return readings;
    },
    dispose: () => decoder.dispose(),
  });
  const watched: LanguageModel = Object.create(model, {
    decode: {
      value: async (...args: Parameters<LanguageModel["decode"]>) => watchDecoder(await model.decode(...args)),
    },
    forward: { value: (groups: never, visit: RowLoss) => model.forward(groups, watchLoss(visit)) },
    accumulate: {
      value: (groups: never, loss: RowLoss, options: never) => model.accumulate(groups, watchLoss(loss), options),
    },
    update: { value: (step: never) => model.update(step) },
    coordinateRms: { value: () => model.coordinateRms() },
    config: { value: model.config },
  });
  return { model: watched, positions };
}

const NUCLEUS = { temperature: 0.6, topP: 0.95 };
const SAMPLE: AnswerConfig = { rule: "sample", filter: { temperature: 1 } };
const CLOSED_FORM: LossConfig = { ...LOSS_PRESETS["on-policy"], kl: { estimator: "closed-form", coefficient: 0.1 } };

const CASES: (readonly [name: string, algorithm: AlgorithmConfig, answers: AnswerConfig, loss: LossConfig])[] = [
  ["discrete GRPO", ALGORITHM_PRESETS["discrete-grpo"].paper, SAMPLE, LOSS_PRESETS.verl],
  // A nucleus of nearly flat logits: the most candidates that a filter has, kept for the density.
  [
    "a wide nucleus",
    { name: "discrete-grpo", filter: NUCLEUS, support: "kept" },
    { rule: "sample", filter: NUCLEUS, support: "kept" },
    LOSS_PRESETS["on-policy"],
  ],
  ["SofT-GRPO", ALGORITHM_PRESETS["soft-thinking-grpo"].paper, SAMPLE, CLOSED_FORM],
  ["soft GRPO", ALGORITHM_PRESETS["soft-tokens-grpo"].soft, { rule: "greedy" }, LOSS_PRESETS["soft-tokens-grpo"]],
  ["Multiplex Thinking", ALGORITHM_PRESETS["multiplex-grpo"].release, SAMPLE, CLOSED_FORM],
  ["CoT2, Dirichlet", ALGORITHM_PRESETS["dirichlet-grpo"].release, SAMPLE, LOSS_PRESETS["on-policy"]],
  ["LEPO", ALGORITHM_PRESETS.lepo.release, SAMPLE, LOSS_PRESETS.lepo],
];

for (const [name, algorithm, answers, loss] of CASES) {
  Deno.test(`${name}: at most 64 kB a position cross the seam at a vocabulary of ${VOCABULARY}`, async () => {
    const [own, other] = [
      await createEngine(CONFIG, WEIGHTS, { workers: 1 }),
      await createEngine(CONFIG, WEIGHTS, { workers: 1 }),
    ];
    const { model, positions } = counted(own);
    const reference = counted(other);
    const settings: RolloutSettings = {
      algorithm: createAlgorithm(algorithm, await model.coordinateRms()),
      answers: createAnswerSampler(answers),
      thinking: {
        end: [7],
        endIsDrawn: true,
        afterEnd: [],
        minThoughts: 2,
        maxThoughts: 2,
        atMaximum: "go-on",
        coldStop: { entropyBelow: 1e-3, positions: 9, temperature: 1 },
      },
      endTokens: [],
      maxNewTokens: 3,
      keepDensities: true,
    };
    const streams = [0, 1].map((sample) => noiseStream({ seed: 1, purpose: "seam", dataset: "", problem: "", sample }));
    const prompt = Int32Array.of(5, 100_003);
    const [completions] = await rollout(model, [{ ids: prompt, streams }], settings);
    assertEquals(positions.length, 6);
    await updatePolicy({
      model,
      reference: reference.model,
      policy: settings,
      loss,
      optimizer: ADAMW_PRESETS.embedded,
      learningRate: () => 1e-4,
      minibatches: 1,
      updatesBefore: 0,
      groups: [{ prompt, completions, advantages: Float64Array.of(1, -1) }],
    });
    assertEquals(positions.length, 12);
    assertEquals(reference.positions.length, loss.kl === undefined ? 0 : 6);
    const most = Math.max(...positions, ...reference.positions);
    assert(most > 8 && most <= MOST_BYTES, `${most} bytes`);
    await own.dispose();
    await other.dispose();
  });
}
