import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { ThoughtAction } from "../../src/algorithms/algorithm.ts";
import type { CandidateFilter } from "../../src/algorithms/candidates.ts";
import { discreteGrpo } from "../../src/algorithms/discrete_grpo.ts";
import {
  MULTIPLEX_GRPO_PRESETS,
  multiplexGrpo,
  type MultiplexGrpoConfig,
  multiplexGrpoLaw,
} from "../../src/algorithms/multiplex_grpo.ts";
import { thoughtSoftness } from "../../src/algorithms/softness.ts";
import { UsageError } from "../../src/errors.ts";
import type { StepNoise } from "../../src/random/noise.ts";
import { noiseStream } from "../../src/random/streams.ts";
import {
  centralDifferences,
  logDensityGradient,
  NEW_LOGITS,
  OLD_LOGITS,
  onRows,
  REFERENCE_LOGITS,
  writtenNoise,
} from "./helpers.ts";

const { release, paper, mean, cot2, "cot2-release": cot2Release } = MULTIPLEX_GRPO_PRESETS;
/** The laws of the reference vectors: p that drew, q elsewhere. */
const P = Float32Array.of(0.5, 0.3, 0.2).map(Math.log);
const Q = Float32Array.of(0.6, 0.25, 0.15).map(Math.log);
/** Lets the Gumbel argmax take 0, then cumulated p .5, .8, 1 give 0 and 1. */
const NOISE_OF_0_0_1 = writtenNoise({ gumbel: [9, 0, 0], uniform: [NaN, 0.49, 0.79] });
const STREAM = noiseStream({ seed: 3, purpose: "test", dataset: "none", problem: "multiplex", sample: 0 });

const drawn = (config: MultiplexGrpoConfig): ThoughtAction =>
  onRows(multiplexGrpo(config)).act({ logits: P, noise: NOISE_OF_0_0_1 });

const WEIGHTS: [MultiplexGrpoConfig, number[]][] = [
  [release, [0.76923, 0.23077]],
  [paper, [1.25, 0.375]],
  [mean, [0.66667, 0.33333]],
];
for (const [config, expected] of WEIGHTS) {
  Deno.test(`weights of ${config.weights} for p = (.5, .3, .2) and draws (0, 0, 1)`, () => {
    const action = drawn(config);
    assertEquals([action.token, [...action.ids], action.count], [0, [0, 0, 1], 3]);
    assertEquals([...action.input.ids], [0, 1]);
    // The vectors have five decimals.
    action.input.weights.forEach((weight, i) => assertAlmostEquals(weight, expected[i], 5e-6));
    assertAlmostEquals(thoughtSoftness(action).topWeight, expected[0] / (expected[0] + expected[1]), 1e-5);
  });
}

Deno.test("weights of paper sum to more than 1 where a token is drawn twice, to 1 where none is", () => {
  const sumOf = (noise: StepNoise) =>
    onRows(multiplexGrpo(paper)).act({ logits: P, noise }).input.weights.reduce(
      (sum, w) => sum + w,
      0,
    );
  assertAlmostEquals(sumOf(NOISE_OF_0_0_1), 1.625, 1e-6);
  assertAlmostEquals(sumOf(writtenNoise({ gumbel: [9, 0, 0], uniform: [NaN, 0.79, 0.81] })), 1, 1e-6);
});

Deno.test("log density and gradient of three draws: Σ log p, and counts - K p", () => {
  for (const config of [release, paper, mean]) {
    const action = drawn(config);
    const algorithm = onRows(multiplexGrpo(config));
    // Logits are of 32 bits.
    assertAlmostEquals(algorithm.logDensity({ logits: P, action }), -2.59026717, 1e-6);
    const gradient = logDensityGradient(algorithm, P, action, -2);
    [0.5, 0.1, -0.6].forEach((slope, i) => assertAlmostEquals(gradient[i], -2 * slope, 1e-6));
  }
});

Deno.test("the geometric mean has a third of density and gradient", () => {
  const action = drawn(cot2);
  const algorithm = onRows(multiplexGrpo(cot2));
  assertAlmostEquals(algorithm.logDensity({ logits: P, action }), -2.59026717 / 3, 1e-6);
  const gradient = logDensityGradient(algorithm, P, action);
  [0.5, 0.1, -0.6].forEach((slope, i) => assertAlmostEquals(gradient[i], slope / 3, 1e-6));
});

Deno.test("CoT2 as released draws and scores at logits divided by K, with the product of its draws", () => {
  // Cube roots of p are .79370053, .66943295 and .58480355.
  const law = [0.387561, 0.32688161, 0.28555739];
  const algorithm = onRows(multiplexGrpo(cot2Release));
  // Logs of the roots are -.231, -.401 and -.536, cumulated .388 and .714: each draw would be another one under p.
  const noise = writtenNoise({ gumbel: [0, 0.3, 0], uniform: [NaN, 0.39, 0.72] });
  const action = algorithm.act({ logits: P, noise });
  assertEquals([[...action.ids], [...action.input.ids]], [[1, 1, 2], [1, 2]]);
  [2 / 3, 1 / 3].forEach((weight, i) => assertAlmostEquals(action.input.weights[i], weight, 1e-7));
  const expected = 2 * Math.log(law[1]) + Math.log(law[2]);
  assertAlmostEquals(algorithm.logDensity({ logits: P, action }), expected, 1e-6);
  // (counts - K p) / K.
  const gradient = logDensityGradient(algorithm, P, action);
  [0, 2 / 3, 1 / 3].forEach((share, i) => assertAlmostEquals(gradient[i], share - law[i], 1e-6));
});

Deno.test("ratios of single draws are 1.2, 1.2 and .83333, their product 1.2", () => {
  const algorithm = onRows(multiplexGrpo(release));
  const action = drawn(release);
  const densities = (logits: Float32Array) => algorithm.drawLogDensities!({ logits, action });
  const [now, before] = [densities(Q), densities(P)];
  [1.2, 1.2, 0.25 / 0.3].forEach((ratio, j) => assertAlmostEquals(Math.exp(now[j] - before[j]), ratio, 1e-6));
  const value = (logits: Float32Array) => algorithm.logDensity({ logits, action });
  assertAlmostEquals(Math.exp(value(Q) - value(P)), 1.2, 1e-6);
  assertEquals(now.reduce((sum, one) => sum + one, 0), value(Q));
});

Deno.test("each draw's gradient has a scale of its own", () => {
  const algorithm = onRows(multiplexGrpo(release));
  const gradient = new Float32Array(3);
  const replay = { logits: P, action: drawn(release) };
  algorithm.drawLogDensities!(replay, gradient, [2, 0, -7]);
  // 2 at token 0, -7 at token 1, less p times their sum.
  [2 + 0.5 * 5, -7 + 0.3 * 5, 0.2 * 5].forEach((slope, i) => assertAlmostEquals(gradient[i], slope, 2e-6));
});

Deno.test("only single ratios have densities of single draws", () => {
  for (const [name, config] of Object.entries(MULTIPLEX_GRPO_PRESETS)) {
    assertEquals(onRows(multiplexGrpo(config)).drawLogDensities !== undefined, name === "release");
  }
});

const DIVERGENCES: [MultiplexGrpoConfig, number][] = [
  [release, 0.06321631],
  [paper, 0.06321631],
  [mean, 0.06321631],
  [cot2, 0.06321631 / 3],
];
Deno.test("the divergence of three draws is three times that of one, of their geometric mean that of one", () => {
  for (const [config, expected] of DIVERGENCES) {
    const algorithm = onRows(multiplexGrpo(config));
    const action = drawn(config);
    const reference = algorithm.referenceOf({ logits: Q, action });
    const value = (logits: Float32Array, gradient?: Float32Array) =>
      algorithm.divergence!({ logits, action }, reference, gradient, -2);
    assertAlmostEquals(value(P), expected, 1e-7);
    const gradient = new Float32Array(3);
    value(P, gradient);
    // Differences err by step² ≈ 1e-6.
    centralDifferences(value, P).forEach((slope, i) => assertAlmostEquals(gradient[i], -2 * slope, 2e-6));
  }
});

Deno.test("on kept tokens, density and divergence are those of the filtered law", () => {
  const config = { ...release, filter: { temperature: 0.7, topK: 3 }, support: "kept" } as const;
  const algorithm = onRows(multiplexGrpo(config));
  const noise = writtenNoise({ gumbel: [0, 5, 0], uniform: [NaN, 0.99, 0.01] });
  const action = algorithm.act({ logits: OLD_LOGITS, noise });
  assertEquals([[...action.ids], [...action.kept!]], [[1, 2, 0], [0, 1, 2]]);
  const value = (logits: Float32Array) => algorithm.logDensity({ logits, action });
  const scaled = [2.3, 1, 0.4].map((z) => Math.exp(z / 0.7));
  const mass = scaled.reduce((sum, one) => sum + one, 0);
  assertAlmostEquals(value(NEW_LOGITS), scaled.reduce((sum, one) => sum + Math.log(one / mass), 0), 1e-6);
  const gradient = logDensityGradient(algorithm, NEW_LOGITS, action);
  centralDifferences(value, NEW_LOGITS).forEach((slope, i) => assertAlmostEquals(gradient[i], slope, 6e-6));
  const reference = algorithm.referenceOf({ logits: REFERENCE_LOGITS, action });
  assertEquals(reference.at!.subarray(0, 3), REFERENCE_LOGITS.subarray(0, 3));
  const divergence = (logits: Float32Array, slopes?: Float32Array) =>
    algorithm.divergence!({ logits, action }, reference, slopes);
  const slopes = new Float32Array(OLD_LOGITS.length);
  divergence(NEW_LOGITS, slopes);
  centralDifferences(divergence, NEW_LOGITS).forEach((slope, i) => assertAlmostEquals(slopes[i], slope, 6e-6));
  assertEquals([...slopes.subarray(3)], [0, 0, 0, 0, 0]);
});

Deno.test("a token that cannot come is never drawn, and adds nothing to the divergence", () => {
  const algorithm = onRows(multiplexGrpo(release));
  const logits = Float32Array.of(-Infinity, 0, 0, -Infinity);
  const noise = writtenNoise({ gumbel: [9, 1, 0, 9], uniform: [NaN, 1e-9, 1 - 1e-17] });
  const action = algorithm.act({ logits, noise });
  assertEquals([...action.ids], [1, 1, 2]);
  const replay = { logits, action };
  const gradient = new Float32Array(4);
  const elsewhere = Float32Array.of(Math.log(0.5), Math.log(0.25), Math.log(0.25), -Infinity);
  const reference = algorithm.referenceOf({ logits: elsewhere, action });
  // Logits of the reference are of 32 bits.
  assertAlmostEquals(algorithm.divergence!(replay, reference, gradient), 3 * Math.log(2), 1e-6);
  gradient.forEach((slope) => assertAlmostEquals(slope, 0, 1e-12));
});

const FILTERS: CandidateFilter[] = [{ temperature: 1 }, { temperature: 0.7, topK: 5, topP: 0.95 }];
for (const filter of FILTERS) {
  for (const support of ["full", "kept"] as const) {
    for (const weights of ["release", "paper", "mean"] as const) {
      for (const ratioOverDraws of ["product", "each", "mean"] as const) {
        const name = `${weights}, ${ratioOverDraws}, top-k ${filter.topK}, ${support}`;
        Deno.test(`one draw is discrete GRPO: ${name}`, () => {
          const one = onRows(multiplexGrpo({ ...release, filter, support, weights, ratioOverDraws, draws: 1 }));
          const discrete = onRows(discreteGrpo({ name: "discrete-grpo", filter, support }));
          for (let t = 0; t < 50; t++) {
            const step = { logits: OLD_LOGITS, noise: STREAM.at(t) };
            const action = one.act(step);
            assertEquals(action, discrete.act(step));
            const replay = { logits: NEW_LOGITS, action };
            assertEquals(one.logDensity(replay), discrete.logDensity(replay));
            const expected = logDensityGradient(discrete, NEW_LOGITS, action, -0.37);
            assertEquals(logDensityGradient(one, NEW_LOGITS, action, -0.37), expected);
            const gradient = new Float32Array(NEW_LOGITS.length);
            one.drawLogDensities?.(replay, gradient, [-0.37]);
            if (ratioOverDraws === "each") assertEquals(gradient, expected);
          }
          assertEquals([one.temperature, one.drawsTokens], [discrete.temperature, discrete.drawsTokens]);
        });
      }
    }
  }
}

Deno.test("however many are drawn, the token is discrete GRPO's, which no further draw moves", () => {
  const discrete = onRows(discreteGrpo({ name: "discrete-grpo", filter: { temperature: 1 } }));
  for (let t = 0; t < 200; t++) {
    const step = { logits: OLD_LOGITS, noise: STREAM.at(t) };
    const [three, five] = [3, 5].map((draws) => onRows(multiplexGrpo({ ...release, draws })).act(step));
    assertEquals([three.token, three.ids[0]], [five.token, discrete.act(step).token]);
    assertEquals(three.ids, five.ids.subarray(0, 3));
  }
});

for (const filter of [{ temperature: 1 }, { temperature: 0.7, topK: 3 }]) {
  Deno.test(`draws are independent and of one law: ${JSON.stringify(filter)}`, () => {
    const algorithm = onRows(multiplexGrpo({ ...release, filter }));
    const logits = Float32Array.of(1.2, 0.3, 2, -0.5);
    // Under the filter -0.5 is cut.
    const cut = filter.topK === undefined ? -Infinity : -0.5;
    const masses = Array.from(logits, (z) => z === cut ? 0 : Math.exp(z / filter.temperature));
    const mass = masses.reduce((sum, one) => sum + one, 0);
    const pairs = [[0, 1], [1, 2], [2, 0]];
    const counts = pairs.map(() => new Float64Array(16));
    const steps = 20_000;
    for (let t = 0; t < steps; t++) {
      const { ids } = algorithm.act({ logits, noise: STREAM.at(t) });
      pairs.forEach(([a, b], i) => counts[i][4 * ids[a] + ids[b]]++);
    }
    for (const count of counts) {
      const statistic = count.reduce((sum, found, cell) => {
        const expected = steps * masses[Math.floor(cell / 4)] * masses[cell % 4] / mass ** 2;
        if (expected > 0) return sum + (found - expected) ** 2 / expected;
        assertEquals(found, 0);
        return sum;
      }, 0);
      // 99.99 % quantiles of chi-square with 15 and 8 degrees of freedom.
      assert(statistic < (filter.topK === undefined ? 44.3 : 31.9), `${statistic}`);
    }
  });
}

Deno.test("presets: MT as released, as printed and unweighted, CoT2 by its paper and by its code", () => {
  const shared = { name: "multiplex-grpo", filter: { temperature: 1 }, draws: 3 } as const;
  assertEquals(MULTIPLEX_GRPO_PRESETS, {
    release: { ...shared, weights: "release", ratioOverDraws: "each" },
    paper: { ...shared, weights: "paper", ratioOverDraws: "product" },
    mean: { ...shared, weights: "mean", ratioOverDraws: "product" },
    cot2: { ...shared, weights: "mean", ratioOverDraws: "mean" },
    "cot2-release": { ...shared, filter: { temperature: 3 }, weights: "mean", ratioOverDraws: "product" },
  });
});

Deno.test("its law in words names draws and weights, and a single draw is a token", () => {
  const { filter } = release;
  assertEquals(multiplexGrpoLaw(mean), {
    text: "multiplex tokens K 3, mean weights",
    hard: "no",
    noise: "other",
    filter,
  });
  assertEquals(multiplexGrpoLaw({ ...mean, draws: 1 }), { text: "tokens", hard: "yes", noise: "gumbel", filter });
});

Deno.test("impossible settings are refused when the algorithm is made", () => {
  assertThrows(() => onRows(multiplexGrpo({ ...release, draws: 0 })), UsageError, "draws");
});
