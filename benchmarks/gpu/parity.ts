/**
 * Whether PyTorch on this device computes what the CPU engine computes: readings, gradients, ten training steps of each
 * algorithm, and the same bytes twice.
 *
 * @module
 */
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { type Checkpoint, loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { loadTrainingSource } from "../../src/datasets/registry.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { sha256 } from "../../src/files/hash.ts";
import { grade } from "../../src/grading/grade.ts";
import type { LanguageModel, NamedTensors, TrainingGroup } from "../../src/models/language_model.ts";
import { tokenRows } from "../../src/models/input_rows.ts";
import type { Readings, Reads, RowLoss } from "../../src/models/readings.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import type { CurvePoint } from "../../src/training/curve.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { trainPolicy } from "../../src/training/trainer.ts";
import { createTorchModel } from "../../src/torch/model.ts";
import type { TorchWorkers } from "../../src/torch/workers.ts";
import type { Section } from "./record.ts";

const FOLDER = "models/tiny";
const STEPS = 10;
const PURE: { readonly temperature: number } = { temperature: 1 };

interface TrainedCase {
  readonly name: string;
  readonly algorithm: AlgorithmConfig;
  readonly loss: LossConfig;
}

const CASES: readonly TrainedCase[] = [
  { name: "discrete", algorithm: ALGORITHM_PRESETS["discrete-grpo"].paper, loss: LOSS_PRESETS.verl },
  {
    name: "soft tokens",
    algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft,
    loss: LOSS_PRESETS["soft-tokens-grpo"],
  },
  {
    name: "soft thinking",
    algorithm: ALGORITHM_PRESETS["soft-thinking-grpo"].paper,
    loss: LOSS_PRESETS["soft-thinking-grpo-paper"],
  },
  {
    name: "soft thinking, released",
    algorithm: ALGORITHM_PRESETS["soft-thinking-grpo"].release,
    loss: LOSS_PRESETS["soft-thinking-grpo-release"],
  },
  { name: "multiplex", algorithm: ALGORITHM_PRESETS["multiplex-grpo"].release, loss: LOSS_PRESETS["on-policy"] },
  { name: "lepo", algorithm: ALGORITHM_PRESETS.lepo.release, loss: LOSS_PRESETS.lepo },
];

/** About the size of an advantage. Where ratios are 1 a loss is their sum, which may be rounding alone. */
const ADVANTAGE = 1;

/** Runs the section; the workers compute in 32 bits. */
export async function paritySection(workers: TorchWorkers): Promise<Section> {
  const checkpoint = await loadCheckpoint(FOLDER);
  const openEngine = () => createEngine(checkpoint.config, checkpoint.weights);
  const openTorch = () => createTorchModel(workers, checkpoint);
  const rows: (readonly (string | number)[])[] = [];
  rows.push(["readings of one position", "largest difference", await readingDifference(openEngine, openTorch)]);
  rows.push(["gradients", "relative to a tensor's largest", await gradientDifference(openEngine, openTorch)]);
  for (const setting of CASES) {
    const expected = await trained(openEngine, checkpoint, setting);
    const found = await trained(openTorch, checkpoint, setting);
    const again = await trained(openTorch, checkpoint, setting);
    rows.push(
      [`ten steps, ${setting.name}`, "texts that are the same", sameTexts(found, expected)],
      [
        `ten steps, ${setting.name}`,
        "difference of losses, of the largest or of 1",
        curveDifference(found, expected, "loss", ADVANTAGE),
      ],
      [
        `ten steps, ${setting.name}`,
        "difference of gradient norms, of the largest",
        curveDifference(found, expected, "gradientNorm", 0),
      ],
      [`ten steps, ${setting.name}`, "weights of two runs", found.weights === again.weights ? "same bytes" : "differ"],
    );
  }
  return { title: "Parity with the CPU engine (32 bits)", columns: ["what", "figure", "found"], rows };
}

const IDS = Int32Array.of(3, 7, 9, 11, 20);
const READS: Reads = { top: 5, at: Int32Array.of(2, 3, 5), logSumExp: [1, 0.5], entropy: [1], meanEmbedding: 0.5 };

async function readingDifference(...open: (() => Promise<LanguageModel>)[]): Promise<number> {
  const [a, b] = await Promise.all(open.map(async (start) => {
    const model = await start();
    const decoder = await model.decode([IDS], [1], 3);
    await decoder.readPrompts([READS]);
    const [readings] = await decoder.step(Int32Array.of(0), tokenRows(Int32Array.of(5)), [READS]);
    decoder.dispose();
    await model.dispose();
    return numbersOf(readings);
  }));
  return largestDifference(a, b);
}

function numbersOf({ top, at, masses, entropy, meanEmbedding }: Readings): number[] {
  return [...top!.ids, ...top!.logits, ...at!, ...masses!, ...entropy!, ...meanEmbedding!];
}

const GROUPS: readonly TrainingGroup[] = [
  { prompt: IDS, completions: [tokenRows(Int32Array.of(4, 9, 2)), tokenRows(Int32Array.of(8, 12))] },
  { prompt: IDS.subarray(1), completions: [tokenRows(Int32Array.of(10))] },
];

/** Some slopes of every kind, from no algorithm. */
const WAVES: RowLoss = {
  reads: () => READS,
  score: ({ group, completion, action }) => {
    const wave = (i: number, length: number) =>
      Float64Array.from({ length }, (_, j) => Math.cos(1 + i + 0.7 * j + group + 2 * completion + 3 * action));
    return {
      at: wave(0, 3),
      logSumExp: wave(1, 2),
      entropy: wave(2, 1),
      meanEmbedding: { values: wave(3, 128), scale: 1 },
    };
  },
};

async function gradientDifference(...open: (() => Promise<LanguageModel>)[]): Promise<number> {
  const [a, b] = await Promise.all(open.map(async (start) => {
    const model = await start();
    await model.accumulate(GROUPS, WAVES, { trainInputs: true });
    const gradients = await model.gradients();
    await model.dispose();
    return gradients;
  }));
  return Math.max(...[...a].map(([name, { data }]) => {
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    return largestDifference(data, b.get(name)!.data) / largest;
  }));
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (value, i) => Math.abs(value - b[i])).reduce((most, own) => Math.max(most, own), 0);
}

interface Trained {
  readonly texts: readonly string[];
  readonly curve: readonly CurvePoint[];
  readonly weights: string;
}

async function trained(
  open: () => Promise<LanguageModel>,
  { endTokens }: Checkpoint,
  setting: TrainedCase,
): Promise<Trained> {
  const model = await open();
  const reference = await open();
  const tokenizer = await loadTokenizer(FOLDER);
  const texts: string[] = [];
  const curve: CurvePoint[] = [];
  const steps = trainPolicy({
    model,
    reference,
    objective: {
      advantage: ADVANTAGE_PRESETS.verl,
      loss: setting.loss,
      reward: { correct: 1, extracted: 0, missing: 0 },
    },
    training: {
      source: "arithmetic",
      steps: STEPS,
      promptsPerStep: 3,
      groupSize: 5,
      minibatches: 1,
      // So large an ε that gradients of rounding size move nothing.
      optimizer: {
        ...ADAMW_PRESETS.embedded,
        epsilon: 1e-3,
        schedule: { peak: 1e-4, warmUp: 0, decay: { kind: "constant" } },
      },
      checkpointEvery: STEPS,
    },
    settings: {
      algorithm: createAlgorithm(setting.algorithm, await model.coordinateRms([])),
      answers: createAnswerSampler({ rule: "sample", filter: PURE }),
      thinking: { end: [tokenizer.tokenId("</think>")!], endIsDrawn: true, afterEnd: [], maxThoughts: 20 },
      endTokens,
      maxNewTokens: 40,
    },
    source: await loadTrainingSource("arithmetic", { seed: 1 }),
    seed: 1,
    examination: {
      prompt: ({ question }) => tokenizer.encode(`<user>${question}<assistant><think>`),
      text: (completion) => {
        texts.push(tokenizer.decode(completionTokens(completion)));
        return texts.at(-1)!;
      },
      grade: (text, { answer }) => grade(text, answer, { thinking: true }),
    },
  });
  for await (const point of steps) curve.push(point);
  const weights = hashOf(await model.weights());
  await model.dispose();
  await reference.dispose();
  return { texts, curve, weights };
}

function hashOf(tensors: NamedTensors): string {
  return sha256([...tensors.values()].map(({ data }) => sha256(new Uint8Array(data.buffer))).join());
}

function sameTexts(a: Trained, b: Trained): string {
  return `${a.texts.filter((text, i) => text === b.texts[i]).length} of ${b.texts.length}`;
}

/** The largest difference of a figure over the steps, as a share of its largest value, or of `least` if that is larger. */
function curveDifference(a: Trained, b: Trained, figure: "loss" | "gradientNorm", least: number): number {
  const values = ({ curve }: Trained) => curve.map((point) => point[figure] ?? 0);
  const largest = values(b).reduce((most, value) => Math.max(most, Math.abs(value)), least);
  return largestDifference(values(a), values(b)) / largest;
}
