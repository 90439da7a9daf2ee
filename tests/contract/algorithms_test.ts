/** What holds for every algorithm, and how they meet in their limits. */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type AlgorithmOnRows,
  argmax,
  candidatesOf,
  centralDifferences,
  logDensityGradient,
  onRows,
  writtenNoise,
} from "../algorithms/helpers.ts";
import { readRow } from "../../src/models/host_readings.ts";
import { discreteGrpo } from "../../src/algorithms/discrete_grpo.ts";
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import { softTokensGrpo } from "../../src/algorithms/soft_tokens_grpo.ts";
import { SOFT_THINKING_GRPO_PRESETS, softThinkingGrpo } from "../../src/algorithms/soft_thinking_grpo.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { stepLogDensity, stepReads } from "../../src/training/loss/step_density.ts";
import { noiseStream, RandomSequence } from "../../src/random/streams.ts";
import type { StepNoise } from "../../src/random/noise.ts";
import { rmsOfCoordinates } from "../../src/models/embedding_table.ts";

/** V 13, D 7: distinct primes. */
const V = 13;
const D = 7;
const RANDOM = new RandomSequence("contract");
const gaussians = (count: number, scale: number) =>
  Float32Array.from({ length: count }, () => scale * RANDOM.gaussian());
const TABLE = gaussians(V * D, 1);
const RMS = rmsOfCoordinates(TABLE, D);
const LOGITS = gaussians(V, 1.5);
const MOVED = LOGITS.map((z, i) => z + 0.2 * Math.cos(3 * i));
const STREAM = noiseStream({ seed: 5, purpose: "test", dataset: "none", problem: "contract", sample: 0 });

const DISCRETE = ALGORITHM_PRESETS["discrete-grpo"];
const BUTT = ALGORITHM_PRESETS["soft-tokens-grpo"];
const SOFT = SOFT_THINKING_GRPO_PRESETS;
const LEPO = ALGORITHM_PRESETS.lepo;
const MULTIPLEX = ALGORITHM_PRESETS["multiplex-grpo"];
const FILTER = { temperature: 0.8, topK: 5, topP: 0.95 };

/** Every law that can be trained; `scoreIsCentred`: whether its score has mean 0. */
const CASES: { name: string; config: AlgorithmConfig; scoreIsCentred: boolean }[] = [
  { name: "discrete GRPO", config: DISCRETE.paper, scoreIsCentred: true },
  // Drawn from the filtered law, scored by the unfiltered one, as verl and TRL do.
  { name: "discrete GRPO, filtered", config: DISCRETE.controlled, scoreIsCentred: false },
  { name: "discrete GRPO, filtered, on the kept tokens", config: DISCRETE.kept, scoreIsCentred: true },
  { name: "soft GRPO", config: BUTT.soft, scoreIsCentred: true },
  { name: "SofT-GRPO, paper", config: SOFT.paper, scoreIsCentred: true },
  { name: "SofT-GRPO, hard thoughts", config: SOFT["hard-thoughts"], scoreIsCentred: true },
  { name: "SofT-GRPO, release", config: SOFT.release, scoreIsCentred: false },
  { name: "SofT-GRPO, Dirichlet", config: SOFT["dirichlet-matched"], scoreIsCentred: false },
  { name: "SofT-GRPO, Gaussian", config: SOFT["gaussian-matched"], scoreIsCentred: false },
  // A cross-entropy, and no density.
  { name: "LEPO", config: LEPO.release, scoreIsCentred: false },
  { name: "LEPO, on the kept tokens", config: LEPO.controlled, scoreIsCentred: false },
  { name: "Multiplex, release", config: MULTIPLEX.release, scoreIsCentred: true },
  { name: "Multiplex, paper", config: MULTIPLEX.paper, scoreIsCentred: true },
  { name: "Multiplex, mean", config: MULTIPLEX.mean, scoreIsCentred: true },
  { name: "Multiplex, filtered", config: { ...MULTIPLEX.release, filter: FILTER }, scoreIsCentred: false },
  {
    name: "Multiplex, filtered, on the kept tokens",
    config: { ...MULTIPLEX.release, filter: FILTER, support: "kept" },
    scoreIsCentred: true,
  },
  { name: "CoT2", config: MULTIPLEX.cot2, scoreIsCentred: true },
  { name: "CoT2, Dirichlet, release", config: ALGORITHM_PRESETS["dirichlet-grpo"].release, scoreIsCentred: true },
  { name: "CoT2, Dirichlet, paper", config: ALGORITHM_PRESETS["dirichlet-grpo"].paper, scoreIsCentred: true },
  { name: "CoT2, release", config: MULTIPLEX["cot2-release"], scoreIsCentred: true },
];

const act = (algorithm: Pick<AlgorithmOnRows, "act">, noise: StepNoise, logits = LOGITS, table = TABLE) =>
  algorithm.act({ logits, noise, table });

for (const { name, config, scoreIsCentred } of CASES) {
  const algorithm = onRows(createAlgorithm(config, RMS));

  Deno.test(`${name}: the ratio is exactly 1 where old and new logits are equal`, () => {
    for (let t = 0; t < 20; t++) {
      const action = act(algorithm, STREAM.at(t));
      const replay = { logits: LOGITS, action, table: TABLE };
      const old = algorithm.logDensity(replay);
      assert(Number.isFinite(old));
      assertEquals(Math.exp(algorithm.logDensity(replay, new Float32Array(V)) - old), 1);
    }
  });

  Deno.test(`${name}: its temperature is that of its settings`, () => {
    const temperature = 0.7;
    const moved = "filter" in config
      ? { ...config, filter: { ...config.filter, temperature } }
      : { ...config, temperature };
    assertEquals(createAlgorithm(moved, RMS).temperature, temperature);
  });

  Deno.test(`${name}: the same noise gives the same action, and logits are left as they were`, () => {
    const before = LOGITS.slice();
    assertEquals(act(algorithm, STREAM.at(3)), act(algorithm, STREAM.at(3)));
    assertEquals(LOGITS, before);
  });

  Deno.test(`${name}: the gradient on logits is that of central differences`, () => {
    for (let t = 0; t < 20; t++) {
      const action = act(algorithm, STREAM.at(t));
      const value = (logits: Float32Array) => algorithm.logDensity({ logits, action, table: TABLE });
      const gradient = logDensityGradient(algorithm, MOVED, action, 1, TABLE);
      // A step so small that no mask or clamp is crossed; it divides 64-bit rounding of values near 10.
      const differences = centralDifferences(value, MOVED, 2 ** -14);
      differences.forEach((expected, i) =>
        assertAlmostEquals(gradient[i], expected, 1e-5 * Math.max(1, Math.abs(expected)))
      );
    }
  });

  Deno.test(`${name}: padding the vocabulary changes neither the action nor its density`, () => {
    const padded = new Float32Array(V + 4).fill(-1e4);
    padded.set(LOGITS);
    const table = new Float32Array((V + 4) * D).fill(9);
    table.set(TABLE);
    for (let t = 0; t < 20; t++) {
      const action = act(algorithm, STREAM.at(t));
      assertEquals(act(algorithm, STREAM.at(t), padded, table), action);
      assertEquals(
        algorithm.logDensity({ logits: padded, action, table }),
        algorithm.logDensity({ logits: LOGITS, action, table: TABLE }),
      );
      const gradient = logDensityGradient(algorithm, padded, action, 1, table);
      assertEquals([...gradient.subarray(V)], [0, 0, 0, 0]);
      assertEquals(gradient.subarray(0, V), logDensityGradient(algorithm, LOGITS, action, 1, TABLE));
    }
  });

  if (algorithm.drawLogDensities) {
    Deno.test(`${name}: densities and gradients of single draws sum to those of the step`, () => {
      for (let t = 0; t < 20; t++) {
        const replay = { logits: MOVED, action: act(algorithm, STREAM.at(t)), table: TABLE };
        const gradient = new Float32Array(V);
        const values = algorithm.drawLogDensities!(replay, gradient);
        assertEquals(values.reduce((sum, value) => sum + value, 0), algorithm.logDensity(replay));
        assertEquals(gradient, logDensityGradient(algorithm, MOVED, replay.action, 1, TABLE));
      }
    });
  }

  if (algorithm.divergence) {
    Deno.test(`${name}: the divergence from itself is 0, from another law it is the mean of the log-ratio`, () => {
      const action = act(algorithm, STREAM.at(0));
      const at = (logits: Float32Array) => ({ logits, action, table: TABLE });
      const parameters = algorithm.referenceOf(at(MOVED));
      assertAlmostEquals(algorithm.divergence!(at(MOVED), parameters), 0, 1e-12);
      if (!scoreIsCentred) return;
      const draws = 20_000;
      let [sum, squares] = [0, 0];
      for (let t = 0; t < draws; t++) {
        const own = { logits: LOGITS, action: act(algorithm, STREAM.at(t)), table: TABLE };
        const logRatio = algorithm.logDensity(own) - algorithm.logDensity({ ...own, logits: MOVED });
        sum += logRatio;
        squares += logRatio ** 2;
      }
      // Four and a half standard errors; the seed is fixed.
      const error = 4.5 * Math.sqrt(squares) / draws;
      assert(Math.abs(sum / draws - algorithm.divergence!(at(LOGITS), parameters)) < error);
    });
  }

  if (scoreIsCentred) {
    Deno.test(`${name}: the score has mean 0 over draws`, () => {
      const draws = 20_000;
      const sum = new Float64Array(V);
      const squares = new Float64Array(V);
      for (let t = 0; t < draws; t++) {
        const score = logDensityGradient(algorithm, LOGITS, act(algorithm, STREAM.at(t)), 1, TABLE);
        score.forEach((value, i) => {
          sum[i] += value;
          squares[i] += value ** 2;
        });
      }
      // Four and a half standard errors of each of 13 means; the seed is fixed.
      sum.forEach((total, i) => assert(Math.abs(total) <= 4.5 * Math.sqrt(squares[i])));
    });
  }

  Deno.test(`${name}: the score of hard tokens does not depend on the algorithm`, () => {
    const answers = createAnswerSampler({ rule: "sample", filter: { temperature: 1 } });
    const [policy, step] = [{ algorithm: createAlgorithm(config, RMS), answers }, { kind: "token", token: 4 } as const];
    const readings = readRow(LOGITS, stepReads(policy, step));
    assertEquals(stepLogDensity(policy, step, readings), answers.logDensity(readings, step));
  });
}

Deno.test("release: the clamp leaves the score a bias of .0033 a coordinate", () => {
  // Five candidates that all pass filters and mask, so that p is what the update renormalises too.
  const logits = Float32Array.of(1, 0.8, 0.5, 0.2, 0, -9);
  const release = onRows(softThinkingGrpo({ ...SOFT.release, filter: { temperature: 1, topK: 5 } }));
  const { probabilities } = candidatesOf(logits, { temperature: 1, topK: 5 });
  // The score is linear in each coordinate's term, so that all may share one noise: its mean over midpoint quantiles.
  const quantiles = 20_000;
  const mean = new Float64Array(5);
  for (let q = 0; q < quantiles; q++) {
    const gumbel = -Math.log(-Math.log((q + 0.5) / quantiles));
    const noise: StepNoise = { ...writtenNoise({}), gumbel: () => gumbel };
    const score = logDensityGradient(release, logits, act(release, noise, logits));
    for (let i = 0; i < 5; i++) mean[i] += score[i] / quantiles;
  }
  // E[(1 - e^-ε) 1(-1.5 < ε < 3)] = x e^-x between e^-3 and e^1.5.
  const term = (x: number) => x * Math.exp(-x);
  const bias = term(Math.exp(1.5)) - term(Math.exp(-3));
  assertAlmostEquals(bias, 0.0033, 5e-5);
  // Each of 5 terms has weight 1/5; the renormalisation takes p_i times their sum off. Quantiles err by 1e-4 at a clamp.
  mean.forEach((value, i) => assertAlmostEquals(value, bias * (1 / 5 - probabilities[i]), 5e-5));
});

Deno.test("release: clamped noise changes the law of the argmax as computed by numerical integration", () => {
  // p = [.5834, .2621, .1066, .0479] -> [.59917, .26533, .10053, .03497].
  const logits = Float32Array.from([0.58339739, 0.26213734, 0.10657709, 0.04788817], Math.log);
  const release = onRows(softThinkingGrpo({ ...SOFT.release, filter: { temperature: 1, topK: 4 } }));
  const draws = 40_000;
  const counts = [0, 0, 0, 0];
  for (let t = 0; t < draws; t++) counts[act(release, STREAM.at(t), logits).token]++;
  const expected = [0.59917, 0.26533, 0.10053, 0.03497];
  const statistic = expected.reduce((sum, p, i) => sum + (counts[i] - draws * p) ** 2 / (draws * p), 0);
  // 99.99 % quantile of chi-square with 3 degrees of freedom; the unclamped law would give about 200.
  assert(statistic < 21.1, `${statistic}`);
});

Deno.test("SofT-GRPO at τ_g → 0 feeds discrete GRPO's token under the same noise", () => {
  const filter = { temperature: 1, topK: 5, topP: 0.95 };
  const perturbation = { kind: "gumbel", temperature: 1e-6, floor: 0 } as const;
  const soft = onRows(softThinkingGrpo({ ...SOFT.paper, filter, perturbation }));
  const discrete = onRows(discreteGrpo({ name: "discrete-grpo", filter }));
  for (let t = 0; t < 5000; t++) {
    const mixture = act(soft, STREAM.at(t));
    const { token } = act(discrete, STREAM.at(t));
    assertEquals(mixture.token, token);
    assertEquals(mixture.input.ids[0], token);
    // The two best scores would have to lie within 1e-5 of each other.
    assertAlmostEquals(mixture.input.weights[0], 1, 1e-4);
  }
});

Deno.test("LEPO at τ → 0 feeds discrete GRPO's token under the same noise, and scores it so", () => {
  const latent = onRows(createAlgorithm({ ...LEPO.controlled, gumbelTemperature: 1e-6 }));
  const discrete = onRows(discreteGrpo(DISCRETE.kept));
  for (let t = 0; t < 5000; t++) {
    const mixture = act(latent, STREAM.at(t));
    const token = act(discrete, STREAM.at(t));
    assertEquals(mixture.token, token.token);
    assertEquals(mixture.input.ids[0], token.token);
    // The two best scores would have to lie within 1e-5 of each other.
    assertAlmostEquals(mixture.input.weights[0], 1, 1e-4);
    const score = (algorithm: AlgorithmOnRows, action: typeof token) =>
      algorithm.logDensity({ logits: MOVED, action, table: TABLE });
    // Times the distance of two log-probabilities, at most 5 here.
    assertAlmostEquals(score(latent, mixture), score(discrete, token), 5e-4);
  }
});

Deno.test("LEPO mixes what SofT-GRPO mixes at the same temperature", () => {
  const latent = onRows(createAlgorithm({ ...LEPO.controlled, gumbelTemperature: 0.1 }));
  const soft = onRows(softThinkingGrpo(SOFT.paper));
  for (let t = 0; t < 20; t++) assertEquals(act(latent, STREAM.at(t)).input, act(soft, STREAM.at(t)).input);
});

Deno.test("hard thoughts: the tokens of discrete GRPO under the filter, the density of the paper", () => {
  const hard = onRows(softThinkingGrpo(SOFT["hard-thoughts"]));
  const soft = onRows(softThinkingGrpo(SOFT.paper));
  const discrete = onRows(discreteGrpo(DISCRETE.controlled));
  let hardest = 0;
  const steps = 5000;
  for (let t = 0; t < steps; t++) {
    const action = act(hard, STREAM.at(t));
    assertEquals(action.token, act(discrete, STREAM.at(t)).token);
    const paper = act(soft, STREAM.at(t));
    assertEquals({ ...action, input: paper.input }, paper);
    if (action.input.weights[0] > 0.99) hardest++;
  }
  // Two best scores nearer than .0046: about .0046 times the density of their distance at 0, which is below 1.
  assert(hardest > 0.99 * steps, `${hardest}`);
});

Deno.test("unfiltered, the same holds for the whole vocabulary", () => {
  const filter = { temperature: 0.8, topK: V };
  const soft = onRows(softThinkingGrpo({ ...SOFT.paper, filter }));
  const discrete = onRows(discreteGrpo({ name: "discrete-grpo", filter: { temperature: 0.8 } }));
  for (let t = 0; t < 2000; t++) assertEquals(act(soft, STREAM.at(t)).token, act(discrete, STREAM.at(t)).token);
});

Deno.test("SofT-GRPO's argmax is a draw from p (Theorem 3.1)", () => {
  const soft = onRows(softThinkingGrpo(SOFT.paper));
  const { ids, probabilities, kept } = candidatesOf(LOGITS, SOFT.paper.filter);
  const draws = 40_000;
  const counts = new Map<number, number>();
  for (let t = 0; t < draws; t++) {
    const { token } = act(soft, STREAM.at(t));
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  let statistic = 0;
  for (let i = 0; i < kept; i++) {
    const expected = draws * probabilities[i];
    statistic += ((counts.get(ids[i]) ?? 0) - expected) ** 2 / expected;
  }
  assertEquals([...counts.keys()].every((token) => ids.subarray(0, kept).includes(token)), true);
  // 99.99 % quantile of chi-square with 4 degrees of freedom.
  assert(statistic < 23.5, `${statistic}`);
});

Deno.test("soft GRPO with σ = 0 feeds the plain mixture, and cold the greedy token", () => {
  const still = onRows(softTokensGrpo({ ...BUTT.soft, noiseScale: 0 }, RMS));
  const fed = act(still, STREAM.at(0)).embedding!;
  const { ids, probabilities } = candidatesOf(LOGITS, { temperature: 0.5 });
  for (let j = 0; j < D; j++) {
    const mean = ids.reduce((sum, id, i) => sum + probabilities[i] * TABLE[id * D + j], 0);
    assertAlmostEquals(fed[j], mean, 1e-6);
  }
  const cold = onRows(softTokensGrpo({ ...BUTT.fuzzy, noiseScale: 0 }, RMS));
  const greedy = argmax(LOGITS);
  assertEquals(act(cold, STREAM.at(0)).embedding, TABLE.slice(greedy * D, (greedy + 1) * D));
});

Deno.test("what the noise says of its own density agrees with a replay, where the law is not clamped", () => {
  for (const config of [BUTT.soft, SOFT.paper]) {
    const algorithm = onRows(createAlgorithm(config, RMS));
    for (let t = 0; t < 200; t++) {
      const action = act(algorithm, STREAM.at(t));
      const replayed = algorithm.logDensity({ logits: LOGITS, action, table: TABLE });
      // Scores and embeddings of 32 bits; a Gumbel term e^-u near 20 multiplies their rounding of 1e-7.
      assertAlmostEquals(replayed, action.drawnLogDensity!, 2e-5);
    }
  }
});
