import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { readRow } from "../../src/models/host_readings.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { type AnswerConfig, createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { replayInputs } from "../../src/rollout/step_inputs.ts";
import type { DrawnStep } from "../../src/rollout/completion.ts";
import { stepLogDensity, stepReads } from "../../src/rollout/step_log_density.ts";
import { collectStepDensities } from "../../src/training/loss/step_density.ts";
import { smallModel } from "../fixtures/small_model.ts";

const { kept, controlled } = ALGORITHM_PRESETS["discrete-grpo"];
const { paper, release } = ALGORITHM_PRESETS["soft-thinking-grpo"];
const FILTER = { temperature: 0.7, topK: 3 };

const CASES: { name: string; algorithm: AlgorithmConfig; answers: AnswerConfig }[] = [
  { name: "discrete", algorithm: controlled, answers: { rule: "sample", filter: FILTER } },
  { name: "kept", algorithm: kept, answers: { rule: "sample", filter: FILTER, support: "kept" } },
  { name: "paper", algorithm: paper, answers: { rule: "sample", filter: FILTER, support: "kept" } },
  // Its drawn density is that of the filtered candidates, its score that of all stored ones: the latter is noted.
  {
    name: "release",
    algorithm: release,
    answers: { rule: "argmax-noised", filter: release.filter, perturbation: release.perturbation },
  },
  {
    name: "multiplex",
    algorithm: ALGORITHM_PRESETS["multiplex-grpo"].release,
    answers: { rule: "sample", filter: FILTER },
  },
  { name: "soft tokens", algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft, answers: { rule: "greedy" } },
  { name: "lepo", algorithm: ALGORITHM_PRESETS.lepo.release, answers: { rule: "sample", filter: FILTER } },
];

for (const { name, algorithm, answers } of CASES) {
  Deno.test(`${name}: what is noted at the draw is what a replay by the same weights gives, at thoughts and tokens`, async () => {
    const model = await smallModel();
    const settings: RolloutSettings = {
      algorithm: createAlgorithm(algorithm, await model.coordinateRms()),
      answers: createAnswerSampler(answers),
      thinking: { end: [1], endIsDrawn: true, afterEnd: [3], maxThoughts: 5 },
      endTokens: [0],
      maxNewTokens: 11,
      keepDensities: true,
    };
    const streams = Array.from(
      { length: 7 },
      (_, sample) => noiseStream({ seed: 1, purpose: "test", dataset: "d", problem: "p", sample }),
    );
    const ids = Int32Array.of(4, 2);
    const completions = await rollout(model, [{ ids, streams }], settings);
    const group = { prompt: ids, completions: completions[0].map((own) => replayInputs(own, model.config.hiddenSize)) };
    const [densities] = await collectStepDensities(model, settings, [group], completions);
    const kinds = new Set<string>();
    completions[0].forEach(({ steps }, g) =>
      steps.forEach((step, t) => {
        kinds.add(step.kind);
        if (step.kind === "forced") return assert(!("drawnLogDensity" in step));
        // Logits of decoding and replay differ by about 1e-6; Butt et al.'s density divides by σ², sharp noise by e^-u.
        const replayed = densities[g].logDensities[t];
        assertAlmostEquals(step.drawnLogDensity!, replayed, 1e-4 * Math.max(1, Math.abs(replayed)));
      })
    );
    assertEquals(kinds, new Set(["thought", "forced", "token"]));
    await model.dispose();
  });
}

Deno.test("nothing is noted where nobody asks for it", async () => {
  const model = await smallModel();
  const [[{ steps }]] = await rollout(model, [{
    ids: Int32Array.of(4, 2),
    streams: [noiseStream({ seed: 1, purpose: "test", dataset: "d", problem: "p", sample: 0 })],
  }], {
    algorithm: createAlgorithm(controlled),
    answers: createAnswerSampler({ rule: "greedy" }),
    thinking: { end: [1], endIsDrawn: true, afterEnd: [], maxThoughts: 3 },
    endTokens: [0],
    maxNewTokens: 7,
  });
  assertEquals(steps.filter((step) => "drawnLogDensity" in step), []);
  await model.dispose();
});

Deno.test("a token is the answers' to score, unless the algorithm drew it", () => {
  const policy = {
    algorithm: createAlgorithm({ name: "discrete-grpo", filter: { temperature: 0.5 } }),
    answers: createAnswerSampler({ rule: "sample", filter: { temperature: 2 } }),
  };
  const logits = Float32Array.of(Math.log(3), 0);
  const action = {
    token: 0,
    input: { ids: Int32Array.of(0), weights: Float32Array.of(1) },
    ids: Int32Array.of(0),
    scores: new Float32Array(0),
    count: 1,
  };
  const density = (step: DrawnStep) => stepLogDensity(policy, step, readRow(logits, stepReads(policy, step)));
  // 9 : 1 at temperature 1/2, √3 : 1 at 2; logits are of 32 bits.
  const byAlgorithm = density({ kind: "token", token: 0, action });
  assertAlmostEquals(byAlgorithm, Math.log(0.9), 1e-7);
  assertEquals(density({ kind: "thought", action }), byAlgorithm);
  const byAnswers = density({ kind: "token", token: 0 });
  assertAlmostEquals(byAnswers, Math.log(Math.sqrt(3) / (Math.sqrt(3) + 1)), 1e-7);
});
