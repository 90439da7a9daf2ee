import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { tokenDensity } from "../../algorithms/helpers.ts";
import { scoreRow } from "../../fixtures/logit_rows.ts";
import { tokenLogDensity, tokenReads } from "../../../src/algorithms/log_softmax.ts";
import { readRow } from "../../../src/models/host_readings.ts";
import type { MutableSlopes, Readings } from "../../../src/models/readings.ts";
import type { ThoughtAction, ThoughtAlgorithm } from "../../../src/algorithms/algorithm.ts";
import { softTokensGrpo } from "../../../src/algorithms/soft_tokens_grpo.ts";
import { createAnswerSampler } from "../../../src/rollout/answer_sampler.ts";
import { CompletionLoss, type CompletionTerms, oldLogDensity } from "../../../src/training/loss/completion_loss.ts";
import { type KlPenalty, LOSS_PRESETS, type LossConfig } from "../../../src/training/loss/loss_config.ts";
import type { DrawnStep } from "../../../src/training/loss/step_density.ts";

const ACTION: ThoughtAction = {
  token: 1,
  input: { ids: new Int32Array(0), weights: new Float32Array(0) },
  ids: new Int32Array(0),
  scores: new Float32Array(0),
  count: 0,
  // By the law of the draw, which training may score by another.
  drawnLogDensity: -7,
};
const TABLE = Float32Array.of(0.1, 0.5, -0.2, 0.3, 0.4, -0.6);
const THOUGHT: DrawnStep = { kind: "thought", action: ACTION, drawnLogDensity: -2 };
const ON_POLICY: CompletionTerms = {
  advantage: 2,
  weight: 0.25,
  sequence: undefined,
  old: undefined,
  reference: undefined,
};

/** One row of logits, scored; `gradient` (V) receives what its slopes become. */
function visit(
  loss: CompletionLoss,
  t: number,
  step: DrawnStep,
  logits: Float32Array,
  gradient?: Float32Array,
  table?: Float32Array,
): void {
  scoreRow(logits, loss.reads(t, step), (readings) => loss.visit(t, step, readings), gradient, table);
}

/** An algorithm whose log-density is the first logit, and which counts how often it is asked. */
function countingLoss(config: LossConfig, own: CompletionTerms) {
  const asked = { values: 0, gradients: 0 };
  const algorithm: ThoughtAlgorithm = {
    name: "discrete-grpo",
    temperature: 1,
    reads: () => ({}),
    act: () => ACTION,
    densityReads: () => ({ at: Int32Array.of(0) }),
    logDensity({ readings }, slopes, scale = 1) {
      asked.values++;
      if (slopes) {
        asked.gradients++;
        slopes.at![0] += scale;
      }
      return readings.at![0];
    },
  };
  const policy = { algorithm, answers: createAnswerSampler({ rule: "greedy" }) };
  const loss = new CompletionLoss({ policy, config, kl: config.kl }, own);
  return { loss, asked };
}

Deno.test("on-policy without divergence the density is evaluated once, with its gradient", () => {
  const { loss, asked } = countingLoss(LOSS_PRESETS["on-policy"], ON_POLICY);
  const gradient = new Float32Array(3);
  visit(loss, 0, THOUGHT, Float32Array.of(-1.5, 0, 0), gradient);
  assertEquals(asked, { values: 1, gradients: 1 });
  assertEquals(gradient[0], -0.25 * 2);
  const { entropy, ...seen } = loss.seen[0]!;
  const expected = { logDensity: -1.5, logRatio: 0, policyLoss: -2, divergence: 0, clipped: undefined, mismatch: 0.5 };
  assertEquals(seen, expected);
  // p = (e^-1.5, 1, 1) / 2.22313016.
  assertAlmostEquals(entropy, Math.log(2.22313016) + 1.5 * 0.22313016 / 2.22313016, 1e-8);
});

Deno.test("the mismatch is between the draw and the replay before the first update", () => {
  const mismatch = (step: DrawnStep, old?: number) => {
    const { loss } = countingLoss(LOSS_PRESETS["on-policy"], {
      ...ON_POLICY,
      old: old === undefined ? undefined : { logDensities: Float64Array.of(old) },
    });
    visit(loss, 0, step, Float32Array.of(-1.5, -1.5, -1.5));
    return loss.seen[0]!.mismatch;
  };
  // Drawn at -2, now at -1.5.
  assertEquals(mismatch(THOUGHT), 0.5);
  assertEquals(mismatch(THOUGHT, -2.25), 0.25);
  assertAlmostEquals(mismatch({ kind: "token", token: 1, drawnLogDensity: -1 })!, Math.log(3) - 1, 1e-12);
  assertEquals(mismatch({ kind: "token", token: 1 }), undefined);
  assertEquals(mismatch({ kind: "thought", action: ACTION }), undefined);
});

Deno.test("a position without slope asks for no gradient", () => {
  const { loss, asked } = countingLoss(LOSS_PRESETS["on-policy"], { ...ON_POLICY, advantage: 0 });
  visit(loss, 0, THOUGHT, Float32Array.of(-1.5, 0, 0), new Float32Array(3));
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
  visit(loss, 0, THOUGHT, Float32Array.of(-1.5, 0, 0), gradient);
  assertAlmostEquals(gradient[0], 0.25 * 0.1 * -0.5, 1e-9);
  assertEquals(loss.seen[0]?.clipped, "high");
});

Deno.test("a clipped position without divergence asks for no gradient", () => {
  const { loss, asked } = countingLoss(LOSS_PRESETS["on-policy"], {
    ...ON_POLICY,
    old: { logDensities: Float64Array.of(-2) },
  });
  visit(loss, 0, THOUGHT, Float32Array.of(-1.5, 0, 0), new Float32Array(3));
  assertEquals(asked, { values: 1, gradients: 0 });
  assertEquals([loss.seen[0]!.clipped, loss.seen[0]!.divergence], ["high", 0]);
});

Deno.test("thoughts and tokens have surrogates of their own where the config says so", () => {
  const config: LossConfig = { ...LOSS_PRESETS["on-policy"], thoughtSurrogate: { kind: "log-density" } };
  const token: DrawnStep = { kind: "token", token: 1, action: ACTION };
  const visited = (step: DrawnStep, old?: number) => {
    const { loss } = countingLoss(config, {
      ...ON_POLICY,
      ...(old !== undefined && { old: { logDensities: Float64Array.of(old) } }),
    });
    const gradient = new Float32Array(3);
    visit(loss, 0, step, Float32Array.of(-1.5, 0, 0), gradient);
    const { policyLoss, clipped } = loss.seen[0]!;
    return [policyLoss, gradient[0], clipped];
  };
  // A 2, weight 1/4, log π -1.5: -A log π, where a ratio of e^.5 is clipped at 1.2; on-policy the slopes are one.
  assertEquals(visited(THOUGHT, -2), [3, -0.5, undefined]);
  assertEquals(visited(token, -2), [-2.4, 0, "high"]);
  assertEquals(visited(THOUGHT), [3, -0.5, undefined]);
  assertEquals(visited(token), [-2, -0.5, undefined]);
});

Deno.test("an estimate is capped on both sides, and then has no gradient of its own", () => {
  const estimate = (estimator: "k1" | "k2", reference: number, timesRatio: boolean) => {
    const kl = { estimator, timesRatio, coefficient: 1, cap: 10 } as const;
    const own = {
      ...ON_POLICY,
      advantage: 0,
      old: { logDensities: Float64Array.of(-2) },
      reference: { logDensities: Float64Array.of(reference) },
    };
    const { loss } = countingLoss({ ...LOSS_PRESETS["on-policy"], kl }, own);
    const gradient = new Float32Array(3);
    visit(loss, 0, THOUGHT, Float32Array.of(-1.5, 0, 0), gradient);
    return [loss.seen[0]!.divergence, gradient[0]];
  };
  // δ = -1.5 - reference; ρ = e^.5, and a product with it keeps the slope of ρ.
  const [low, slope] = estimate("k1", 10, true);
  assertAlmostEquals(low, -10 * Math.exp(0.5), 1e-12);
  assertAlmostEquals(slope, 0.25 * -10 * Math.exp(0.5), 1e-6);
  assertAlmostEquals(estimate("k1", -13.5, true)[0], 10 * Math.exp(0.5), 1e-12);
  assertEquals(estimate("k2", 10, false), [10, 0]);
  assertEquals(estimate("k2", -1, false), [0.125, 0.25 * -0.5]);
});

Deno.test("the old density is the drawn one of thoughts where the config says so, else the replayed one", () => {
  const drawn = { ...LOSS_PRESETS["on-policy"], oldDensity: "drawn" } as const;
  const token: DrawnStep = { kind: "token", token: 1 };
  assertEquals(oldLogDensity(drawn, THOUGHT, -3), -7);
  assertEquals(oldLogDensity(drawn, token, -3), -3);
  assertEquals(oldLogDensity(drawn, { ...token, drawnLogDensity: -2.5 }, -3), -3);
  assertEquals(oldLogDensity(drawn, token, undefined), undefined);
  assertEquals(oldLogDensity(LOSS_PRESETS["on-policy"], THOUGHT, -3), -3);
});

Deno.test("the entropy is that of the whole softmax at the temperature of what was drawn", () => {
  const filter = { temperature: 0.5, topK: 1 };
  const policy = {
    algorithm: softTokensGrpo({ name: "soft-tokens-grpo", temperature: 2, noiseDeviation: 1, noiseScale: 1 }),
    answers: createAnswerSampler({ rule: "sample", filter }),
  };
  const action = { ...ACTION, embedding: new Float32Array(2) };
  const loss = new CompletionLoss(
    { policy, config: LOSS_PRESETS["on-policy"], kl: undefined },
    ON_POLICY,
  );
  const logits = Float32Array.of(Math.log(4), 0, 0);
  visit(loss, 0, { kind: "thought", action }, logits, undefined, TABLE);
  visit(loss, 1, { kind: "token", token: 0 }, logits);
  // At 2 the law is (2, 1, 1) / 4, at ½ (16, 1, 1) / 18. Logits have 32 bits.
  assertAlmostEquals(loss.seen[0]!.entropy, 1.5 * Math.log(2), 1e-7);
  assertAlmostEquals(loss.seen[1]!.entropy, Math.log(18) - 16 / 18 * Math.log(16), 1e-7);
});

Deno.test("the entropy bonus has the entropy's gradient, weighed, also where nothing else has one", () => {
  const config = { ...LOSS_PRESETS["on-policy"], entropyBonus: 0.2 };
  const { loss, asked } = countingLoss(config, { ...ON_POLICY, advantage: 0 });
  const logits = Float32Array.of(0.4, -1.1, 0.8);
  const gradient = new Float32Array(3);
  visit(loss, 0, THOUGHT, logits, gradient);
  assertEquals(asked.gradients, 0);
  const p = softmax(logits);
  const entropy = -p.reduce((sum, pi) => sum + pi * Math.log(pi), 0);
  p.forEach((pi, i) => assertAlmostEquals(gradient[i], 0.25 * 0.2 * pi * (Math.log(pi) + entropy), 1e-8));
});

/** p, q and a reference of three tokens, as logits. */
const DRAWN_FROM = Float32Array.of(0.5, 0.3, 0.2).map(Math.log);
const TRAINED = Float32Array.of(0.6, 0.25, 0.15).map(Math.log);
const ANCHOR = Float32Array.of(0.4, 0.4, 0.2).map(Math.log);
const DRAWS = [0, 0, 1];
const DRAWN_THOUGHT = { ...THOUGHT, action: { ...ACTION, ids: Int32Array.from(DRAWS) } };
const drawDensities = (logits: Float32Array) => Float64Array.from(DRAWS, (token) => tokenDensity(logits, { token }, 1));
const readDensities = (readings: Readings, slopes?: MutableSlopes, scales?: ArrayLike<number>) =>
  Float64Array.from(DRAWS, (_, j) => tokenLogDensity(readings, {}, 1, slopes, scales?.[j], j));

/** An algorithm that drew 0, 0 and 1, each with a ratio of its own, or one of all. */
function threeDraws(each: boolean): ThoughtAlgorithm {
  return {
    name: "three",
    temperature: 1,
    reads: () => ({}),
    act: () => ACTION,
    densityReads: () => tokenReads(Int32Array.from(DRAWS), undefined, 1),
    logDensity: ({ readings }, slopes, scale = 1) =>
      readDensities(readings, slopes, [scale, scale, scale]).reduce((sum, value) => sum + value, 0),
    ...(each && { drawLogDensities: ({ readings }, slopes, scales) => readDensities(readings, slopes, scales) }),
  };
}

function visited(algorithm: ThoughtAlgorithm, config: LossConfig, own: CompletionTerms, logits = TRAINED) {
  const policy = { algorithm, answers: createAnswerSampler({ rule: "greedy" }) };
  const loss = new CompletionLoss({ policy, config, kl: config.kl }, own);
  const gradient = new Float32Array(3);
  visit(loss, 0, DRAWN_THOUGHT, logits, gradient);
  const { entropy: _, ...seen } = loss.seen[0]!;
  return { seen, gradient };
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const OFF_POLICY: CompletionTerms = {
  ...ON_POLICY,
  old: { logDensities: Float64Array.of(sum(drawDensities(DRAWN_FROM))), draws: [drawDensities(DRAWN_FROM)] },
};

Deno.test("each draw has a ratio and a clip of its own, and losses are summed", () => {
  const surrogate = { kind: "clipped-ratio", low: 0.1, high: 0.1 } as const;
  const config = { ...LOSS_PRESETS["on-policy"], surrogate };
  // Ratios 1.2, 1.2 and 5/6. Logits are of 32 bits.
  const up = visited(threeDraws(true), config, OFF_POLICY);
  assertAlmostEquals(up.seen.policyLoss, -2 * (1.1 + 1.1 + 5 / 6), 1e-6);
  assertEquals(up.seen.draws!.map(({ clipped }) => clipped), ["high", "high", undefined]);
  [1.2, 1.2, 5 / 6].forEach((rho, j) => assertAlmostEquals(Math.exp(up.seen.draws![j].logRatio), rho, 1e-6));
  assertAlmostEquals(Math.exp(up.seen.logRatio), 1.2, 1e-6);
  assertEquals(up.seen.logDensity, sum(drawDensities(TRAINED)));
  assertEquals(up.seen.mismatch, Math.abs(-2 - OFF_POLICY.old!.logDensities[0]));
  // The third alone: -weight A ρ (1[k = 1] - q).
  const slope = -0.25 * 2 * 5 / 6;
  [-0.6, 0.75, -0.15].forEach((score, i) => assertAlmostEquals(up.gradient[i], slope * score, 1e-6));

  const down = visited(threeDraws(true), config, { ...OFF_POLICY, advantage: -2 });
  assertAlmostEquals(down.seen.policyLoss, 2 * (1.2 + 1.2 + 0.9), 1e-6);
  assertEquals(down.seen.draws!.map(({ clipped }) => clipped), [undefined, undefined, "low"]);

  // One ratio of all: 1.2.
  const joint = visited(threeDraws(false), config, OFF_POLICY);
  assertAlmostEquals(joint.seen.policyLoss, -2 * 1.1, 1e-6);
  assertEquals([joint.seen.clipped, [...joint.gradient], joint.seen.draws], ["high", [0, 0, 0], undefined]);
});

Deno.test("with one update a rollout, ratios of draws and of all have one gradient", () => {
  for (const kl of [undefined, { estimator: "k3", coefficient: 0.5 }] as const) {
    const config = { ...LOSS_PRESETS["on-policy"], ...(kl && { kl }) };
    const own = { ...ON_POLICY, reference: { logDensities: Float64Array.of(sum(drawDensities(ANCHOR))) } };
    const [each, joint] = [true, false].map((single) => visited(threeDraws(single), config, own));
    joint.gradient.forEach((slope, i) => assertAlmostEquals(each.gradient[i], slope, 1e-7));
    assert(Math.abs(joint.gradient[0]) > 0.01);
    assertEquals([each.seen.policyLoss, joint.seen.policyLoss], [-6, -2]);
    assertEquals(each.seen.divergence, joint.seen.divergence);
    assertEquals(each.seen.draws, DRAWS.map(() => ({ logRatio: 0, clipped: undefined })));
  }
});

Deno.test("the ratio of a sequence is one, whatever its steps drew", () => {
  const own = { ...OFF_POLICY, sequence: { logRatio: 0.05, spread: 3 } };
  const [each, joint] = [true, false].map((single) => visited(threeDraws(single), LOSS_PRESETS["on-policy"], own));
  assertEquals(each, joint);
});

Deno.test("old densities without those of single draws are no base of their ratios", () => {
  const old = { logDensities: Float64Array.of(-2) };
  assertThrows(() => visited(threeDraws(true), LOSS_PRESETS["on-policy"], { ...ON_POLICY, old }), Error, "each");
});

/** Laws of five tokens, as logits: the trained, the old and the reference policy. */
const LOGITS = Float32Array.of(0.3, -0.9, 1.1, 0.4, -0.2);
const OLD = Float32Array.of(0.7, -0.4, 0.6, 0.1, -0.5);
const REFERENCE = Float32Array.of(0.5, 0.8, 0.2, -0.3, 0.6);

function softmax(logits: Float32Array): number[] {
  const mass = logits.reduce((sum, z) => sum + Math.exp(z), 0);
  return Array.from(logits, (z) => Math.exp(z) / mass);
}

/** KL(softmax(a) ‖ softmax(b)), summed over all tokens. */
function exactKl(a: Float32Array, b: Float32Array): number {
  const q = softmax(b);
  return softmax(a).reduce((sum, p, i) => sum + p * Math.log(p / q[i]), 0);
}

/** An algorithm that draws one of the five, and knows its divergence. */
const FIVE: ThoughtAlgorithm = {
  name: "five",
  temperature: 1,
  reads: () => ({}),
  act: () => ACTION,
  densityReads: ({ token }) => tokenReads(Int32Array.of(token), undefined, 1),
  logDensity: ({ readings }, slopes, scale) => tokenLogDensity(readings, {}, 1, slopes, scale),
  divergence: {
    referenceReads: () => ({ law: 1 }),
    reads: ({ law }) => ({ divergence: law! }),
    value({ readings }, _, slopes, scale = 1) {
      if (slopes) slopes.divergence! += scale;
      return readings.divergence!;
    },
  },
};

/** Other than 1, so that a forgotten factor shows. */
const COEFFICIENT = 0.5;

/** Value and gradient that the penalty has on average over draws from `old`: all five outcomes, by their probability. */
function expectedPenalty(kl: KlPenalty, old: Float32Array | undefined) {
  const policy = { algorithm: FIVE, answers: createAnswerSampler({ rule: "greedy" }) };
  const config = { ...LOSS_PRESETS["on-policy"], kl };
  const gradient = new Float32Array(LOGITS.length);
  let value = 0;
  softmax(old ?? LOGITS).forEach((weight, token) => {
    const loss = new CompletionLoss({ policy, config, kl }, {
      advantage: 0,
      weight,
      sequence: undefined,
      old: old && { logDensities: Float64Array.of(tokenDensity(old, { token }, 1)) },
      reference: {
        logDensities: Float64Array.of(tokenDensity(REFERENCE, { token }, 1)),
        readings: [readRow(REFERENCE, { law: 1 })],
      },
    });
    visit(loss, 0, { kind: "thought", action: { ...ACTION, token } }, LOGITS, gradient);
    value += weight * loss.seen[0]!.divergence;
  });
  return { value, gradient: gradient.map((slope) => slope / kl.coefficient) };
}

/** Gradient of a function of the logits by central differences, which err by step² here. */
function differences(f: (logits: Float32Array) => number): number[] {
  const step = 2 ** -12;
  return Array.from(LOGITS, (_, i) => {
    const at = (shift: number) => f(LOGITS.map((z, j) => j === i ? z + shift : z));
    return (at(step) - at(-step)) / (2 * step);
  });
}

const KL_GRADIENT = differences((logits) => exactKl(logits, REFERENCE));
const OTHER_WAY_GRADIENT = differences((logits) => exactKl(REFERENCE, logits));
const SECOND_MOMENT_GRADIENT = differences((logits) => {
  const q = softmax(REFERENCE);
  return softmax(logits).reduce((sum, p, i) => sum + p * Math.log(p / q[i]) ** 2 / 2, 0);
});
const NO_GRADIENT = [0, 0, 0, 0, 0];
/** Gradients are added up in 32 bits, and differences err by 6e-8. */
const TOLERANCE = 2e-7;

function assertGradient(found: Float32Array, expected: readonly number[], name: string): void {
  expected.forEach((slope, i) => assertAlmostEquals(found[i], slope, TOLERANCE, `${name}, logit ${i}`));
}

const EXPECTED: [KlPenalty["estimator"], boolean, { on: readonly number[]; off?: readonly number[] }][] = [
  ["k1", false, { on: NO_GRADIENT }],
  ["k1", true, { on: KL_GRADIENT, off: KL_GRADIENT }],
  ["k2", false, { on: KL_GRADIENT }],
  ["k2", true, { on: SECOND_MOMENT_GRADIENT, off: SECOND_MOMENT_GRADIENT }],
  ["k3", false, { on: OTHER_WAY_GRADIENT }],
  ["k3", true, { on: KL_GRADIENT, off: KL_GRADIENT }],
  ["closed-form", false, { on: KL_GRADIENT, off: KL_GRADIENT }],
  ["closed-form", true, { on: KL_GRADIENT, off: KL_GRADIENT }],
];
for (const [estimator, timesRatio, { on, off }] of EXPECTED) {
  Deno.test(`the expected gradient of ${estimator}${timesRatio ? " times the ratio" : ""}`, () => {
    const kl = { estimator, timesRatio, coefficient: COEFFICIENT };
    assertGradient(expectedPenalty(kl, undefined).gradient, on, "on-policy");
    const found = expectedPenalty(kl, OLD);
    if (off) return assertGradient(found.gradient, off, "off-policy");
    const wrong = Math.max(...KL_GRADIENT.map((slope, i) => Math.abs(found.gradient[i] - slope)));
    assert(wrong > 0.01, `off-policy the gradient is as near as ${wrong} to that of the divergence`);
  });
}

Deno.test("estimates times the ratio, and closed forms, have the divergence's value on- and off-policy", () => {
  for (const old of [undefined, OLD]) {
    for (const estimator of ["k1", "k3", "closed-form"] as const) {
      const { value } = expectedPenalty({ estimator, timesRatio: true, coefficient: COEFFICIENT }, old);
      assertAlmostEquals(value, exactKl(LOGITS, REFERENCE), 1e-12);
    }
  }
});
