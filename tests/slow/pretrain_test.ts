import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { createEngine } from "../../src/engine/engine.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import { parseCheckpointConfig } from "../../src/checkpoint/config.ts";
import { initialWeights } from "../../src/pretraining/initial_weights.ts";
import { pretrain, type PretrainingStep } from "../../src/pretraining/pretrain.ts";
import { TINY_RECIPE } from "../../src/pretraining/recipe.ts";
import { restoreState, saveState } from "../../src/pretraining/saved_state.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../models/tiny", import.meta.url));
const config = parseCheckpointConfig(JSON.parse(Deno.readTextFileSync(`${folder}/config.json`)), "config.json");
const tokenizer = await loadTokenizer(folder);
const encoder = {
  prompt: (question: string) => tokenizer.encode(`<user>${question}<assistant><think>`),
  completion: (text: string) => tokenizer.encode(text),
};
const golden = JSON.parse(
  Deno.readTextFileSync(new URL("../golden/pretraining/three_updates.json", import.meta.url)),
) as { losses: number[]; gradientNorms: number[] };

/** SHA-256 of the weights after three updates: the bytes of models/tiny rest on it. */
const WEIGHTS_AFTER_THREE = "8826e3e4b1b043c5cc426fcf8c66edd7217094bf1a532c69caf48a8d133a251f";

function start(workers: number): Promise<LanguageModel> {
  return createEngine(config, initialWeights(config, TINY_RECIPE), { workers, kernels: "plain" });
}

async function train(model: LanguageModel, from: number, to: number): Promise<PretrainingStep[]> {
  const steps: PretrainingStep[] = [];
  await pretrain(model, { recipe: TINY_RECIPE, encoder, from, to, onStep: (step) => void steps.push(step) });
  return steps;
}

async function weightsSha256(model: LanguageModel): Promise<string> {
  const hash = createHash("sha256");
  for (const { data } of (await model.weights()).values()) {
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest("hex");
}

Deno.test("three updates have PyTorch's losses and gradient norms, and these bytes", async () => {
  const model = await start(1);
  const steps = await train(model, 0, 3);
  steps.forEach(({ loss, gradientNorm }, i) => {
    // Both compute in 32 bits, in another order: relative differences near 1e-7 per row, less in the mean.
    assert(Math.abs(loss / golden.losses[i] - 1) < 1e-6, `loss ${loss} against ${golden.losses[i]}`);
    assert(Math.abs(gradientNorm / golden.gradientNorms[i] - 1) < 1e-5, `norm ${gradientNorm}`);
  });
  assertEquals(await weightsSha256(model), WEIGHTS_AFTER_THREE);
  await model.dispose();
});

Deno.test("a run on two workers that was interrupted and restored ends in the same bytes", async () => {
  const state = Deno.makeTempDirSync();
  const first = await start(2);
  assertEquals(await restoreState(state, first), 0);
  await train(first, 0, 1);
  await saveState(state, 1, first);
  await train(first, 1, 2);
  await saveState(state, 2, first);
  await first.dispose();
  assertEquals([...Deno.readDirSync(state)].map(({ name }) => name), ["step-2.safetensors"]);
  const second = await start(2);
  const from = await restoreState(state, second);
  assertEquals(from, 2);
  await train(second, from, 3);
  assertEquals(await weightsSha256(second), WEIGHTS_AFTER_THREE);
  await second.dispose();
  Deno.removeSync(state, { recursive: true });
});
