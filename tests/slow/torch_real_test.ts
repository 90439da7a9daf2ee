/**
 * A real checkpoint, SmolLM2-135M-Instruct, trained by PyTorch on the CPU: three steps of each algorithm in 32 and 16 bits,
 * beside the CPU engine's. Needs `deno task setup:torch` and the file that `smollm2.ts` looks for; else it says that it is
 * skipped. Each test says what it found: reward, loss and gradient norm of every step, and a text.
 */
import { assert, assertEquals } from "@std/assert";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { type Checkpoint, loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { openModel, type OpenModelOptions } from "../../src/experiment/open_model.ts";
import { sha256 } from "../../src/files/hash.ts";
import type { HostTensor, LanguageModel, NamedTensors } from "../../src/models/language_model.ts";
import { chatRenderer, loadChatTemplate } from "../../src/prompt/prompt.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import type { CurvePoint } from "../../src/training/curve.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { trainPolicy } from "../../src/training/trainer.ts";
import { testedBackend } from "../backend/backends.ts";
import { smollm2 } from "./smollm2.ts";

const path = await smollm2();
const ignore = path === undefined || (await testedBackend("torch")).missing !== undefined;

interface RealCase {
  readonly name: string;
  readonly algorithm: AlgorithmConfig;
  readonly loss: LossConfig;
}

const CASES: readonly RealCase[] = [
  { name: "discrete GRPO", algorithm: ALGORITHM_PRESETS["discrete-grpo"].paper, loss: withoutKl("verl") },
  {
    name: "SofT-GRPO",
    algorithm: ALGORITHM_PRESETS["soft-thinking-grpo"].paper,
    loss: withoutKl("soft-thinking-grpo-paper"),
  },
  {
    name: "soft GRPO of Butt et al.",
    algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft,
    loss: LOSS_PRESETS["soft-tokens-grpo"],
  },
];
/** Its two runs are compared. */
const TWICE = CASES[1].name;

/** Without the second copy of the model that a divergence is measured from. */
function withoutKl(preset: "verl" | "soft-thinking-grpo-paper"): LossConfig {
  const { kl: _, ...loss } = LOSS_PRESETS[preset];
  return loss;
}

const STEPS = 3;
const RATE = 1e-5;
const TOKENS = 16, THOUGHTS = 10;
/** What is compared with the engine: the first, a middle and the last layer, and what follows. */
const COMPARED = /^model\.(layers\.(0|14|29)\.|norm\.)/;

/** What training left. */
interface Trained {
  readonly texts: readonly string[];
  readonly curve: readonly CurvePoint[];
  /** Those of {@link COMPARED}. */
  readonly weights: NamedTensors;
  /** Of all weights. */
  readonly sha256: string;
  /** The largest change of a weight, and the share of weights that changed. */
  readonly moved: { readonly most: number; readonly share: number };
}

/** Trains from the checkpoint, whatever the model holds. */
async function train(model: LanguageModel, checkpoint: Checkpoint, { algorithm, loss }: RealCase): Promise<Trained> {
  await model.restore(checkpoint.weights);
  const tokenizer = await loadTokenizer(checkpoint.folder);
  const render = chatRenderer((await loadChatTemplate(checkpoint.folder))!, tokenizer.specialTokens);
  const texts: string[] = [];
  const curve: CurvePoint[] = [];
  const steps = trainPolicy({
    model,
    objective: { advantage: ADVANTAGE_PRESETS.verl, loss, reward: { correct: 1, extracted: 0, missing: 0 } },
    training: {
      source: "sums",
      steps: STEPS,
      promptsPerStep: 2,
      groupSize: 4,
      minibatches: 1,
      optimizer: {
        ...ADAMW_PRESETS.embedded,
        schedule: { peak: RATE, unit: "rollout", warmUp: 0, decay: { kind: "constant" } },
      },
      checkpointEvery: STEPS,
    },
    settings: {
      algorithm: createAlgorithm(algorithm, await model.coordinateRms([])),
      answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1 } }),
      // The model was taught no end of thinking: ordinary tokens follow a number of thoughts.
      thinking: {
        end: [...tokenizer.encode("</think>")],
        endIsDrawn: true,
        afterEnd: [],
        maxThoughts: THOUGHTS,
        atMaximum: "go-on",
      },
      endTokens: checkpoint.endTokens,
      maxNewTokens: TOKENS,
    },
    source: {
      name: "sums",
      version: "1",
      problems: (step) =>
        [5, 7].map((b) => ({ id: `${step}/${b}`, question: `What is ${3 + step} + ${b}?`, answer: `${3 + step + b}` })),
    },
    seed: 1,
    examination: {
      prompt: ({ question }) => tokenizer.encode(render(question)),
      text: (completion) => {
        texts.push(tokenizer.decode(completionTokens(completion)));
        return texts.at(-1)!;
      },
      // Every second completion is paid, so that each group has a gradient, whatever a backend's last bits made of it.
      grade: (text) =>
        texts.length % 2 === 0
          ? { equal: true, extracted: text, canonical: text, reason: "same-value" }
          : { equal: false, reason: "no-answer" },
    },
  });
  for await (const point of steps) curve.push(point);
  const weights = await model.weights();
  return {
    texts,
    curve,
    weights: new Map([...weights].filter(([name]) => COMPARED.test(name))),
    sha256: sha256([...weights.values()].map(({ data }) => sha256(bytesOf(data))).join()),
    moved: change(weights, checkpoint.weights),
  };
}

function bytesOf(data: HostTensor["data"]): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function change(after: NamedTensors, before: NamedTensors): Trained["moved"] {
  let most = 0, changed = 0, all = 0;
  for (const [name, { data }] of after) {
    const old = before.get(name)!.data;
    for (let i = 0; i < data.length; i++) {
      const by = Math.abs(data[i] - old[i]);
      if (by > most) most = by;
      if (by > 0) changed++;
    }
    all += data.length;
  }
  return { most, share: changed / all };
}

/** Root of the mean square of the difference of two trainings' weights, beside that of what training changed. */
function disagreement(a: NamedTensors, b: NamedTensors, start: NamedTensors): number {
  let apart = 0, moved = 0;
  for (const [name, { data }] of a) {
    const other = b.get(name)!.data, first = start.get(name)!.data;
    for (let i = 0; i < data.length; i++) {
      apart += (data[i] - other[i]) ** 2;
      moved += (other[i] - first[i]) ** 2;
    }
  }
  return Math.sqrt(apart / moved);
}

async function trainAll(options: OpenModelOptions, cases: readonly RealCase[]): Promise<Trained[]> {
  const checkpoint = await loadCheckpoint(path!);
  const { model, dispose } = await openModel(checkpoint, options);
  const found: Trained[] = [];
  for (const setting of cases) {
    const trained = await train(model, checkpoint, setting);
    found.push(trained);
    console.log(`${options.backend} ${options.dtype ?? ""}, ${setting.name}`, trained.moved);
    for (const { step, reward, loss, gradientNorm, mismatchMax } of trained.curve) {
      console.log(`  step ${step}: reward ${reward}, loss ${loss}, gradient norm ${gradientNorm}, off ${mismatchMax}`);
    }
    console.log(`  ${JSON.stringify(trained.texts.at(-1))}`);
  }
  await dispose();
  return found;
}

/** What every training of a real model must show. */
function assertTrained({ texts, curve, moved }: Trained): void {
  assertEquals(curve.length, STEPS);
  for (const point of curve) {
    for (const [name, value] of Object.entries(point)) assert(Number.isFinite(value), `${name}: ${value}`);
    assert(point.gradientNorm > 0, `step ${point.step} has no gradient`);
  }
  assertEquals(texts.length, STEPS * 2 * 4);
  for (const text of texts) assert(text.length > 0);
  // AdamW's first steps are of about the rate, whatever the gradient: the ratio of its moments is at most 1 while
  // gradients keep their sign, and a sixth more is room for those that do not, and for rounding of weights of some units.
  assert(moved.most > RATE / 2 && moved.most < STEPS * RATE * 7 / 6, `a weight moved by ${moved.most}`);
  assert(moved.share > 0.9, `${moved.share} of all weights moved`);
}

const TORCH = { backend: "torch", device: "cpu", workers: 1 } as const;
/**
 * Nats between a token's log-density when it was drawn and when training replayed it, in 32 bits: sums of some thousand terms
 * are right to about 1e-5, logits are of some tens, and SofT-GRPO divides by its Gumbel softmax's temperature of 0.1.
 */
const RATIO_TOLERANCE = 2e-2;
/** Of losses and norms, relative or absolute, whichever is larger: the same sums in another order, through 30 layers. */
const CURVE_TOLERANCE = 1e-2;
/**
 * Of what training changed, as a root of mean squares. AdamW's first steps are the signs of gradients: those of rounding size
 * go either way, by twice the rate.
 */
const WEIGHT_TOLERANCE = 0.2;
/** A draw may fall between the logits of two backends: one completion of twenty-four. */
const OTHER_TEXTS = 1;

Deno.test({
  name: "torch: SmolLM2-135M trains three steps of each algorithm in 32 bits as the CPU engine does, twice to the byte",
  ignore,
  fn: async () => {
    const twice = CASES.filter(({ name }) => name === TWICE);
    const found = await trainAll({ ...TORCH, dtype: "float32" }, [...CASES, ...twice]);
    const again = found.pop()!;
    assertEquals(again.sha256, found[CASES.findIndex(({ name }) => name === TWICE)].sha256);
    for (const trained of found) {
      assertTrained(trained);
      for (const { step, mismatchMax } of trained.curve) {
        assert(mismatchMax <= RATIO_TOLERANCE, `step ${step}: a ratio of exp(${mismatchMax}), expected 1`);
      }
    }
    const expected = await trainAll({ backend: "cpu-engine", workers: 1 }, CASES);
    const start = (await loadCheckpoint(path!)).weights;
    for (const [i, { name }] of CASES.entries()) {
      const others = found[i].texts.filter((text, k) => text !== expected[i].texts[k]).length;
      const apart = disagreement(found[i].weights, expected[i].weights, start);
      console.log(`${name}: ${others} other texts, ${apart} of what changed`);
      assert(others <= OTHER_TEXTS, `${name}: ${others} texts differ from the engine's`);
      for (const figure of ["loss", "gradientNorm"] as const) {
        const [own, engine] = [found[i].curve[0][figure], expected[i].curve[0][figure]];
        assert(Math.abs(own - engine) <= CURVE_TOLERANCE * Math.max(1, Math.abs(engine)), `${name}: ${figure} ${own}`);
      }
      assert(apart < WEIGHT_TOLERANCE, `${name}: weights differ by ${apart} of what changed`);
    }
  },
});

Deno.test({
  name: "torch: SmolLM2-135M trains three steps of each algorithm in 16 bits",
  ignore,
  fn: async () => {
    const found = await trainAll({ ...TORCH, dtype: "bfloat16" }, CASES);
    found.forEach(assertTrained);
  },
});
