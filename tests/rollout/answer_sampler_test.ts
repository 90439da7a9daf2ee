import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { SOFT_THINKING_GRPO_PRESETS } from "../../src/algorithms/soft_thinking_grpo.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { UsageError } from "../../src/errors.ts";
import { NEW_LOGITS, OLD_LOGITS, writtenNoise } from "../algorithms/helpers.ts";

const FILTER = { temperature: 1, topK: 5, topP: 0.95 };

Deno.test("sampling is the argmax of log-probability plus noise among the filtered tokens", () => {
  const answers = createAnswerSampler({ rule: "sample", filter: FILTER });
  assertEquals(answers.sample(OLD_LOGITS, writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1] })), 2);
  assertEquals(answers.sample(OLD_LOGITS, writtenNoise({ gumbel: [0, 0, 0, 0] })), 0);
});

Deno.test("greedy takes the most probable token and reads no noise", () => {
  assertEquals(createAnswerSampler({ rule: "greedy" }).sample(OLD_LOGITS, writtenNoise({})), 0);
});

Deno.test("argmax-noised is the release's token: clamped noise cannot lift a cut token", () => {
  const { perturbation } = SOFT_THINKING_GRPO_PRESETS.release;
  const answers = createAnswerSampler({ rule: "argmax-noised", filter: FILTER, perturbation });
  assertEquals(answers.sample(OLD_LOGITS, writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1, 22] })), 2);
  // Clamped to 3, both win by probability; unclamped, id 1 would win.
  assertEquals(answers.sample(OLD_LOGITS, writtenNoise({ gumbel: [5, 9, 0, 0, 0] })), 0);
});

Deno.test("a hard token is scored by the whole vocabulary at the temperature, whatever the filter", () => {
  const answers = createAnswerSampler({ rule: "sample", filter: FILTER });
  const gradient = new Float32Array(8);
  assertAlmostEquals(answers.logDensity(NEW_LOGITS, 2, gradient, 2), -2.33719381, 1e-6);
  assertAlmostEquals(gradient[2], 2 * 0.903402, 2e-6);
  const warm = createAnswerSampler({ rule: "sample", filter: { temperature: 0.7 } });
  // torch.log_softmax(z / 0.7)[1] in float64.
  assertAlmostEquals(warm.logDensity(OLD_LOGITS, 1), -1.5166437817920624, 1e-12);
});

Deno.test("an impossible filter is refused when the sampler is made", () => {
  assertThrows(
    () => createAnswerSampler({ rule: "sample", filter: { temperature: 1, topK: 0 } }),
    UsageError,
    "filter.topK",
  );
});
