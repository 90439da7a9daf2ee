/**
 * How fast `evaluate` is against the engine alone, at the same number of sequences at once, and what takes the rest:
 * `deno run -A benchmarks/timing/evaluation_rate.ts MODEL [PROBLEMS] [SAMPLES] [TOKENS]`, with `SOFT_GRPO_BENCH_MIRROR` where
 * GSM8K is not fetched. Seconds are those of the processor, all threads together, so that a busy machine counts less.
 *
 * @module
 */
import process from "node:process";
import checkpoint from "../checkpoint.ts";
import { createAlgorithm } from "../../src/algorithms/registry.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { mirrorOfEnvironment } from "../../src/commands/mirror.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { evaluatePolicy } from "../../src/evaluation/evaluation.ts";
import { openModel } from "../../src/experiment/open_model.ts";
import { judgeMathematics } from "../../src/grading/judge.ts";
import type { Decoder, LanguageModel } from "../../src/models/language_model.ts";
import { chatRenderer, loadChatTemplate } from "../../src/prompt/prompt.ts";
import { promptTemplate } from "../../src/prompt/templates.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";

const [path, problems = 8, samples = 8, tokens = 64] = [Deno.args[0], ...Deno.args.slice(1).map(Number)];
const { user, system } = process.cpuUsage();
const seconds = () => {
  const used = process.cpuUsage({ user, system });
  return (used.user + used.system) / 1e6;
};

const loaded = await loadCheckpoint(path, { foreign: true });
const { model, dispose } = await openModel(loaded, { backend: "cpu-engine" });
const tokenizer = await loadTokenizer(path);
const chat = chatRenderer((await loadChatTemplate(path))!, tokenizer.specialTokens);
const [{ algorithm, answers }] = checkpoint.arms;
const settings = {
  algorithm: createAlgorithm(algorithm),
  answers: createAnswerSampler(answers),
  thinking: { end: [], endIsDrawn: true, afterEnd: [] },
  endTokens: loaded.endTokens,
  maxNewTokens: tokens,
};

const spent = { prompts: 0, steps: 0 };
let drawn = 0;
const watched: LanguageModel = new Proxy(model, {
  get(target, name) {
    if (name !== "decode") {
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    }
    return async (...args: Parameters<LanguageModel["decode"]>): Promise<Decoder> => {
      const begun = seconds();
      const decoder = await target.decode(...args);
      spent.prompts += seconds() - begun;
      return {
        async readPrompts(reads) {
          drawn += reads.length;
          return await decoder.readPrompts(reads);
        },
        async step(sequences, inputs, reads) {
          const begun = seconds();
          drawn += sequences.length;
          const readings = await decoder.step(sequences, inputs, reads);
          spent.steps += seconds() - begun;
          return readings;
        },
        dispose: () => decoder.dispose(),
      };
    };
  },
});

const mirror = mirrorOfEnvironment();
const dataset = await loadDataset("gsm8k", mirror === undefined ? {} : { mirror });
const asked = dataset.problems.slice(0, problems);
const { text } = promptTemplate("step-by-step");
const prompt = (question: string) => tokenizer.encode(chat(text.replace("{Question}", () => question)));

/** Tokens a second of the engine alone, of completions that all run to the limit, with one logit read of each row. */
async function rawRate(): Promise<number> {
  const decoder = await model.decode(asked.map(({ question }) => prompt(question)), asked.map(() => samples), tokens);
  const sequences = Int32Array.from({ length: problems * samples }, (_, i) => i);
  const reads = Array.from(sequences, () => ({ top: 1 }));
  const inputs = {
    count: sequences.length,
    width: 1,
    ids: new Int32Array(sequences.length).fill(1),
    weights: new Float32Array(sequences.length).fill(1),
  };
  await decoder.readPrompts(reads);
  const begun = seconds();
  for (let t = 1; t < tokens; t++) await decoder.step(sequences, inputs, reads);
  const rate = (tokens - 1) * sequences.length / (seconds() - begun);
  decoder.dispose();
  return rate;
}

const before = await rawRate();
const begun = seconds();
const done = await evaluatePolicy({
  model: watched,
  dataset: dataset.name,
  problems: asked,
  samples,
  seed: 1,
  settings,
  examination: {
    prompt: ({ question }) => prompt(question),
    text: (completion) => tokenizer.decode(completionTokens(completion)),
    grade: (answer, problem) =>
      judgeMathematics(answer, problem, { grader: { name: "symbolic", boxed: false }, thinking: false }),
  },
  file: Deno.makeTempFileSync(),
});
const whole = seconds() - begun;
const after = await rawRate();
const raw = (before + after) / 2;
const rate = drawn / whole;
const lengths = done.map((sample) => sample.tokens);
console.log(JSON.stringify(
  {
    sequences: problems * samples,
    tokens: { drawn, meanLength: lengths.reduce((sum, length) => sum + length, 0) / lengths.length },
    tokensPerCpuSecond: { raw: [before, after], evaluate: rate },
    share: rate / raw,
    cpuSeconds: { whole, ...spent, host: whole - spent.prompts - spent.steps },
  },
  null,
  2,
));
await dispose();
