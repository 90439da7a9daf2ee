/**
 * `pretrain`: makes the embedded base model again, byte for byte, or checks that what is there comes out.
 *
 * @module
 */
import { type CommandArguments, EXIT } from "../cli/command.ts";
import { listenForInterruption, safePoint } from "../cli/interruption.ts";
import { ARITHMETIC_VERSION } from "../datasets/arithmetic/held_out.ts";
import { sha256 } from "../datasets/pin.ts";
import { createEngine } from "../engine/engine.ts";
import { BenchError } from "../errors.ts";
import { fileSha256, WEIGHTS_FILE } from "../models/checkpoint.ts";
import { type ModelCard, saveCheckpoint } from "../models/checkpoint_writer.ts";
import { parseCheckpointConfig } from "../models/checkpoint_config.ts";
import { parameterShapes } from "../models/parameters.ts";
import { writeSafetensors } from "../models/safetensors.ts";
import { initialWeights } from "../pretraining/initial_weights.ts";
import { pretrain } from "../pretraining/pretrain.ts";
import { type PretrainingRecipe, TINY_RECIPE } from "../pretraining/recipe.ts";
import { restoreState, saveState } from "../pretraining/saved_state.ts";
import { TEACHINGS } from "../pretraining/ways.ts";
import { Progress } from "../progress.ts";
import { createPrompter, loadChatTemplate, promptTemplate } from "../prompt.ts";
import { readJsonIfPresent } from "../read_file.ts";
import { loadTokenizer } from "../tokenizer.ts";

/** Where the model lies; also its configuration and tokenizer, which are not made but given. */
const MODEL_FOLDER = "models/tiny";
const STATE_FOLDER = ".data/pretraining";
const STEPS_BETWEEN_STATES = 100;

/** @returns 0, or 1 where `--verify` finds other bytes */
export async function run({ flags }: CommandArguments): Promise<number> {
  const output = (flags.output as string | undefined) ?? MODEL_FOLDER;
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
  const state = `${STATE_FOLDER}/${sha256(new TextEncoder().encode(JSON.stringify(identity))).slice(0, 8)}`;

  // Multiply, then add: the one rounding that every machine has.
  const model = await createEngine(config, initialWeights(config, recipe), {
    kernels: "plain",
    ...(flags.workers !== undefined && { workers: flags.workers as number }),
  });
  const { signal, stop } = listenForInterruption();
  try {
    const from = await restoreState(state, model);
    let loss = NaN;
    {
      using phase = new Progress().phase("pretrain", { total: recipe.steps, unit: "step", done: from });
      await pretrain(model, {
        recipe,
        from,
        encoder: { prompt: (question) => prompter.ids(question), completion: (text) => tokenizer.encode(text) },
        onStep: async (step) => {
          loss = step.loss;
          phase.advance(1, { loss });
          if (step.step % STEPS_BETWEEN_STATES === 0 || signal.aborted) await saveState(state, step.step, model);
          await safePoint(signal);
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
      card: modelCard(recipe, loss, tokenizer.sha256),
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

function modelCard(recipe: PretrainingRecipe, loss: number, tokenizerSha256: string): ModelCard {
  const { seed, steps, batch, initial, optimizer, peakLearningRate, warmupSteps, finalShare } = recipe;
  const families = TEACHINGS.map(({ task, hastyShare }) => `${task.name} (${100 * hastyShare} % hasty)`).join(", ");
  return {
    title: "tiny: the embedded base model of soft-grpo-bench",
    summary:
      "A Qwen2-shaped model that does integer arithmetic in `<think>…</think>` and answers in `\\boxed{}`, for experiments " +
      "of minutes on a laptop. It was pretrained on worked examples that are imperfect on purpose, so that reinforcement " +
      "learning has something to find; it is good for nothing else. `deno task pretrain` makes these bytes again, " +
      "`deno task pretrain --verify` compares them. Its vocabulary has 22 tokens; other characters are not in it.",
    license: "mit",
    facts: [
      ["worked examples", `${families}; data version ${ARITHMETIC_VERSION}, held-out questions left out`],
      [
        "updates",
        `${steps} of ${batch} examples, seed ${seed}; loss on completions only, ${loss.toFixed(4)} nats in the last`,
      ],
      [
        "optimizer",
        `AdamW (${optimizer.beta1}, ${optimizer.beta2}, ${optimizer.epsilon}), weight decay ${optimizer.weightDecay}, ` +
        `gradient norm at most ${optimizer.maxGradientNorm}`,
      ],
      ["learning rate", `${peakLearningRate}, ${warmupSteps} updates warm-up, cosine to ${100 * finalShare} %`],
      [
        "initial weights",
        `normal: table ${initial.embedding}, linear ${initial.linear}, residual outputs ${
          initial.residualOutput.toFixed(6)
        }`,
      ],
      ["computed by", "cpu-engine, plain kernels (multiply, then add)"],
      ["tokenizer.json sha256", `\`${tokenizerSha256}\``],
    ],
  };
}
