/**
 * node-llama-cpp, as bench:peers --decoding --llama starts it, against the engine on the same weights. Where it was not
 * fetched before, LLAMA_PEER=1 fetches it; otherwise the test says that it is skipped.
 */
import { assertEquals } from "@std/assert";
import { LLAMA, LLAMA_FOLDER, startLlama } from "../../benchmarks/peers/llama.ts";
import { initialWeights, randomPrompts } from "../../benchmarks/peers/workload.ts";
import { ALGORITHM_PRESETS, createAlgorithm } from "../../src/algorithms/registry.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { SMOLLM2_135M } from "../../benchmarks/gpu/shapes.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import { rollout } from "../../src/rollout/rollout.ts";

const [PROMPTS, PROMPT_TOKENS, TOKENS] = [3, 11, 7];
/** More heads of queries than of keys, so that a head that is turned as another's shows. */
const SHAPE = {
  name: "a small Llama",
  config: {
    ...SMOLLM2_135M.config,
    vocabularySize: 193,
    hiddenSize: 96,
    layers: 3,
    heads: 6,
    keyValueHeads: 2,
    headSize: 16,
    intermediateSize: 160,
  },
};
const weights = initialWeights(SHAPE.config);
// So large that attention is of a few positions: where they are, RoPE must be right.
const SHARPNESS = 12;
for (const [name, { data }] of weights) {
  if (/[qk]_proj/.test(name)) data.forEach((weight, i) => data[i] = SHARPNESS * weight);
}

const fetched = await Deno.stat(LLAMA_FOLDER).then(() => true, () => false);
const wanted = fetched || Deno.env.get("LLAMA_PEER") !== undefined;
if (!wanted) console.warn(`SKIPPED: ${LLAMA}: there is no ${LLAMA_FOLDER}; LLAMA_PEER=1 fetches it, 0.7 GB`);
const llama = wanted ? await startLlama(SHAPE, weights, 2) : undefined;

Deno.test({
  name: "peers: node-llama-cpp's likeliest tokens are the engine's, at every length and batch",
  ignore: llama === undefined,
  // The process was started for all tests.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    await using peer = llama!;
    const model = await createEngine(SHAPE.config, weights, { workers: 1 });
    const settings = {
      algorithm: createAlgorithm(ALGORITHM_PRESETS["discrete-grpo"].paper),
      answers: createAnswerSampler({ rule: "greedy" }),
      thinking: { end: [], endIsDrawn: true, afterEnd: [] },
      endTokens: [],
      maxNewTokens: TOKENS,
    };
    const stream = noiseStream({ seed: 1, purpose: "test", dataset: "", problem: "", sample: 0 });
    for (const count of [1, PROMPTS]) {
      const prompts = randomPrompts(count, PROMPT_TOKENS);
      const expected = await rollout(model, prompts.map((ids) => ({ ids, streams: [stream] })), settings);
      const { completions } = await peer.decode({ prompts, tokens: TOKENS, temperature: 0 });
      assertEquals(completions, expected.map(([own]) => [...completionTokens(own)]));
    }
    await model.dispose();
  },
});
