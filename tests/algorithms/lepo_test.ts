/** The golden positions are those of `tests/golden/lepo.py`: plain 64-bit Python, which shares nothing but the formulas. */
import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createAlgorithm, thoughtLaw } from "../../src/algorithms/registry.ts";
import { lepo, LEPO_PRESETS, type LepoConfig } from "../../src/algorithms/lepo.ts";
import { thoughtSoftness } from "../../src/algorithms/softness.ts";
import { UsageError } from "../../src/errors.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import type { Completion } from "../../src/rollout/completion.ts";
import type { RolloutSettings } from "../../src/rollout/rollout.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import type { CurvePoint } from "../../src/training/curve.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { trainPolicy } from "../../src/training/trainer.ts";
import { smallModel } from "../fixtures/small_model.ts";
import golden from "../golden/lepo.json" with { type: "json" };
import { centralDifferences, logDensityGradient, onRows, writtenNoise } from "./helpers.ts";

const { temperature, topK, topP, gumbelTemperature } = golden;
const GOLDEN: LepoConfig = { name: "lepo", filter: { temperature, topK, topP }, gumbelTemperature, support: "kept" };
/** Weights have 32 bits, and scores before them: rounding of 1e-7 at values up to 3, over τ .3. */
const TOLERANCE = 1e-6;

for (const [t, { logits, gumbel, ids, weights, moved, scores }] of golden.positions.entries()) {
  Deno.test(`position ${t} of the golden file: mixture, token, score and slope`, () => {
    const noise = writtenNoise({ gumbel });
    const [old, now] = [Float32Array.from(logits), Float32Array.from(moved)];
    for (const support of ["kept", "full"] as const) {
      const algorithm = onRows(lepo({ ...GOLDEN, support }));
      const action = algorithm.act({ logits: old, noise });
      assertEquals([[...action.ids], [...action.input.ids], action.token, action.count], [
        ids,
        ids,
        ids[0],
        ids.length,
      ]);
      weights.forEach((weight, i) => assertAlmostEquals(action.input.weights[i], weight, TOLERANCE));
      const value = algorithm.logDensity({ logits: now, action });
      assertAlmostEquals(value, scores[support].value, 4 * TOLERANCE);
      const slopes = logDensityGradient(algorithm, now, action);
      scores[support].gradient.forEach((slope, i) => assertAlmostEquals(slopes[i], slope, 2 * TOLERANCE));
      assertAlmostEquals(thoughtSoftness(action).topWeight, weights[0], TOLERANCE);
    }
  });
}

Deno.test("three tokens by hand: y from p and the noise, the score, and the slope y - p", () => {
  const logitsOf = (p: number[]) => Float32Array.from(p, Math.log);
  const config = { ...LEPO_PRESETS.controlled, filter: { temperature: 1, topK: 3 }, gumbelTemperature: 0.5 };
  const noise = writtenNoise({ gumbel: [0, Math.log(2), 0] });
  const action = onRows(lepo(config)).act({ logits: logitsOf([0.5, 0.3, 0.2]), noise });
  // (.5, .6, .2)² over its sum .65.
  assertEquals([...action.ids], [1, 0, 2]);
  const y = [0.25 / 0.65, 0.36 / 0.65, 0.04 / 0.65];
  [y[1], y[0], y[2]].forEach((weight, i) => assertAlmostEquals(action.input.weights[i], weight, TOLERANCE));
  const p = [0.6, 0.25, 0.15];
  const logits = logitsOf(p);
  const value = onRows(lepo(config)).logDensity({ logits, action });
  assertAlmostEquals(value, y.reduce((sum, weight, i) => sum + weight * Math.log(p[i]), 0), TOLERANCE);
  const slopes = logDensityGradient(onRows(lepo(config)), logits, action, 2);
  y.forEach((weight, i) => assertAlmostEquals(slopes[i], 2 * (weight - p[i]), TOLERANCE));
});

Deno.test("what was cut has no slope with kept support, and is pushed down with full support", () => {
  const logits = Float32Array.of(2, 1, 0, -1, -2);
  const noise = writtenNoise({ gumbel: [0, 0.5] });
  const gradient = (support: LepoConfig["support"]) => {
    const algorithm = onRows(lepo({ ...GOLDEN, filter: { temperature: 1, topK: 2 }, support }));
    const action = algorithm.act({ logits, noise });
    const value = (z: Float32Array) => algorithm.logDensity({ logits: z, action });
    const slopes = logDensityGradient(algorithm, logits, action);
    // Differences err by step² ≈ 1e-6.
    centralDifferences(value, logits).forEach((expected, i) => assertAlmostEquals(slopes[i], expected, 3e-6));
    // No mass is made or lost.
    assertAlmostEquals(slopes.reduce((sum, slope) => sum + slope, 0), 0, TOLERANCE);
    return slopes;
  };
  assertEquals([...gradient("kept").subarray(2)], [0, 0, 0]);
  assert(gradient("full").subarray(2).every((slope) => slope < 0));
});

Deno.test("an entry too light for 32 bits leaves the score finite, whatever its logit becomes", () => {
  const algorithm = onRows(lepo({ ...GOLDEN, filter: { temperature: 1, topK: 2 }, gumbelTemperature: 0.001 }));
  const noise = writtenNoise({ gumbel: [0, 0] });
  const action = algorithm.act({ logits: Float32Array.of(1, 0, -1), noise });
  assertEquals([...action.input.weights], [1, 0]);
  const logits = Float32Array.of(1, -Infinity, -1);
  assertEquals(algorithm.logDensity({ logits, action }), 0);
  assertEquals([...logDensityGradient(algorithm, logits, action)], [0, 0, 0]);
});

Deno.test("the score is no density: its mean slope is E[y] - p, as computed in closed form", () => {
  // Two tokens of odds a 9 at τ 1: y has odds 9 times those of a uniform number, so that
  // E[y] = a (a - 1 - log a) / (a - 1)² = .8160, where p is .9.
  const algorithm = onRows(lepo({ ...GOLDEN, filter: { temperature: 1, topK: 2 }, gumbelTemperature: 1 }));
  const logits = Float32Array.of(Math.log(9), 0);
  const stream = noiseStream({ seed: 3, purpose: "test", dataset: "none", problem: "lepo", sample: 0 });
  const draws = 20_000;
  let sum = 0;
  for (let t = 0; t < draws; t++) {
    const action = algorithm.act({ logits, noise: stream.at(t) });
    sum += logDensityGradient(algorithm, logits, action)[0];
  }
  const expected = 9 * (8 - Math.log(9)) / 64 - 0.9;
  assertAlmostEquals(expected, -0.084, 1e-4);
  // Four and a half standard errors of a mean of values in [0, 1]; the seed is fixed.
  assertAlmostEquals(sum / draws, expected, 4.5 * 0.5 / Math.sqrt(draws));
});

Deno.test("presets are those of the released configurations, and of the embedded experiment", () => {
  const { release, "release-7b": larger, controlled } = LEPO_PRESETS;
  assertEquals(release.filter, { temperature: 1, topK: 30, topP: 0.95 });
  assertEquals([release.gumbelTemperature, larger.gumbelTemperature, controlled.gumbelTemperature], [0.3, 0.5, 0.3]);
  assertEquals([release.support, larger.support, controlled.support], ["full", "full", "kept"]);
  assertEquals(controlled.filter, { temperature: 1, topK: 5, topP: 0.95 });
});

Deno.test("tables name its mixtures by their temperature", () => {
  const { filter } = LEPO_PRESETS.release;
  assertEquals(thoughtLaw(LEPO_PRESETS.release), {
    text: "Gumbel mixtures τ 0.3",
    hard: "no",
    noise: "gumbel",
    filter,
  });
  assertEquals(thoughtLaw({ ...LEPO_PRESETS.release, gumbelTemperature: 0.001 }).hard, "nearly");
});

Deno.test("impossible settings are refused", () => {
  const refused = (config: LepoConfig, found: string) => assertThrows(() => onRows(lepo(config)), UsageError, found);
  refused({ ...GOLDEN, gumbelTemperature: 0 }, "algorithm.gumbelTemperature: found 0, expected a number above 0");
  refused({ ...GOLDEN, filter: { temperature: 1 } }, "algorithm.filter.topK: found nothing");
});

const LATENT = 3;
const { controlled } = LEPO_PRESETS;

/** Three steps of the small model, its completions, and the weights it ends with. */
async function train(loss: LossConfig, minibatches: number) {
  const model = await smallModel();
  const completions: Completion[] = [];
  const settings: RolloutSettings = {
    algorithm: createAlgorithm(controlled),
    answers: createAnswerSampler({ rule: "sample", filter: controlled.filter }),
    thinking: {
      end: [1],
      endIsDrawn: true,
      afterEnd: [],
      minThoughts: LATENT,
      maxThoughts: LATENT,
      atMaximum: "go-on",
    },
    endTokens: [0],
    maxNewTokens: 7,
  };
  const curve: CurvePoint[] = [];
  const steps = trainPolicy({
    model,
    objective: { advantage: ADVANTAGE_PRESETS.trl, loss, reward: { correct: 1, extracted: 0, missing: 0 } },
    training: {
      source: "made up",
      steps: 3,
      promptsPerStep: 4,
      groupSize: 5,
      minibatches,
      optimizer: { ...ADAMW_PRESETS.lepo, schedule: { peak: 1e-2, warmUp: 0, decay: { kind: "constant" } } },
      checkpointEvery: 3,
    },
    settings,
    source: {
      name: "made up",
      version: "1",
      problems: (step, count) =>
        Array.from({ length: count }, (_, i) => ({ id: `${step}/${i}`, question: `${3 + i}`, answer: "" })),
    },
    seed: 1,
    examination: {
      prompt: ({ question }) => Int32Array.of(Number(question), 2),
      text: (completion) => {
        completions.push(completion);
        return String(completion.steps.length);
      },
      grade: (text) =>
        Number(text) > 5
          ? { equal: true, extracted: text, canonical: text, reason: "same-value" }
          : { equal: false, extracted: text, canonical: text, reason: "different" },
    },
  });
  for await (const point of steps) curve.push(point);
  const weights = await model.weights();
  await model.dispose();
  return { curve, completions, weights };
}

Deno.test("LEPO trains: every completion begins with as many latent positions, and tokens follow", async () => {
  const { curve, completions } = await train(LOSS_PRESETS.lepo, 1);
  for (const { steps } of completions) {
    const kinds = steps.map(({ kind }) => kind);
    assertEquals(kinds.slice(0, LATENT), new Array(LATENT).fill("thought"));
    assertEquals(new Set(kinds.slice(LATENT)), new Set(["token"]));
  }
  // What would have ended them: the marker and the end of text are among the tokens that mixtures show.
  const shown = new Set(
    completions.flatMap(({ steps }) => steps.flatMap((s) => s.kind === "thought" ? s.action.token : [])),
  );
  assert(shown.has(0) && shown.has(1), [...shown].join());
  assert(curve.some(({ gradientNorm }) => gradientNorm > 0));
  // Of tokens alone; a step whose rewards are all equal has none.
  const updated = curve.filter((point) => "gradientNorm" in point);
  for (const { ratio, clipped } of updated) assertEquals([ratio, clipped], [1, 0]);
});

Deno.test("on-policy LEPO's loss has the gradient of a ratio, and off-policy it has not", async () => {
  const one = { ...LOSS_PRESETS.lepo, thoughtSurrogate: LOSS_PRESETS.lepo.surrogate };
  assertEquals((await train(LOSS_PRESETS.lepo, 1)).weights, (await train(one, 1)).weights);
  const [own, ratios] = [await train(LOSS_PRESETS.lepo, 2), await train(one, 2)];
  assertNotEquals(own.weights, ratios.weights);
  assertNotEquals(own.curve[0].ratio, 1);
});
