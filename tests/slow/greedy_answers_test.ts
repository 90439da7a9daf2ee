/**
 * A real checkpoint on real problems: the greedy answers of SmolLM2-135M-Instruct on 40 problems of GSM8K are those of
 * transformers, id for id, from prompts that each side makes itself. Needs the file that `smollm2.ts` looks for, a mirror of
 * the datasets, and a Python (PYTHON) with gguf, torch and transformers; else it says that it is skipped.
 */
import { assertEquals } from "@std/assert";
import { createAlgorithm } from "../../src/algorithms/registry.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { openModel } from "../../src/experiment/open_model.ts";
import { createPrompter, loadChatTemplate } from "../../src/prompt/prompt.ts";
import { PROMPT_TEMPLATES } from "../../src/prompt/templates.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import { rollout } from "../../src/rollout/rollout.ts";
import { lacks, python } from "./python_packages.ts";
import { smollm2 } from "./smollm2.ts";

const PROBLEMS = 40;
const MAX_NEW_TOKENS = 256;

const mirror = Deno.env.get("SOFT_GRPO_BENCH_MIRROR");
if (mirror === undefined) console.warn("SKIPPED: greedy answers to GSM8K; set SOFT_GRPO_BENCH_MIRROR to a mirror");
const path = await smollm2();
const absent = await Promise.all(["gguf", "torch", "transformers"].map(lacks));

Deno.test({
  name: "the engine's greedy answers to 40 problems of GSM8K are those of transformers",
  ignore: mirror === undefined || path === undefined || absent.includes(true),
  fn: async () => {
    const { problems } = await loadDataset("gsm8k", { mirror: mirror! });
    const asked = problems.slice(0, PROBLEMS);
    const checkpoint = await loadCheckpoint(path!);
    const tokenizer = await loadTokenizer(path!);
    const prompter = createPrompter(tokenizer, await loadChatTemplate(path!), PROMPT_TEMPLATES["step-by-step"]);
    const prompts = asked.map((problem) => prompter.ids(problem));

    const { model, dispose } = await openModel(checkpoint, { backend: "cpu-engine" });
    const completions = await rollout(
      model,
      prompts.map((ids, i) => ({
        ids,
        streams: [noiseStream({ seed: 1, purpose: "greedy", dataset: "gsm8k", problem: asked[i].id, sample: 0 })],
      })),
      {
        // No token ends the thinking, so that all is answer.
        algorithm: createAlgorithm({ name: "discrete-grpo", filter: { temperature: 1 } }),
        answers: createAnswerSampler({ rule: "greedy" }),
        thinking: { end: [], endIsDrawn: true, afterEnd: [] },
        endTokens: checkpoint.endTokens,
        maxNewTokens: MAX_NEW_TOKENS,
      },
    );
    await dispose();

    const question = await Deno.makeTempFile({ suffix: ".json" });
    await Deno.writeTextFile(
      question,
      JSON.stringify({
        model: path,
        turns: asked.map((problem) => prompter.turn(problem)),
        maxNewTokens: MAX_NEW_TOKENS,
        endTokens: checkpoint.endTokens,
      }),
    );
    const printed = await python(["tests/slow/greedy_answers.py", question]);
    await Deno.remove(question);
    const expected = JSON.parse(printed!) as { prompt: number[]; answer: number[] }[];
    assertEquals(prompts.map((ids) => [...ids]), expected.map(({ prompt }) => prompt));
    assertEquals(
      completions.map(([completion]) => [...completionTokens(completion)]),
      expected.map(({ answer }) => answer),
    );
    // Both ends of an answer are compared: an end token, and the limit.
    assertEquals(new Set(completions.map(([{ finish }]) => finish)), new Set(["stop", "length"]));
  },
});
