/**
 * `pretrain`: makes the embedded base model again, byte for byte, or checks that what is there comes out.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { PretrainArguments } from "./descriptions/maintenance.ts";
import { listenForInterruption, safePoint } from "../interruption.ts";
import { createEngine } from "../engine/engine.ts";
import { BenchError } from "../errors.ts";
import { WEIGHTS_FILE } from "../checkpoint/stored_tensors.ts";
import { saveCheckpoint } from "../checkpoint/writer.ts";
import { parseCheckpointConfig } from "../checkpoint/config.ts";
import { parameterShapes } from "../models/parameters.ts";
import { writeSafetensors } from "../checkpoint/safetensors.ts";
import { initialWeights } from "../pretraining/initial_weights.ts";
import { modelCard } from "../pretraining/model_card.ts";
import { pretrain } from "../pretraining/pretrain.ts";
import { TINY_RECIPE } from "../pretraining/recipe.ts";
import { restoreState, saveState } from "../pretraining/saved_state.ts";
import { Progress } from "../progress.ts";
import { createPrompter, loadChatTemplate } from "../prompt/prompt.ts";
import { readJsonIfPresent } from "../files/read.ts";
import { loadTokenizer } from "../prompt/tokenizer.ts";
import { fileSha256, sha256 } from "../files/hash.ts";
import { promptTemplate } from "../prompt/templates.ts";

/** Where the model lies; also its configuration and tokenizer, which are not made but given. */
const MODEL_FOLDER = "models/tiny";
const STATE_FOLDER = ".data/pretraining";
const STEPS_BETWEEN_STATES = 100;

/** @returns 0, or 1 where `--verify` finds other bytes */
export async function run({ flags }: PretrainArguments): Promise<number> {
  const output = flags.output ?? MODEL_FOLDER;
  const recipe = TINY_RECIPE;
  const configPath = `${MODEL_FOLDER}/config.json`;
  const configJson = await readJsonIfPresent(configPath);
  if (configJson === undefined) {
    throw new BenchError(`Cannot pretrain: there is no ${configPath}; run it in the repository's folder`);
  }
  const config = parseCheckpointConfig(configJson, configPath);
  const tokenizer = await loadTokenizer(MODEL_FOLDER);
  const prompter = createPrompter(tokenizer, await loadChatTemplate(MODEL_FOLDER), promptTemplate("question"));
  const identity = { recipe, config: configJson, tokenizer: tokenizer.sha256, prompt: prompter.sha256 };
  const state = `${STATE_FOLDER}/${sha256(JSON.stringify(identity)).slice(0, 8)}`;

  // Multiply, then add: the one rounding that every machine has.
  const model = await createEngine(config, initialWeights(config, recipe), {
    kernels: "plain",
    ...(flags.workers !== undefined && { workers: flags.workers }),
  });
  const { abort, stop } = listenForInterruption();
  try {
    const from = await restoreState(state, model);
    {
      using phase = new Progress().phase("pretrain", { total: recipe.steps, unit: "step", done: from });
      await pretrain(model, {
        recipe,
        from,
        encoder: {
          prompt: (question) => tokenizer.encode(prompter.text({ question })),
          completion: (text) => tokenizer.encode(text),
        },
        onStep: async ({ step, loss }) => {
          phase.advance(1, { loss });
          if (step % STEPS_BETWEEN_STATES === 0 || abort.aborted) await saveState(state, step, model);
          await safePoint(abort);
        },
      });
    }
    const weights = await model.weights();
    if (flags.verify === true) return await verify(output, state, weights);
    const hash = await saveCheckpoint(output, {
      config,
      weights,
      dtype: "F32",
      configJson,
      companionsFrom: MODEL_FOLDER,
      card: modelCard(recipe, tokenizer.sha256),
    }, { replace: true });
    Deno.removeSync(state, { recursive: true });
    console.log(`${output}/${WEIGHTS_FILE}: sha256 ${hash}`);
    return EXIT.ok;
  } finally {
    stop();
    await model.dispose();
  }

  async function verify(folder: string, state: string, weights: Parameters<typeof writeSafetensors>[1]) {
    const path = `${state}/${WEIGHTS_FILE}`;
    writeSafetensors(path, weights, parameterShapes(config), "F32");
    const [made, found] = [await fileSha256(path), await fileSha256(`${folder}/${WEIGHTS_FILE}`)];
    Deno.removeSync(state, { recursive: true });
    const same = made === found;
    console.log(`${folder}/${WEIGHTS_FILE}: ${same ? "the same bytes" : `found sha256 ${found}`}, sha256 ${made} made`);
    return same ? EXIT.ok : EXIT.failed;
  }
}
