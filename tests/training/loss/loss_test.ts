/** Reference case: float64 NumPy; formulas of TRL @ f2cd577 and verl @ b178a3c, one process, one micro-batch. */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { onRows } from "../../algorithms/helpers.ts";
import { onLogitRows } from "../../fixtures/logit_rows.ts";
import { discreteGrpo } from "../../../src/algorithms/discrete_grpo.ts";
import { SOFT_THINKING_GRPO_PRESETS, softThinkingGrpo } from "../../../src/algorithms/soft_thinking_grpo.ts";
import { createAnswerSampler } from "../../../src/rollout/answer_sampler.ts";
import type { Completion, CompletionStep } from "../../../src/rollout/completion.ts";
import { UsageError } from "../../../src/errors.ts";
import { LOSS_PRESETS, type LossBatch, type LossConfig, policyLoss } from "../../../src/training/loss/loss.ts";
import type { StepDensities } from "../../../src/training/loss/step_density.ts";
import { noiseStream } from "../../../src/random/streams.ts";

const POLICY = {
  algorithm: discreteGrpo({ name: "discrete-grpo", filter: { temperature: 1 } }),
  answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1 } }),
};
const OLD = [[-1, -2, -0.5], [-1.5, -0.7]];
const NEW = [[-0.7, -2.1, -0.4], [-1.9, -0.3]];
const REFERENCE = [[-1.1, -1.9, -0.6], [-1.4, -0.8]];
const TOKEN = 0;
const V = 3;

/** One group of two completions of token steps. */
const COMPLETIONS: Completion[] = OLD.map((values) => ({
  steps: values.map((): CompletionStep => ({ kind: "token", token: TOKEN })),
  finish: "stop",
}));
const densities = (values: number[][]): StepDensities[][] => [
  values.map((own) => ({ logDensities: Float64Array.from(own) })),
];

/** Logits under which TOKEN has log-probability `value`. */
function logitsOf(values: readonly number[]): Float32Array {
  return Float32Array.from(values.flatMap((value) => {
    const rest = Math.log((1 - Math.exp(value)) / 2);
    return [value, rest, rest];
  }));
}

const CLIP = { kind: "clipped-ratio", low: 0.2, high: 0.2 } as const;
const PPO: LossConfig = {
  surrogate: CLIP,
  ratioOver: "token",
  oldDensity: "replayed",
  aggregation: { kind: "sequence-mean" },
  trainInputs: false,
};
const TOKEN_MEAN: LossConfig = { ...PPO, aggregation: { kind: "token-mean" } };

/** The loss at given logits of the two completions, and its gradient. */
function evaluate(config: LossConfig, change: Partial<LossBatch> = {}, logits = NEW.map(logitsOf)) {
  const loss = policyLoss(POLICY, config, {
    completions: [COMPLETIONS],
    advantages: [Float64Array.of(1, -1)],
    old: densities(OLD),
    current: densities(NEW),
    reference: densities(REFERENCE),
    ...change,
  });
  const visit = onLogitRows(loss.rowLoss());
  const gradients = logits.map((rows, completion) => {
    const gradient = new Float32Array(rows.length);
    visit({ group: 0, completion, first: 0, count: rows.length / V, logits: rows, gradient });
    return gradient;
  });
  const summary = loss.summary();
  return { ...summary, loss: summary.loss!, gradients };
}

const VECTORS: [string, LossConfig, number][] = [
  ["grpo", PPO, 0.03795479],
  ["dapo", TOKEN_MEAN, -0.18363673],
  ["dr-grpo, at most 4 tokens", { ...PPO, aggregation: { kind: "dr-grpo", maxTokens: 4 } }, -0.11477295],
  ["sequence sum", { ...PPO, aggregation: { kind: "sequence-sum" } }, -0.45909182],
  ["grpo, ε_high .28", { ...PPO, surrogate: { kind: "clipped-ratio", low: 0.2, high: 0.28 } }, 0.02462145],
  ["dapo, ε_high .28", { ...TOKEN_MEAN, surrogate: { kind: "clipped-ratio", low: 0.2, high: 0.28 } }, -0.19963673],
  ["grpo + .04 k3", { ...PPO, kl: { estimator: "k3", coefficient: 0.04 } }, 0.04124366],
  ["dapo + .04 k3", { ...TOKEN_MEAN, kl: { estimator: "k3", coefficient: 0.04 } }, -0.18071108],
  ["GSPO, ε .2", { ...PPO, ratioOver: "sequence-mean" }, -0.05258546],
  ["GSPO, its own ε", LOSS_PRESETS.gspo, -0.0002],
  ["TRL's RLOO: ratio of the sequence", { ...PPO, ratioOver: "sequence-sum" }, -0.1],
  ["CISPO", { ...TOKEN_MEAN, surrogate: { kind: "cispo", cap: 1.28 } }, 0.31612377],
  ["SAPO", { ...PPO, surrogate: { kind: "sapo", positive: 1, negative: 1.05 } }, -0.06831727],
  ["SAPO, token mean", { ...TOKEN_MEAN, surrogate: { kind: "sapo", positive: 1, negative: 1.05 } }, -0.47840826],
];
for (const [name, config, expected] of VECTORS) {
  Deno.test(`the reference case: ${name}`, () => {
    // Logits have 32 bits, and so log-densities about 1e-7.
    assertAlmostEquals(evaluate(config).loss, expected, 5e-7);
  });
}

Deno.test("figures of a pass: clip shares of both sides, verl's ppo_kl, mean k3", () => {
  const summary = evaluate({ ...PPO, kl: { estimator: "k3", coefficient: 0.04 } });
  assertEquals(summary.clipped, { low: 0.2, high: 0.2, dual: 0 });
  assertAlmostEquals(summary.logRatioDrop, -0.06, 1e-6);
  assertAlmostEquals(summary.kl, 0.0731411, 1e-7);
  assertAlmostEquals(summary.loss - summary.policyLoss!, 0.04 * summary.klLoss!, 1e-12);
  assert(!("thoughtLogDensity" in summary));
  assert(!("kl" in evaluate(PPO)) && !("klLoss" in evaluate(PPO)));
  assertEquals("kl" in evaluate({ ...PPO, kl: { estimator: "k3", coefficient: 0 } }), false);
});

const OBJECTIVES: LossConfig[] = [
  // CISPO's weights are constants: it is checked as a function of log π alone in tests/training/loss/surrogate_test.ts. GSPO's
  // own ε is narrower than a difference's step.
  ...VECTORS.map(([, config]) => config)
    .filter((config) => config.surrogate.kind !== "cispo" && config !== LOSS_PRESETS.gspo),
  LOSS_PRESETS["soft-tokens-grpo"],
  { ...LOSS_PRESETS.verl, kl: { estimator: "k1", timesRatio: true, coefficient: 0.3 } },
  { ...LOSS_PRESETS.verl, kl: { estimator: "k2", coefficient: 0.3 } },
  { ...TOKEN_MEAN, kl: { estimator: "closed-form", coefficient: 0.3 } },
  { ...TOKEN_MEAN, kl: { estimator: "k3", timesRatio: true, coefficient: 0.3 } },
  { ...PPO, ratioOver: "sequence-sum", kl: { estimator: "k2", timesRatio: true, coefficient: 0.3 } },
  { ...PPO, ratioOver: "sequence-sum", surrogate: { kind: "sapo", positive: 1, negative: 1.05 } },
  { ...PPO, ratioOver: "sequence-sum", surrogate: { kind: "log-density" } },
  { ...TOKEN_MEAN, entropyBonus: 0.3 },
  { ...LOSS_PRESETS.verl, ratioOver: "sequence-mean", entropyBonus: 0.3 },
  // Caps some positions and not others: the estimates lie between .02 and .15.
  { ...TOKEN_MEAN, kl: { estimator: "k3", timesRatio: true, coefficient: 0.3, cap: 0.09 } },
  { ...LOSS_PRESETS["soft-thinking-grpo-release"], surrogate: { ...CLIP, dual: 1.4 } },
];
for (const [index, config] of OBJECTIVES.entries()) {
  Deno.test(`the gradient is that of the loss by central differences: config ${index}`, () => {
    const logits = NEW.map(logitsOf);
    const lossAt = (moved: Float32Array[]) => {
      const current = densities(
        moved.map((rows, i) => NEW[i].map((_, t) => logSoftmax(rows.subarray(t * V, (t + 1) * V)))),
      );
      return evaluate(config, { current }, moved).loss;
    };
    const { gradients } = evaluate(config, {}, logits);
    const step = 2 ** -10;
    logits.forEach((rows, completion) =>
      rows.forEach((_, i) => {
        const at = (shift: number) =>
          lossAt(logits.map((row, c) => c === completion ? row.map((z, j) => j === i ? z + shift : z) : row));
        // Differences err by step² ≈ 1e-6.
        assertAlmostEquals(gradients[completion][i], (at(step) - at(-step)) / (2 * step), 3e-6);
      })
    );
  });
}

function logSoftmax(logits: Float32Array): number {
  return logits[TOKEN] - Math.log(logits.reduce((sum, z) => sum + Math.exp(z), 0));
}

Deno.test("on-policy, every ratio-based config has the policy gradient, and its ratio is 1", () => {
  for (const ratioOver of ["token", "sequence-mean"] as const) {
    const loss = policyLoss(POLICY, { ...TOKEN_MEAN, ratioOver }, {
      completions: [COMPLETIONS],
      advantages: [Float64Array.of(1, -1)],
    });
    const gradient = new Float32Array(3 * V);
    const logits = logitsOf(NEW[0]);
    onLogitRows(loss.rowLoss())({ group: 0, completion: 0, first: 0, count: 3, logits, gradient });
    const p = Math.exp(NEW[0][0]);
    assertAlmostEquals(gradient[TOKEN], -(1 - p) / 5, 1e-7);
    assertEquals(loss.summary().ratio, 1);
    // Σ -A over five positions, 3 × -1 + 2 × 1, in the mean.
    assertAlmostEquals(loss.summary().loss, -1 / 5, 1e-12);
  }
});

Deno.test("runs of positions may come apart and in any order: the same bytes", () => {
  const config: LossConfig = { ...PPO, kl: { estimator: "k3", coefficient: 0.04 } };
  const { gradients: _, ...whole } = evaluate(config);
  const loss = policyLoss(POLICY, config, {
    completions: [COMPLETIONS],
    advantages: [Float64Array.of(1, -1)],
    old: densities(OLD),
    reference: densities(REFERENCE),
  });
  const visit = onLogitRows(loss.rowLoss());
  for (const [completion, first, count] of [[1, 1, 1], [0, 2, 1], [1, 0, 1], [0, 0, 2]]) {
    const logits = logitsOf(NEW[completion]).subarray(first * V, (first + count) * V);
    visit({ group: 0, completion, first, count, logits });
  }
  assertEquals(loss.summary(), whole);
});

Deno.test("forced steps are neither scored nor counted", () => {
  const forced: Completion[] = COMPLETIONS.map(({ steps, finish }) => ({
    steps: [...steps, { kind: "forced", token: 1 }],
    finish,
  }));
  const loss = policyLoss(POLICY, TOKEN_MEAN, {
    completions: [forced],
    advantages: [Float64Array.of(1, -1)],
    old: densities(OLD.map((own) => [...own, 0])),
  });
  const visit = onLogitRows(loss.rowLoss());
  forced.forEach(({ steps }, completion) => {
    const gradient = new Float32Array(steps.length * V);
    const logits = logitsOf([...NEW[completion], -0.1]);
    visit({ group: 0, completion, first: 0, count: steps.length, logits, gradient });
    assertEquals([...gradient.subarray(-V)], [0, 0, 0]);
  });
  assertAlmostEquals(loss.summary().loss, -0.18363673, 5e-7);
});

/** Two groups whose second completion and whose first are excluded, beside what is left of them. */
const EXCLUDED = [[false, true], [true, false]];
const AGGREGATIONS: [LossConfig["aggregation"], [number, number]][] = [
  // Three positions of the one that counts in the first group, two in the second.
  [{ kind: "token-mean" }, [1 / 5, 1 / 5]],
  [{ kind: "sequence-mean" }, [1 / 6, 1 / 4]],
  [{ kind: "sequence-sum" }, [1 / 2, 1 / 2]],
  [{ kind: "dr-grpo", maxTokens: 7 }, [1 / 14, 1 / 14]],
  [{ kind: "micro-batch-token-mean", completions: 2 }, [1 / 5, 1 / 5]],
];
for (const [aggregation, [first, second]] of AGGREGATIONS) {
  Deno.test(`excluded completions carry no loss, and no denominator counts them: ${aggregation.kind}`, () => {
    const kl = { estimator: "k2", coefficient: 0.5 } as const;
    const config: LossConfig = { ...PPO, surrogate: { kind: "log-density" }, aggregation, kl, entropyBonus: 0.25 };
    const loss = policyLoss(POLICY, config, {
      completions: [COMPLETIONS, COMPLETIONS],
      // Nobody reads the advantages of the excluded.
      advantages: [Float64Array.of(2, NaN), Float64Array.of(NaN, -3)],
      reference: [...densities(REFERENCE), ...densities(REFERENCE)],
      excluded: EXCLUDED,
    });
    assertEquals(loss.activeGroups, [0, 1]);
    const visit = onLogitRows(loss.rowLoss());
    EXCLUDED.forEach((group, b) =>
      group.forEach((excluded, completion) => {
        const logits = logitsOf(NEW[completion]);
        const gradient = new Float32Array(logits.length);
        visit({ group: b, completion, first: 0, count: NEW[completion].length, logits, gradient });
        assertEquals(gradient.every((slope) => slope === 0), excluded);
      })
    );
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const k2 = [0, 1].map((i) => sum(NEW[i].map((value, t) => (value - REFERENCE[i][t]) ** 2 / 2)));
    const entropy = [0, 1].map((i) =>
      sum(NEW[i].map((value) => {
        const p = Math.exp(value);
        return -p * value - (1 - p) * Math.log((1 - p) / 2);
      }))
    );
    const policy = -2 * first * sum(NEW[0]) + 3 * second * sum(NEW[1]);
    const summary = loss.summary();
    // Logits have 32 bits.
    assertAlmostEquals(summary.policyLoss!, policy, 2e-6);
    assertAlmostEquals(summary.klLoss!, first * k2[0] + second * k2[1], 2e-6);
    assertAlmostEquals(summary.entropyLoss!, first * entropy[0] + second * entropy[1], 2e-6);
    assertAlmostEquals(summary.kl!, sum(k2) / 5, 1e-6);
    assertAlmostEquals(summary.entropy!, sum(entropy) / 5, 1e-6);
    assertAlmostEquals(summary.tokenLogDensity!, (sum(NEW[0]) + sum(NEW[1])) / 5, 1e-6);
  });
}

Deno.test("a group is active by the completions that are not excluded", () => {
  const kl = { estimator: "k2", coefficient: 0.5 } as const;
  const completions = [COMPLETIONS, COMPLETIONS, COMPLETIONS];
  const advantages = [Float64Array.of(0, 1), Float64Array.of(1, 1), Float64Array.of(1, 0)];
  const batch = { completions, advantages, excluded: [[false, true], [true, true], [false, true]] };
  assertEquals(policyLoss(POLICY, PPO, batch).activeGroups, [2]);
  const reference = completions.flatMap(() => densities(REFERENCE));
  assertEquals(policyLoss(POLICY, { ...PPO, kl }, { ...batch, reference }).activeGroups, [0, 2]);
  const all = { ...batch, excluded: completions.map(() => [true, true]) };
  assertEquals(policyLoss(POLICY, PPO, all).summary(), {});
});

Deno.test("groups without contrast are left out, and the model's order of groups is mapped back", () => {
  const batch = {
    completions: [COMPLETIONS, COMPLETIONS],
    advantages: [Float64Array.of(0, 0), Float64Array.of(1, -1)],
  };
  const loss = policyLoss(POLICY, TOKEN_MEAN, batch);
  assertEquals(loss.activeGroups, [1]);
  const visit = onLogitRows(loss.rowLoss(loss.activeGroups));
  const gradient = new Float32Array(3 * V);
  visit({ group: 0, completion: 0, first: 0, count: 3, logits: logitsOf(NEW[0]), gradient });
  // The group that is left out still counts in the token mean.
  assertAlmostEquals(gradient[TOKEN], -(1 - Math.exp(NEW[0][0])) / 10, 1e-7);
  assertAlmostEquals(loss.summary().loss, -1 / 10, 1e-12);

  const kl = { estimator: "k3", coefficient: 0.1 } as const;
  const reference = [...densities(REFERENCE), ...densities(REFERENCE)];
  assertEquals(policyLoss(POLICY, { ...TOKEN_MEAN, kl }, { ...batch, reference }).activeGroups, [0, 1]);
  const active = (entropyBonus: number) => policyLoss(POLICY, { ...TOKEN_MEAN, entropyBonus }, batch).activeGroups;
  assertEquals([active(0), active(0.1)], [[1], [0, 1]]);
});

Deno.test("an estimate beyond its cap has the cap's value and no gradient", () => {
  const far = densities(REFERENCE.map((own) => own.map((value) => value + 4)));
  const kl = { estimator: "k3", coefficient: 1, cap: 10 } as const;
  const advantages = [Float64Array.of(0, 0)];
  const capped = evaluate({ ...TOKEN_MEAN, kl }, { reference: far, advantages });
  assertAlmostEquals(capped.kl, 10, 1e-12);
  assert(capped.gradients.every((gradient) => gradient.every((g) => g === 0)));
});

Deno.test("an estimate times the ratio is weighed by the ratio of its position, also where ratios span sequences", () => {
  for (const ratioOver of ["token", "sequence-mean"] as const) {
    const kl = { estimator: "k3", timesRatio: true, coefficient: 1 } as const;
    const { klLoss } = evaluate({ ...TOKEN_MEAN, ratioOver, kl });
    const expected = NEW.flatMap((own, i) =>
      own.map((value, t) => {
        const ratio = Math.exp(value - OLD[i][t]);
        return ratio * (Math.exp(REFERENCE[i][t] - value) - 1 - (REFERENCE[i][t] - value));
      })
    );
    // Logits have 32 bits.
    assertAlmostEquals(klLoss, expected.reduce((a, b) => a + b) / expected.length, 5e-7);
  }
});

Deno.test("paper: the old density of a thought is that of its noise, its divergence the closed form", () => {
  const algorithm = softThinkingGrpo(SOFT_THINKING_GRPO_PRESETS.paper);
  const policy = { algorithm, answers: POLICY.answers };
  const noise = noiseStream({ seed: 1, purpose: "test", dataset: "none", problem: "paper", sample: 0 }).at(0);
  const logits = Float32Array.of(1, 0.3, 0.5, -0.2, 0.8, -1);
  const moved = logits.map((z, i) => z + 0.2 * Math.sin(i));
  const onLogits = onRows(algorithm);
  const action = onLogits.act({ logits, noise });
  const reference = onLogits.referenceOf({ logits, action });
  const loss = policyLoss(policy, LOSS_PRESETS["soft-thinking-grpo-paper"], {
    completions: [[{ steps: [{ kind: "thought", action }], finish: "length" }]],
    advantages: [Float64Array.of(1)],
    reference: [[{ logDensities: Float64Array.of(0), readings: [reference] }]],
  });
  onLogitRows(loss.rowLoss())({ group: 0, completion: 0, first: 0, count: 1, logits: moved });
  const replay = { logits: moved, action };
  const ratio = Math.exp(onLogits.logDensity(replay) - action.drawnLogDensity!);
  const summary = loss.summary();
  assertAlmostEquals(summary.ratio, ratio, 1e-12);
  assertAlmostEquals(summary.kl, onLogits.divergence!(replay, reference), 1e-12);
  assertAlmostEquals(summary.thoughtLogDensity, onLogits.logDensity(replay), 1e-12);
});

Deno.test("an config without the densities it needs is refused", () => {
  const batch = { completions: [COMPLETIONS], advantages: [Float64Array.of(1, -1)] };
  const withKl = () => policyLoss(POLICY, LOSS_PRESETS.verl, batch);
  assertThrows(withKl, UsageError, "without a reference policy");
  const gspo = () => policyLoss(POLICY, LOSS_PRESETS.gspo, { ...batch, old: densities(OLD) });
  assertThrows(gspo, UsageError, "current densities");
});
