import { assertAlmostEquals, assertEquals } from "@std/assert";
import { NO_EMBEDDING } from "../../algorithms/helpers.ts";
import type { ThoughtAction, ThoughtAlgorithm } from "../../../src/algorithms/algorithm.ts";
import { createAnswerSampler } from "../../../src/rollout/answer_sampler.ts";
import { CompletionLoss, type CompletionTerms, oldLogDensity } from "../../../src/training/loss/completion_loss.ts";
import { LOSS_PRESETS, type LossConfig } from "../../../src/training/loss/loss_config.ts";
import type { DrawnStep } from "../../../src/training/loss/step_density.ts";

const ACTION: ThoughtAction = {
  token: 1,
  input: { ids: new Int32Array(0), weights: new Float32Array(0) },
  ids: new Int32Array(0),
  scores: new Float32Array(0),
  count: 0,
  drawnLogDensity: -2,
};
const THOUGHT: DrawnStep = { kind: "thought", action: ACTION };
const ON_POLICY: CompletionTerms = {
  advantage: 2,
  weight: 0.25,
  sequence: undefined,
  old: undefined,
  reference: undefined,
};

/** An algorithm whose log-density is the first logit, and which counts how often it is asked. */
function countingLoss(config: LossConfig, own: CompletionTerms) {
  const asked = { values: 0, gradients: 0 };
  const algorithm: ThoughtAlgorithm = {
    name: "discrete-grpo",
    act: () => ACTION,
    logDensity({ logits }, gradient, scale = 1) {
      asked.values++;
      if (gradient) {
        asked.gradients++;
        gradient[0] += scale;
      }
      return logits[0];
    },
  };
  const policy = { algorithm, answers: createAnswerSampler({ rule: "greedy" }) };
  const loss = new CompletionLoss({ policy, embedding: NO_EMBEDDING, config, kl: config.kl }, own);
  return { loss, asked };
}

Deno.test("on-policy without divergence the density is evaluated once, with its gradient", () => {
  const { loss, asked } = countingLoss(LOSS_PRESETS["on-policy"], ON_POLICY);
  const gradient = new Float32Array(3);
  loss.visit(0, THOUGHT, Float32Array.of(-1.5, 0, 0), gradient);
  assertEquals(asked, { values: 1, gradients: 1 });
  assertEquals(gradient[0], -0.25 * 2);
  assertEquals(loss.seen[0], { logDensity: -1.5, logRatio: 0, policyLoss: -2, divergence: 0, clipped: undefined });
});

Deno.test("a position without slope asks for no gradient", () => {
  const { loss, asked } = countingLoss(LOSS_PRESETS["on-policy"], { ...ON_POLICY, advantage: 0 });
  loss.visit(0, THOUGHT, Float32Array.of(-1.5, 0, 0), new Float32Array(3));
  assertEquals(asked, { values: 1, gradients: 0 });
});

Deno.test("a clipped position has no gradient but that of its divergence", () => {
  const own = {
    ...ON_POLICY,
    old: { logDensities: Float64Array.of(-2) },
    reference: { logDensities: Float64Array.of(-1) },
  };
  const kl = { estimator: "k2", coefficient: 0.1 } as const;
  const { loss } = countingLoss({ ...LOSS_PRESETS["on-policy"], kl }, own);
  const gradient = new Float32Array(3);
  // ρ = e^.5 is beyond 1.2; δ = -.5.
  loss.visit(0, THOUGHT, Float32Array.of(-1.5, 0, 0), gradient);
  assertAlmostEquals(gradient[0], 0.25 * 0.1 * -0.5, 1e-9);
  assertEquals(loss.seen[0]?.clipped, "high");
});

Deno.test("the old density is the drawn one of thoughts where the config says so, else the replayed one", () => {
  const drawn = { ...LOSS_PRESETS["on-policy"], oldDensity: "drawn" } as const;
  const token: DrawnStep = { kind: "token", token: 1 };
  assertEquals(oldLogDensity(drawn, THOUGHT, -3), -2);
  assertEquals(oldLogDensity(drawn, token, -3), -3);
  assertEquals(oldLogDensity(drawn, token, undefined), undefined);
  assertEquals(oldLogDensity(LOSS_PRESETS["on-policy"], THOUGHT, -3), -3);
});
