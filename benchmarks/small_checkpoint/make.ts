/**
 * Makes a Qwen2 checkpoint of 2 million parameters with a byte-level BPE tokenizer, from GSM8K train: small enough for
 * any machine, and in every file what a published checkpoint is. After a short training on "numbers of the question, end
 * of thinking, boxed answer" it answers in a box, mostly wrongly.
 *
 * @module
 */
import type { SmallCheckpointArguments } from "../../src/commands/descriptions/maintenance.ts";
import { mirrorOfEnvironment } from "../../src/commands/mirror.ts";
import type { Problem } from "../../src/datasets/problem.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { saveCheckpoint } from "../../src/checkpoint/writer.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { crossEntropy } from "../../src/pretraining/cross_entropy.ts";
import { initialWeights } from "../../src/pretraining/initial_weights.ts";
import { Progress } from "../../src/progress.ts";
import { createPrompter } from "../../src/prompt/prompt.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import { stackInputs } from "../../src/rollout/step_inputs.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { learnBytePairs, WORD_PATTERN } from "./byte_pair_encoding.ts";
import { promptTemplate } from "../../src/prompt/templates.ts";

const DEFAULT_OUTPUT = ".data/models/small-qwen2";
const DEFAULT_STEPS = 60;
const MERGES = 1500;
const BATCH = 16;
const SPECIAL_TOKENS = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<think>", "</think>"];
const CHAT_TEMPLATE =
  "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}" +
  "{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}";

const config = (vocabularySize: number): ModelConfig => ({
  family: "qwen2",
  vocabularySize,
  hiddenSize: 192,
  layers: 4,
  heads: 6,
  keyValueHeads: 2,
  headSize: 32,
  intermediateSize: 512,
  ropeTheta: 10_000,
  rmsNormEpsilon: 1e-6,
  tiedEmbeddings: true,
  qkvBias: true,
  qkNorm: false,
  maxPositions: 4096,
});

const OPTIMIZER = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01, maxGradientNorm: 1 };
const LEARNING_RATE = 2e-3;
const INITIAL = { seed: 1, initial: { embedding: 0.05, linear: 0.05, residualOutput: 0.05 / Math.sqrt(8) } };

/** Makes the checkpoint in `output` and returns the loss of the last step. */
export async function makeSmallCheckpoint(
  problems: readonly Problem[],
  output: string,
  steps: number,
): Promise<number> {
  const files = tokenizerFiles(problems.map(({ question }) => question));
  // Where the checkpoint is made: nothing else may be written.
  const folder = `${output}.saving`;
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, text] of files) await Deno.writeTextFile(`${folder}/${name}`, text);
  const tokenizer = await loadTokenizer(folder);
  await Deno.remove(folder, { recursive: true });
  const prompter = createPrompter(tokenizer, CHAT_TEMPLATE, promptTemplate("step-by-step"));
  const end = tokenizer.tokenId("<|im_end|>")!;

  const shape = config(JSON.parse(files.get("tokenizer.json")!).added_tokens.at(-1).id + 1);
  const model = await createEngine(shape, initialWeights(shape, INITIAL));
  const random = new RandomSequence("small-checkpoint");
  let last = NaN;
  try {
    using phase = new Progress().phase("small checkpoint", { total: steps, unit: "step" });
    for (let step = 1; step <= steps; step++) {
      const batch = Array.from({ length: BATCH }, () => problems[random.integer(problems.length)]);
      const targets = batch.map((problem) => Int32Array.of(...tokenizer.encode(completion(problem)), end));
      const groups = batch.map(({ question }, i) => ({
        prompt: prompter.ids({ question }),
        completions: [stackInputs(
          Array.from(targets[i].subarray(0, -1), (id) => ({ ids: Int32Array.of(id), weights: Float32Array.of(1) })),
          shape.hiddenSize,
        )],
      }));
      const { loss, mean } = crossEntropy(targets, shape.vocabularySize);
      await model.accumulate(groups, loss, { trainInputs: true });
      await model.update({ ...OPTIMIZER, learningRate: LEARNING_RATE, step });
      last = mean();
      phase.advance(1, { loss: last });
    }
    await saveCheckpoint(output, {
      config: shape,
      weights: await model.weights(),
      dtype: "BF16",
      configFields: { eos_token_id: end },
      files: new Map([...files, ["generation_config.json", JSON.stringify({ eos_token_id: end })]]),
      card: {
        title: "Small Qwen2 with a byte-level BPE tokenizer",
        summary:
          "Made from GSM8K train by benchmarks/small_checkpoint/make.ts, to exercise what real checkpoints need.",
        facts: [["training steps", String(steps)], ["final loss", last.toFixed(4)]],
      },
    }, { replace: true });
  } finally {
    await model.dispose();
  }
  return last;
}

/** The thought repeats the question's numbers; the answer is boxed. */
function completion({ question, answer }: Problem): string {
  const numbers = question.match(/\d+/g)?.slice(0, 6) ?? [];
  return `${numbers.join(", ")}</think>\n\\boxed{${answer}}`;
}

/** `tokenizer.json` and `tokenizer_config.json` in the form of a Qwen2 checkpoint. */
function tokenizerFiles(texts: readonly string[]): Map<string, string> {
  const { vocabulary, merges } = learnBytePairs(texts, MERGES);
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: false, use_regex: false };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, i) => ({
      id: vocabulary.length + i,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: WORD_PATTERN }, behavior: "Isolated", invert: false },
        byteLevel,
      ],
    },
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => `${left} ${right}`),
    },
  };
  const tokenizerConfig = {
    tokenizer_class: "Qwen2Tokenizer",
    eos_token: "<|im_end|>",
    pad_token: "<|endoftext|>",
    chat_template: CHAT_TEMPLATE,
  };
  return new Map([
    ["tokenizer.json", JSON.stringify(tokenizer)],
    ["tokenizer_config.json", JSON.stringify(tokenizerConfig, null, 2)],
  ]);
}

/** The command `small-checkpoint`. */
export async function run({ flags }: SmallCheckpointArguments): Promise<number> {
  const { mirror = mirrorOfEnvironment(), output = DEFAULT_OUTPUT, steps = DEFAULT_STEPS } = flags;
  const { problems } = await loadDataset("gsm8k_train", mirror === undefined ? {} : { mirror });
  const loss = await makeSmallCheckpoint(problems, output, steps);
  console.log(`${output}: loss ${loss.toFixed(3)}`);
  return 0;
}
