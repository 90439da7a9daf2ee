import { assertEquals, assertRejects } from "@std/assert";
import { noiseStream, RandomSequence } from "../../../src/random/streams.ts";
import { SOFT_THINKING_GRPO_PRESETS, softThinkingGrpo } from "../../../src/algorithms/soft_thinking_grpo.ts";
import type { ThoughtAlgorithm } from "../../../src/algorithms/algorithm.ts";
import { BenchError } from "../../../src/errors.ts";
import { MULTIPLEX_GRPO_PRESETS, multiplexGrpo } from "../../../src/algorithms/multiplex_grpo.ts";
import { discreteGrpo } from "../../../src/algorithms/discrete_grpo.ts";
import { createAnswerSampler } from "../../../src/rollout/answer_sampler.ts";
import type { Completion, CompletionStep } from "../../../src/rollout/completion.ts";
import { collectStepDensities, drawnLength, stepTemperature } from "../../../src/training/loss/step_density.ts";
import { onRows, tokenDensity } from "../../algorithms/helpers.ts";
import { readRow } from "../../../src/models/host_readings.ts";
import type { LanguageModel, TrainingGroup } from "../../../src/models/language_model.ts";

const V = 7;
const D = 2;
const ALGORITHM = softThinkingGrpo(SOFT_THINKING_GRPO_PRESETS.paper);
const POLICY = { algorithm: ALGORITHM, answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1 } }) };
const RANDOM = new RandomSequence("step densities");
const LOGITS = Array.from({ length: 3 }, () => Float32Array.from({ length: V }, () => RANDOM.gaussian()));

/** A model whose logits at step t are LOGITS[t], visited from the last step to the first, one at a time. */
const MODEL = {
  config: { vocabularySize: V, hiddenSize: D },
  async forward(groups, visit) {
    for (const [group, { completions }] of groups.entries()) {
      for (const [completion, inputs] of completions.entries()) {
        for (let action = inputs.count; action >= 0; action--) {
          const place = { group, completion, action };
          visit.score(place, readRow(LOGITS[action], visit.reads(place)));
        }
      }
    }
  },
} as LanguageModel;

const noise = noiseStream({ seed: 1, purpose: "test", dataset: "none", problem: "densities", sample: 0 }).at(0);
const action = onRows(ALGORITHM).act({ logits: LOGITS[0], noise });
const STEPS: CompletionStep[] = [{ kind: "thought", action }, { kind: "forced", token: 5 }, {
  kind: "token",
  token: 3,
}];
const COMPLETION: Completion = { steps: STEPS, finish: "stop" };
const GROUP: TrainingGroup = {
  prompt: Int32Array.of(0),
  completions: [{ count: 2, width: 1, ids: new Int32Array(2), weights: new Float32Array(2) }],
};

Deno.test("thoughts are scored by the algorithm, tokens by the answer sampler, forced steps by nobody", async () => {
  const [[densities]] = await collectStepDensities(MODEL, POLICY, [GROUP], [[COMPLETION]]);
  assertEquals([...densities.logDensities], [
    onRows(ALGORITHM).logDensity({ logits: LOGITS[0], action }),
    0,
    tokenDensity(LOGITS[2], { token: 3 }, 1),
  ]);
  assertEquals(densities.readings, undefined);
});

Deno.test("a token that an algorithm drew itself is scored by it, though it ended the thinking", async () => {
  const discrete = discreteGrpo({ name: "discrete-grpo", filter: { temperature: 0.5, topK: 2 }, support: "kept" });
  const drawn = onRows(discrete).act({ logits: LOGITS[0], noise });
  const steps: CompletionStep[] = [{ kind: "token", token: drawn.token, action: drawn }, ...STEPS.slice(1)];
  const policy = { ...POLICY, algorithm: discrete };
  const [[{ logDensities }]] = await collectStepDensities(MODEL, policy, [GROUP], [[{ steps, finish: "stop" }]]);
  assertEquals(logDensities[0], onRows(discrete).logDensity({ logits: LOGITS[0], action: drawn }));
});

Deno.test("what a divergence reads of thoughts is collected where it is asked for", async () => {
  const [[densities]] = await collectStepDensities(MODEL, POLICY, [GROUP], [[COMPLETION]], { forDivergence: true });
  assertEquals(densities.readings?.[0]?.at, onRows(ALGORITHM).referenceOf({ logits: LOGITS[0], action }).at);
  assertEquals(densities.readings?.[2], undefined);
});

Deno.test("densities of single draws are collected of thoughts, where the algorithm gives each a ratio", async () => {
  const algorithm: ThoughtAlgorithm = {
    ...ALGORITHM,
    drawLogDensities: ({ readings }) => Float64Array.of(readings.at![0], 5),
  };
  const [[densities]] = await collectStepDensities(MODEL, { ...POLICY, algorithm }, [GROUP], [[COMPLETION]]);
  assertEquals([...densities.draws!], [Float64Array.of(LOGITS[0][action.ids[0]], 5), undefined, undefined]);
  const [[without]] = await collectStepDensities(MODEL, POLICY, [GROUP], [[COMPLETION]]);
  assertEquals(without, { logDensities: densities.logDensities });
});

Deno.test("the temperature of a step is the algorithm's for a thought, the sampler's for a token", () => {
  const answers = createAnswerSampler({ rule: "sample", filter: { temperature: 0.7 } });
  const policy = { algorithm: ALGORITHM, answers };
  assertEquals(stepTemperature(policy, { kind: "thought", action }), 1);
  assertEquals(stepTemperature(policy, { kind: "token", token: 3 }), 0.7);
  assertEquals(createAnswerSampler({ rule: "greedy" }).temperature, 1);
});

Deno.test("forced steps do not count in a completion's scored length", () => {
  assertEquals(drawnLength(COMPLETION), 2);
});

Deno.test("rows of logits that are no law are refused, those of forced steps aside", async () => {
  const fault = { value: Infinity, id: 0 };
  const broken = (position: number): LanguageModel => ({
    ...MODEL,
    forward: (groups, visit) =>
      MODEL.forward(groups, {
        reads: (place) => visit.reads(place),
        score: (place, readings) => visit.score(place, place.action === position ? { ...readings, fault } : readings),
      }),
  });
  await assertRejects(
    () => collectStepDensities(broken(2), POLICY, [GROUP], [[COMPLETION]]),
    BenchError,
    "Cannot score position 3 of completion 1 of prompt 1: the model's logits hold Infinity (id 0)",
  );
  await collectStepDensities(broken(1), POLICY, [GROUP], [[COMPLETION]]);
});

Deno.test("laws over a whole vocabulary that are too many to keep are refused before anything is computed", async () => {
  const algorithm = multiplexGrpo(MULTIPLEX_GRPO_PRESETS.release);
  const drawn = onRows(algorithm).act({ logits: LOGITS[0], noise });
  const steps: CompletionStep[] = [{ kind: "thought", action: drawn }, { kind: "token", token: 3 }];
  const completions = [[{ steps, finish: "length" } as const]];
  const of = (vocabularySize: number): LanguageModel => ({
    ...MODEL,
    config: { ...MODEL.config, vocabularySize },
    forward: () => Promise.reject(new Error("computed")),
  });
  const collect = (vocabularySize: number, forDivergence: boolean) => () =>
    collectStepDensities(of(vocabularySize), { ...POLICY, algorithm }, [GROUP], completions, { forDivergence });
  // One thought of 2^30 tokens in 32 bits is 4 GiB.
  await assertRejects(collect(2 ** 30 + 1, true), BenchError, "the laws of 1 thoughts over 1073741825 tokens");
  await assertRejects(collect(2 ** 30, true), Error, "computed");
  await assertRejects(collect(2 ** 30 + 1, false), Error, "computed");
});
