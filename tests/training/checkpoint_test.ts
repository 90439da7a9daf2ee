import { assert, assertEquals } from "@std/assert";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import {
  checkpointFaults,
  restoreTrainingCheckpoint,
  saveTrainingCheckpoint,
  stepFolder,
} from "../../src/training/checkpoint.ts";
import { onWholeRows } from "../fixtures/logit_rows.ts";
import { randomWeights, SMALL_CONFIG, smallModel } from "../fixtures/small_model.ts";

const STEP = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: Infinity,
};
const RUN = "tiny-00000000/discrete-grpo-s1";
const CURVE = [0.25, 0.5, 0.75, 0, 1].map((reward, i) => ({ step: i + 1, reward }));
const CARD = { title: "t", summary: "s", facts: [] };

function baseCheckpoint(folder: string): Checkpoint {
  return {
    folder,
    config: SMALL_CONFIG,
    configJson: {
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
    },
    weights: randomWeights(SMALL_CONFIG),
    endTokens: [0],
    parameters: 0,
    notes: [],
    weightFiles: [],
    companionFiles: [],
    weightsSha256: () => Promise.resolve(""),
  };
}

Deno.test("a restored checkpoint continues as if it had not been left: weights, moments and curve", async () => {
  const folder = Deno.makeTempDirSync();
  const group = {
    prompt: Int32Array.of(2, 3),
    completions: [{ count: 1, width: 1, ids: Int32Array.of(5), weights: Float32Array.of(1) }],
  };
  const train = async (model: Awaited<ReturnType<typeof smallModel>>, step: number) => {
    await model.accumulate(
      [group],
      onWholeRows(SMALL_CONFIG.vocabularySize, ({ gradient }) => gradient.fill(0.1 * step).fill(-0.3, 0, 2)),
    );
    await model.update({ ...STEP, step });
  };
  const model = await smallModel();
  for (const step of [1, 2, 3]) await train(model, step);
  await saveTrainingCheckpoint(
    folder,
    { run: RUN, curve: CURVE.slice(0, 3), every: 1 },
    model,
    baseCheckpoint(folder),
    CARD,
  );
  await train(model, 4);
  const expected = await model.weights();

  const restored = await smallModel();
  assertEquals(await restoreTrainingCheckpoint(folder, RUN, restored), { curve: CURVE.slice(0, 3), notes: [] });
  await train(restored, 4);
  assertEquals(await restored.weights(), expected);
  await model.dispose();
  await restored.dispose();
});

/** A folder with checkpoints after each of these steps, as one run leaves them. */
async function saved(steps: readonly number[], every = 1): Promise<string> {
  const folder = Deno.makeTempDirSync();
  const model = await smallModel();
  for (const step of steps) {
    const state = { run: RUN, curve: CURVE.slice(0, step), every };
    await saveTrainingCheckpoint(folder, state, model, baseCheckpoint(folder), CARD);
  }
  await model.dispose();
  return folder;
}

Deno.test("the last checkpoint is kept, and the last regular one before it", async () => {
  const kept = async (...steps: number[]) =>
    [...Deno.readDirSync(await saved(steps, 2))].map(({ name }) => name).sort();
  assertEquals(await kept(1), ["step-1"]);
  assertEquals(await kept(1, 2), ["step-2"]);
  assertEquals(await kept(2, 3), ["step-2", "step-3"]);
  // An interruption after step 3 leaves what a run without one leaves.
  assertEquals(await kept(2, 3, 4, 5), ["step-4", "step-5"]);
  assertEquals(await kept(2, 4, 5), ["step-4", "step-5"]);
});

Deno.test("completions that were kept are restored with the step that they were saved after", async () => {
  const folder = Deno.makeTempDirSync();
  const model = await smallModel();
  for (const step of [1, 2]) {
    const state = { run: RUN, curve: CURVE.slice(0, step), rollouts: `"\u00e9"\n`.repeat(step), every: 1 };
    await saveTrainingCheckpoint(folder, state, model, baseCheckpoint(folder), CARD);
  }
  const restored = async () => (await restoreTrainingCheckpoint(folder, RUN, model)).rollouts;
  assertEquals(await restored(), `"\u00e9"\n`.repeat(2));
  Deno.writeTextFileSync(`${folder}/step-2/rollouts.jsonl`, "[]\n");
  assertEquals(await restored(), `"\u00e9"\n`);
  await model.dispose();
});

Deno.test("where nothing was saved there is nothing to restore", async () => {
  const model = await smallModel();
  const nothing = { curve: [], notes: [] };
  assertEquals(await restoreTrainingCheckpoint(`${Deno.makeTempDirSync()}/nowhere`, RUN, model), nothing);
  await model.dispose();
});

const FILES = ["README.md", "config.json", "curve.jsonl", "model.safetensors", "optimizer.safetensors"];

/** What a file can suffer, and what its checkpoint is then said to have. */
const DAMAGES: Readonly<Record<string, { readonly damage: (path: string) => void; readonly fault: string }>> = {
  emptied: { damage: (path) => Deno.truncateSync(path), fault: "has changed since it was saved" },
  torn: { damage: (path) => Deno.truncateSync(path, Deno.statSync(path).size - 5), fault: "has changed since" },
  flipped: {
    damage: (path) => {
      const bytes = Deno.readFileSync(path);
      bytes[Math.floor(bytes.length * 0.7)] ^= 4;
      Deno.writeFileSync(path, bytes);
    },
    fault: "has changed since it was saved",
  },
  zeroed: {
    damage: (path) => Deno.writeFileSync(path, new Uint8Array(Deno.statSync(path).size)),
    fault: "has changed since it was saved",
  },
  lost: { damage: (path) => Deno.removeSync(path), fault: "is missing" },
  replaced: {
    damage: (path) => {
      Deno.removeSync(path);
      Deno.symlinkSync("/dev/zero", path);
    },
    fault: "has changed since it was saved",
  },
};

for (const [name, { damage, fault }] of Object.entries(DAMAGES)) {
  Deno.test(`a checkpoint with a file that was ${name} is not taken, but the one before it`, async () => {
    const folder = await saved([2, 3]);
    const model = await smallModel();
    for (const file of FILES) {
      const copy = `${Deno.makeTempDirSync()}/checkpoints`;
      copyFolder(folder, copy);
      damage(`${copy}/step-3/${file}`);
      const { curve, notes } = await restoreTrainingCheckpoint(copy, RUN, model);
      assertEquals(curve, CURVE.slice(0, 2), file);
      assertEquals(notes.length, 1);
      assert(notes[0].startsWith(`${copy}/step-3 is not taken: ${file} ${fault}`), notes[0]);
    }
    await model.dispose();
  });
}

/** The first fault in one line; undefined where there is none. */
async function faultOf(path: string, step: number, run: string): Promise<string | undefined> {
  const [first] = await checkpointFaults(path, step, run);
  return first && `${first.file} ${first.fault}`;
}

Deno.test("a checkpoint of another run, under another step's name, or with a file too many is not taken", async () => {
  const folder = await saved([2, 3]);
  assertEquals(await faultOf(stepFolder(folder, 3), 3, RUN), undefined);
  assertEquals(await faultOf(stepFolder(folder, 3), 3, "other/run"), "state.json is of another run");
  assertEquals(await faultOf(stepFolder(folder, 3), 5, RUN), "state.json is of step 3");
  Deno.writeTextFileSync(`${folder}/step-3/model.safetensors.index.json`, "{}");
  const fault = await faultOf(stepFolder(folder, 3), 3, RUN);
  assertEquals(fault, "model.safetensors.index.json was not saved with it");
  for (const state of ["", "null", "[]", '{"step":3}', '{"step":"3","run":"","files":{}}']) {
    Deno.writeTextFileSync(`${folder}/step-3/state.json`, state);
    assertEquals(await faultOf(stepFolder(folder, 3), 3, RUN), "state.json is missing or damaged", state);
  }
});

Deno.test("where both checkpoints are damaged, training starts from the base, with a note on each", async () => {
  const folder = await saved([2, 3]);
  for (const step of [2, 3]) Deno.truncateSync(`${folder}/step-${step}/curve.jsonl`, 5);
  const model = await smallModel();
  const { curve, notes } = await restoreTrainingCheckpoint(folder, RUN, model);
  assertEquals(curve, []);
  assertEquals(notes.map((note) => note.slice(folder.length)), [
    "/step-3 is not taken: curve.jsonl has changed since it was saved",
    "/step-2 is not taken: curve.jsonl has changed since it was saved",
  ]);
  await model.dispose();
});

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}
