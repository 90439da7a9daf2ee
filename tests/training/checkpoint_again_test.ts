/** Saving a step again, and models that take their time; the rest is in checkpoint_test.ts. */
import { assert, assertEquals } from "@std/assert";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import type { LanguageModel, NamedTensors } from "../../src/models/language_model.ts";
import {
  removeOutdatedCheckpoints,
  restoreTrainingCheckpoint,
  saveTrainingCheckpoint,
} from "../../src/training/checkpoint.ts";
import { randomWeights, SMALL_CONFIG } from "../fixtures/small_model.ts";

const CARD = { title: "t", summary: "s", facts: [] };
const RUN = "tiny-00000000/discrete-grpo-s1";
const CURVE = [{ step: 1, reward: 0.25 }, { step: 2, reward: 0.5 }];

/** A model whose every answer comes later, as that of a device would. */
class SlowModel {
  readonly config = SMALL_CONFIG;
  tensors: NamedTensors = randomWeights(SMALL_CONFIG);
  moments: { first: NamedTensors; second: NamedTensors } = {
    first: randomWeights(SMALL_CONFIG, 0.25),
    second: randomWeights(SMALL_CONFIG, 0.125),
  };

  async weights(): Promise<NamedTensors> {
    await later();
    return this.tensors;
  }

  async optimizerState(): Promise<{ first: NamedTensors; second: NamedTensors }> {
    await later();
    return this.moments;
  }

  async restore(weights: NamedTensors, moments: { first: NamedTensors; second: NamedTensors }): Promise<void> {
    await later();
    this.tensors = weights;
    this.moments = moments;
  }
}

function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

function asModel(model: SlowModel): LanguageModel {
  return model as unknown as LanguageModel;
}

function baseCheckpoint(folder: string): Checkpoint {
  const configJson = {
    architectures: ["Qwen2ForCausalLM"],
    model_type: "qwen2",
    vocab_size: SMALL_CONFIG.vocabularySize,
    hidden_size: SMALL_CONFIG.hiddenSize,
    num_hidden_layers: SMALL_CONFIG.layers,
    num_attention_heads: SMALL_CONFIG.heads,
    num_key_value_heads: SMALL_CONFIG.keyValueHeads,
    intermediate_size: SMALL_CONFIG.intermediateSize,
    rms_norm_eps: SMALL_CONFIG.rmsNormEpsilon,
    rope_theta: SMALL_CONFIG.ropeTheta,
    max_position_embeddings: SMALL_CONFIG.maxPositions,
    tie_word_embeddings: true,
    eos_token_id: 0,
  };
  return { folder, config: SMALL_CONFIG, configJson } as unknown as Checkpoint;
}

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("a step that is saved twice is the later one, and nothing is left beside it", async () => {
  const folder = Deno.makeTempDirSync();
  const model = new SlowModel();
  const save = () =>
    saveTrainingCheckpoint(folder, { run: RUN, curve: CURVE, every: 1 }, asModel(model), baseCheckpoint(folder), CARD);
  const first = await save();
  // Other weights at the same step, as a run has that began again from an earlier one.
  const data = model.tensors.get("model.norm.weight")!.data.map((x) => x + 1);
  const changed = new Map([...model.tensors, ["model.norm.weight", { shape: [data.length], data }]]);
  model.tensors = changed;
  const second = await save();
  assert(first !== second);
  assertEquals(namesIn(folder), ["step-2"]);
  const restored = new SlowModel();
  await restoreTrainingCheckpoint(folder, RUN, asModel(restored));
  assertEquals(restored.tensors.get("model.norm.weight")!.data, data);
});

Deno.test("a checkpoint is restored when the call returns: weights and moments, each to its own", async () => {
  const folder = Deno.makeTempDirSync();
  const model = new SlowModel();
  await saveTrainingCheckpoint(
    folder,
    { run: RUN, curve: CURVE, every: 1 },
    asModel(model),
    baseCheckpoint(folder),
    CARD,
  );
  const restored = new SlowModel();
  restored.tensors = new Map();
  restored.moments = { first: new Map(), second: new Map() };
  assertEquals(await restoreTrainingCheckpoint(folder, RUN, asModel(restored)), { curve: CURVE, notes: [] });
  assertEquals(new Map(restored.tensors), new Map(model.tensors));
  for (const moment of ["first", "second"] as const) {
    assertEquals(new Map(restored.moments[moment]), new Map(model.moments[moment]), moment);
  }
});

Deno.test("removeOutdatedCheckpoints() ends what a killed save began to remove, and keeps the last and the last regular one", () => {
  const folder = Deno.makeTempDirSync();
  for (const name of ["step-2", "step-4", "step-5", "step-6", "step-5.replaced"]) Deno.mkdirSync(`${folder}/${name}`);
  Deno.writeTextFileSync(`${folder}/step-2/README.md`, "");
  removeOutdatedCheckpoints(folder, 5, 2);
  assertEquals(namesIn(folder), ["step-4", "step-5", "step-6"]);
});

Deno.test("only folders of whole steps are checkpoints, a later one is never removed, and unfinished ones are", async () => {
  const folder = Deno.makeTempDirSync();
  for (const name of ["step-1", "step-12", "step-x", "my-step-40", "step-30.saving"]) {
    Deno.mkdirSync(`${folder}/${name}`);
  }
  await saveTrainingCheckpoint(
    folder,
    { run: RUN, curve: CURVE, every: 1 },
    asModel(new SlowModel()),
    baseCheckpoint(folder),
    CARD,
  );
  assertEquals(namesIn(folder), ["my-step-40", "step-1", "step-12", "step-2", "step-x"]);
});
