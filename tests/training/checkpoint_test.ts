import { assertEquals } from "@std/assert";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import { lastSavedStep, restoreTrainingCheckpoint, saveTrainingCheckpoint } from "../../src/training/checkpoint.ts";
import { randomWeights, SMALL_CONFIG, smallModel } from "../fixtures/small_model.ts";

const STEP = {
  learningRate: 0.01,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradientNorm: Infinity,
};
const CURVE = [{ step: 1, reward: 0.25 }, { step: 2, reward: 0.5 }, { step: 3, reward: 0.75 }];
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
    await model.accumulate([group], ({ gradient }) => gradient!.fill(0.1 * step).fill(-0.3, 0, 2));
    await model.update({ ...STEP, step });
  };
  const model = await smallModel();
  for (const step of [1, 2, 3]) await train(model, step);
  await saveTrainingCheckpoint(folder, CURVE, model, baseCheckpoint(folder), CARD);
  await train(model, 4);
  const expected = await model.weights();

  const restored = await smallModel();
  assertEquals(await restoreTrainingCheckpoint(folder, 3, restored), CURVE);
  await train(restored, 4);
  assertEquals(await restored.weights(), expected);
  await model.dispose();
  await restored.dispose();
});

Deno.test("a new checkpoint takes the place of those before it", async () => {
  const folder = Deno.makeTempDirSync();
  assertEquals(lastSavedStep(folder), 0);
  assertEquals(lastSavedStep(`${folder}/nowhere`), 0);
  const model = await smallModel();
  for (const steps of [1, 3]) {
    await saveTrainingCheckpoint(folder, CURVE.slice(0, steps), model, baseCheckpoint(folder), CARD);
    assertEquals(lastSavedStep(folder), steps);
  }
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["step-3"]);
  await model.dispose();
});
