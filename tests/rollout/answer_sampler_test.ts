import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { SOFT_THINKING_GRPO_PRESETS } from "../../src/algorithms/soft_thinking_grpo.ts";
import type { DrawnToken } from "../../src/algorithms/sample_token.ts";
import type { StepNoise } from "../../src/random/noise.ts";
import { type AnswerConfig, createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { UsageError } from "../../src/errors.ts";
import { readRow } from "../../src/models/host_readings.ts";
import { NEW_LOGITS, OLD_LOGITS, onRow, writtenNoise } from "../algorithms/helpers.ts";

/** A sampler asked of whole rows of logits. */
function onLogits(config: AnswerConfig) {
  const answers = createAnswerSampler(config);
  return {
    draw: (logits: Float32Array, noise: StepNoise) => answers.draw(readRow(logits, answers.reads(noise)), noise),
    adopt: (logits: Float32Array, token: number) => answers.adopt(readRow(logits, answers.adoptReads), token),
    logDensity: (logits: Float32Array, drawn: DrawnToken, gradient?: Float32Array, scale?: number) =>
      onRow(
        { logits },
        answers.densityReads(drawn),
        (readings, slopes) => answers.logDensity(readings, drawn, slopes, scale),
        gradient,
      ),
  };
}

const FILTER = { temperature: 1, topK: 5, topP: 0.95 };

Deno.test("sampling is the argmax of log-probability plus noise among the filtered tokens", () => {
  const answers = onLogits({ rule: "sample", filter: FILTER });
  assertEquals(answers.draw(OLD_LOGITS, writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1] })), { token: 2 });
  assertEquals(answers.draw(OLD_LOGITS, writtenNoise({ gumbel: [0, 0, 0, 0] })), { token: 0 });
});

Deno.test("greedy takes the most probable token, reads no noise, and scores it at temperature 1", () => {
  const greedy = onLogits({ rule: "greedy" });
  assertEquals(greedy.draw(OLD_LOGITS, writtenNoise({})), { token: 0 });
  assertEquals(greedy.adopt(OLD_LOGITS, 7), { token: 7 });
  assertAlmostEquals(greedy.logDensity(NEW_LOGITS, { token: 2 }), -2.33719381, 1e-6);
});

Deno.test("argmax-noised is the release's token: clamped noise cannot lift a cut token", () => {
  const { perturbation } = SOFT_THINKING_GRPO_PRESETS.release;
  const answers = onLogits({ rule: "argmax-noised", filter: FILTER, perturbation });
  assertEquals(answers.draw(OLD_LOGITS, writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1, 22] })), { token: 2 });
  // Clamped to 3, both win by probability; unclamped, id 1 would win.
  assertEquals(answers.draw(OLD_LOGITS, writtenNoise({ gumbel: [5, 9, 0, 0, 0] })), { token: 0 });
  assertEquals(answers.adopt(OLD_LOGITS, 7), { token: 7 });
});

Deno.test("argmax-noised: the noise reaches every one of the topK tokens, those that top-p cuts included", () => {
  const perturbation = { kind: "gumbel", temperature: 0.1, floor: 1e-6 } as const;
  const answers = onLogits({ rule: "argmax-noised", filter: FILTER, perturbation });
  // Id 4 is the fifth: p 0 after top-p .95, log 1e-6 = -13.8; the others are near -.5.
  assertEquals(answers.draw(OLD_LOGITS, writtenNoise({ gumbel: [0, 0, 0, 0, 22] })), { token: 4 });
});

Deno.test("with full support a token is scored by the whole vocabulary at the temperature, whatever the filter", () => {
  const answers = onLogits({ rule: "sample", filter: FILTER });
  const gradient = new Float32Array(8);
  assertAlmostEquals(answers.logDensity(NEW_LOGITS, { token: 2 }, gradient, 2), -2.33719381, 1e-6);
  assertAlmostEquals(gradient[2], 2 * 0.903402, 2e-6);
  const warm = onLogits({ rule: "sample", filter: { temperature: 0.7 } });
  // torch.log_softmax(z / 0.7)[1] in float64.
  assertAlmostEquals(warm.logDensity(OLD_LOGITS, { token: 1 }), -1.5166437817920624, 1e-12);
});

const KEPT = onLogits({ rule: "sample", filter: FILTER, support: "kept" });

Deno.test("with kept support a token is stored with what passed the filter, and scored over that", () => {
  const drawn = KEPT.draw(OLD_LOGITS, writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1] }));
  assertEquals(drawn, { token: 2, kept: Int32Array.of(0, 1, 2, 3) });
  // e^.4 / (e^2.3 + e + e^.4 + e^-.5), as computed by hand; the four ids are kept whatever the new logits rank.
  const gradient = new Float32Array(8);
  assertAlmostEquals(KEPT.logDensity(NEW_LOGITS, drawn, gradient, 2), Math.log(0.10086153), 1e-6);
  assertAlmostEquals(gradient[2], 2 * (1 - 0.10086153), 1e-6);
  assertEquals([...gradient.subarray(4)], [0, 0, 0, 0]);
});

Deno.test("with kept support a token that a mixture chose is put among the kept ones, where it is not there", () => {
  assertEquals(KEPT.adopt(OLD_LOGITS, 1), { token: 1, kept: Int32Array.of(0, 1, 2, 3) });
  const cut = KEPT.adopt(OLD_LOGITS, 6);
  assertEquals(cut, { token: 6, kept: Int32Array.of(0, 1, 2, 3, 6) });
  const mass = [2, 1.2, 0.3, -0.5, -3].reduce((sum, z) => sum + Math.exp(z), 0);
  assertAlmostEquals(KEPT.logDensity(OLD_LOGITS, cut), -3 - Math.log(mass), 1e-6);
});

Deno.test("without a filter kept and full support are one, and nothing is stored", () => {
  const kept = onLogits({ rule: "sample", filter: { temperature: 0.7 }, support: "kept" });
  assertEquals(kept.draw(OLD_LOGITS, writtenNoise({ gumbel: [0, 0, 0, 0, 0, 9, 0, 0] })), { token: 5 });
  assertEquals(kept.adopt(OLD_LOGITS, 6), { token: 6 });
});

Deno.test("an impossible filter is refused when the sampler is made", () => {
  assertThrows(
    () => createAnswerSampler({ rule: "sample", filter: { temperature: 1, topK: 0 } }),
    UsageError,
    "filter.topK",
  );
});
