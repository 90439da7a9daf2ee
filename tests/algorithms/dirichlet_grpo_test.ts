import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  DIRICHLET_GRPO_PRESETS,
  dirichletGrpo,
  type DirichletGrpoConfig,
  dirichletGrpoLaw,
} from "../../src/algorithms/dirichlet_grpo.ts";
import { discreteGrpo } from "../../src/algorithms/discrete_grpo.ts";
import { UsageError } from "../../src/errors.ts";
import { noiseStream } from "../../src/random/streams.ts";
import {
  candidatesOf,
  centralDifferences,
  logDensityGradient,
  NEW_LOGITS,
  OLD_LOGITS,
  onRows,
  writtenNoise,
} from "./helpers.ts";

const { release, paper } = DIRICHLET_GRPO_PRESETS;
const STREAM = noiseStream({ seed: 7, purpose: "test", dataset: "none", problem: "dirichlet", sample: 0 });
const step = (t: number, logits = OLD_LOGITS) => ({ logits, noise: STREAM.at(t) });
/** What was drawn, said by hand. */
const actionOf = (ids: number[], weights: number[]) => ({
  token: ids[0],
  input: { ids: Int32Array.from(ids), weights: Float32Array.from(weights) },
  ids: Int32Array.from(ids),
  scores: Float32Array.from(weights, Math.log),
  count: ids.length,
});

Deno.test("the density is the Dirichlet law's, by hand", () => {
  const density = (config: DirichletGrpoConfig, law: number[], ids: number[], weights: number[]) =>
    onRows(dirichletGrpo(config)).logDensity({
      logits: Float32Array.from(law, Math.log),
      action: actionOf(ids, weights),
    });
  // Dir(2, 3): Γ(5) / (Γ(2) Γ(3)) · y_0 y_1². Logits and scores are of 32 bits.
  const [first, second] = [0.4, 0.6];
  const two = Math.log(12 * 0.3 * 0.7 ** 2);
  assertAlmostEquals(density({ ...paper, concentration: 5 }, [first, second], [0, 1], [0.3, 0.7]), two, 1e-6);
  // A third token of .2 that is not kept: shapes 2, 3 of 6.25, or renormalised of 5.
  const law = [0.32, 0.48, 0.2];
  assertAlmostEquals(density({ ...paper, concentration: 6.25 }, law, [1, 0], [0.7, 0.3]), two, 1e-6);
  assertAlmostEquals(density({ ...release, concentration: 5 }, law, [1, 0], [0.7, 0.3]), two, 1e-6);
  // A kept token that has become improbable counts as of probability .25: shapes 2, 1 of 8 and .75, .25.
  const raised = { ...paper, concentration: 4, leastProbability: 0.25 };
  assertAlmostEquals(density(raised, [0.5, 0.01, 0.49], [0, 1], [0.9, 0.1]), Math.log(2 * 0.9), 1e-6);
});

Deno.test("the gradient is that of central differences, clamped or not, under old and new logits", () => {
  for (const config of [release, paper, { ...release, concentration: 7, temperature: 0.6, leastProbability: 0.05 }]) {
    const algorithm = onRows(dirichletGrpo(config));
    for (let t = 0; t < 20; t++) {
      const action = algorithm.act(step(t));
      for (const logits of [OLD_LOGITS, NEW_LOGITS]) {
        const value = (at: Float32Array) => algorithm.logDensity({ logits: at, action });
        const gradient = logDensityGradient(algorithm, logits, action, -2);
        centralDifferences(value, logits, 2 ** -13).forEach((slope, i) =>
          assertAlmostEquals(gradient[i], -2 * slope, 1e-5 * Math.max(1, Math.abs(slope)))
        );
      }
    }
  }
});

Deno.test("a token that has become improbable has no slope", () => {
  const config = { ...paper, leastProbability: 0.25 };
  const logits = Float32Array.of(0.5, 0.01, 0.49).map(Math.log);
  const gradient = logDensityGradient(onRows(dirichletGrpo(config)), logits, actionOf([1], [1]));
  gradient.forEach((slope) => assertAlmostEquals(slope, 0, 1e-12));
});

Deno.test("a step feeds the weights it drew, heaviest first, of tokens that are probable enough", () => {
  const algorithm = onRows(dirichletGrpo({ ...release, leastProbability: 0.02 }));
  const { probabilities, ids: byProbability } = candidatesOf(OLD_LOGITS, { temperature: 1 });
  const kept = [...byProbability].filter((_, i) => probabilities[i] >= 0.02);
  for (let t = 0; t < 50; t++) {
    const { token, ids, input, scores, count } = algorithm.act(step(t));
    assertEquals([...ids].sort(), kept.sort());
    assertEquals([token, input.ids, count], [ids[0], ids, kept.length]);
    const weights = [...input.weights];
    assertEquals(weights, weights.toSorted((a, b) => b - a));
    assertAlmostEquals(weights.reduce((sum, weight) => sum + weight, 0), 1, 1e-6);
    scores.forEach((score, i) => assertAlmostEquals(Math.exp(score), weights[i], 1e-6));
  }
});

Deno.test("weights have the Dirichlet law's means and variances", () => {
  const concentration = 3;
  const algorithm = onRows(dirichletGrpo({ ...release, concentration }));
  const p = [0.5, 0.3, 0.2];
  const logits = Float32Array.from(p, Math.log);
  const steps = 20_000;
  const [sum, squares] = [new Float64Array(3), new Float64Array(3)];
  for (let t = 0; t < steps; t++) {
    const { ids, input } = algorithm.act(step(t, logits));
    ids.forEach((id, i) => {
      sum[id] += input.weights[i];
      squares[id] += input.weights[i] ** 2;
    });
  }
  p.forEach((mean, id) => {
    const variance = mean * (1 - mean) / (concentration + 1);
    // Four and a half standard errors of the mean; a variance of values in [0, 1] has an error below .5 / √steps.
    assertAlmostEquals(sum[id] / steps, mean, 4.5 * Math.sqrt(variance / steps));
    assertAlmostEquals(squares[id] / steps - (sum[id] / steps) ** 2, variance, 4.5 * 0.5 / Math.sqrt(steps));
  });
});

Deno.test("at γ → ∞ it feeds p", () => {
  const algorithm = onRows(dirichletGrpo({ ...release, concentration: 1e9 }));
  const { ids: all, probabilities } = candidatesOf(OLD_LOGITS, { temperature: 1 });
  const kept = probabilities.filter((p) => p >= 1e-3).length;
  const mass = probabilities.slice(0, kept).reduce((sum, p) => sum + p, 0);
  for (let t = 0; t < 20; t++) {
    const { ids, input } = algorithm.act(step(t));
    // Weights differ from p by √(p / γ) < 3.2e-5 at one standard deviation.
    all.slice(0, kept).forEach((id, i) =>
      assertAlmostEquals(input.weights[ids.indexOf(id)], probabilities[i] / mass, 1.6e-4)
    );
  }
});

Deno.test("at γ → 0 it feeds discrete GRPO's token under the same noise", () => {
  const algorithm = onRows(dirichletGrpo({ ...release, concentration: 1e-6, leastProbability: 1e-6 }));
  const discrete = onRows(discreteGrpo({ name: "discrete-grpo", filter: { temperature: 1 } }));
  for (let t = 0; t < 2000; t++) {
    const { token, input } = algorithm.act(step(t));
    assertEquals(token, discrete.act(step(t)).token);
    // Two values of e^-g / p would have to lie within 1e-5 of each other.
    assertAlmostEquals(input.weights[0], 1, 1e-3);
  }
});

Deno.test("where every token is improbable the most probable one is fed, with density 1", () => {
  const algorithm = onRows(dirichletGrpo({ ...release, leastProbability: 0.9 }));
  const noise = writtenNoise({ gumbel: [0, 0, 0.5], gamma: [1, 1, 1.5] });
  const logits = Float32Array.of(0, 0.1, 0.3);
  const action = algorithm.act({ logits, noise });
  assertEquals([action.token, [...action.input.weights]], [2, [1]]);
  assertEquals(algorithm.logDensity({ logits, action }), 0);
});

Deno.test("presets, law in words, and settings that are refused", () => {
  const shared = { name: "dirichlet-grpo", temperature: 1, concentration: 1, leastProbability: 1e-3 };
  assertEquals<unknown>(DIRICHLET_GRPO_PRESETS, {
    release: { ...shared, support: "kept" },
    paper: { ...shared, support: "full" },
  });
  const { text, hard, noise } = dirichletGrpoLaw(release);
  assertEquals([text, hard, noise], ["Dirichlet weights γ 1, T 1, p from 0.001", "no", "other"]);
  assertThrows(() => dirichletGrpo({ ...release, concentration: 0 }), UsageError, "concentration");
  assert(dirichletGrpo(release).drawLogDensities === undefined);
});
