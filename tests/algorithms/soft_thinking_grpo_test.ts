/**
 * Reference vectors: float64 NumPy; the `release` update values agree with the three scoring functions of
 * `verl/utils/torch_functional.py` (github.com/zz1358m/SofT-GRPO-master @ 2b9d8ec) run on a CPU.
 */
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import type { ThoughtAction } from "../../src/algorithms/algorithm.ts";
import {
  SOFT_THINKING_GRPO_PRESETS,
  softThinkingGrpo,
  type SoftThinkingGrpoConfig,
} from "../../src/algorithms/soft_thinking_grpo.ts";
import { UsageError } from "../../src/errors.ts";
import {
  centralDifferences,
  logDensityGradient,
  NEW_LOGITS,
  OLD_LOGITS,
  onRows,
  REFERENCE_LOGITS,
  writtenNoise,
} from "./helpers.ts";

/** Logits and stored scores are 32-bit: about 1e-7 each, summed over five entries. */
const TOLERANCE = 1e-6;
/** A Gaussian score is divided by σ² = 0.0025. */
const GAUSSIAN_TOLERANCE = 1e-5;

const RELEASE = onRows(softThinkingGrpo(SOFT_THINKING_GRPO_PRESETS.release));
const PAPER = onRows(softThinkingGrpo(SOFT_THINKING_GRPO_PRESETS.paper));
/** Raw noise of the five most probable ids. */
const NOISE = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1, 3.7] });

function assertClose(actual: ArrayLike<number>, expected: readonly number[], tolerance = TOLERANCE): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((value, i) => assertAlmostEquals(actual[i], value, tolerance));
}

function storedAction(ids: number[], scores: number[], count = ids.length): ThoughtAction {
  const stored = Int32Array.from(ids);
  return {
    token: ids[0],
    ids: stored,
    scores: Float32Array.from(scores),
    count,
    input: { ids: stored, weights: new Float32Array(ids.length) },
  };
}

Deno.test("release: a rollout step feeds and stores the reference's mixture, scores and token", () => {
  const action = RELEASE.act({ logits: OLD_LOGITS, noise: NOISE });
  assertEquals([...action.ids], [2, 1, 0, 3, 4]);
  assertEquals(action.token, 2);
  assertEquals(action.count, 4);
  assertClose(action.scores, [-0.23887731, -0.43888288, -0.93888498, -2.93886581, -10.81551056]);
  assertClose(action.input.weights, [0.8800961, 0.11910142, 0.00080248, 0, 0]);
  assertAlmostEquals(action.drawnLogDensity!, -1.51124321, TOLERANCE);
});

Deno.test("release: log-densities under old, new and reference logits, and the gradient", () => {
  const action = RELEASE.act({ logits: OLD_LOGITS, noise: NOISE });
  const under = (logits: Float32Array) => RELEASE.logDensity({ logits, action });
  assertAlmostEquals(under(OLD_LOGITS), -1.52074038, TOLERANCE);
  assertAlmostEquals(under(NEW_LOGITS), -1.6432124, TOLERANCE);
  assertAlmostEquals(under(REFERENCE_LOGITS), -1.4911779, TOLERANCE);
  assertClose(
    logDensityGradient(RELEASE, NEW_LOGITS, action),
    [-0.42642038, 0.1860949, 0.26169854, -0.01227759, -0.00909546, 0, 0, 0],
  );
});

Deno.test("release: a nearly certain step has a density, and next to no gradient", () => {
  const logits = Float32Array.of(12, 0, 0, 0, 0, 0, 0, 0);
  const action = storedAction([0, 1, 2, 3, 4], [0.8, -12, -12, -12, -12]);
  assertAlmostEquals(RELEASE.logDensity({ logits, action }), -1.24934195, TOLERANCE);
  const norm = Math.hypot(...logDensityGradient(RELEASE, logits, action));
  assertAlmostEquals(norm, 1.5131e-5, 1e-9);
});

Deno.test("release: soft log-densities stay in [-3.0498, -1], whatever the logits become", () => {
  const action = RELEASE.act({ logits: OLD_LOGITS, noise: NOISE });
  for (const logits of [OLD_LOGITS.map((z) => 9 * z), OLD_LOGITS.map((z) => -5 * z)]) {
    const value = RELEASE.logDensity({ logits, action });
    assert(value <= -1 && value >= -3.04979, `${value}`);
  }
});

Deno.test("a literal sum over the five stored ids, without clamp and mask, is dominated by the cut one", () => {
  const literal = onRows(softThinkingGrpo({
    ...SOFT_THINKING_GRPO_PRESETS.release,
    perturbation: { kind: "gumbel", temperature: 0.1, floor: 1e-6 },
    score: "sum",
  }));
  const action = storedAction([2, 1, 0, 3, 4], [-0.23887731, -0.43888288, -0.93888498, -2.93886581, -10.81551056]);
  // The cut entry contributes -e^7.2: a score's rounding of 5e-7 is 7e-4 there.
  const under = (logits: Float32Array) => literal.logDensity({ logits, action });
  assertAlmostEquals(under(OLD_LOGITS), -1403.65219, 1e-3);
  assertAlmostEquals(under(NEW_LOGITS), -1466.60894, 1e-3);
});

Deno.test("paper: a rollout step, its density, and the same density recomputed", () => {
  const action = PAPER.act({ logits: OLD_LOGITS, noise: NOISE });
  assertEquals([...action.ids], [2, 1, 0, 3]);
  assertClose(action.scores, [-0.2388867, -0.4388867, -0.9388867, -2.9388867]);
  assertClose(action.input.weights, [0.8800902, 0.11910726, 0.00080254, 0]);
  assertAlmostEquals(action.drawnLogDensity!, -5.53856706, TOLERANCE);
  const recomputed = PAPER.logDensity({ logits: OLD_LOGITS, action });
  assertAlmostEquals(recomputed, -5.53856706, TOLERANCE);
});

Deno.test("paper: log-densities under new and reference logits, ratio and gradient", () => {
  const action = PAPER.act({ logits: OLD_LOGITS, noise: NOISE });
  const under = (logits: Float32Array) => PAPER.logDensity({ logits, action });
  assertAlmostEquals(under(NEW_LOGITS), -5.93282406, TOLERANCE);
  assertAlmostEquals(Math.exp(under(NEW_LOGITS) - under(OLD_LOGITS)), 0.67418077, TOLERANCE);
  assertAlmostEquals(under(REFERENCE_LOGITS), -5.44504235, TOLERANCE);
  assertClose(
    logDensityGradient(PAPER, NEW_LOGITS, action),
    [-1.45786173, 0.51506711, 0.76221989, 0.18057472, 0, 0, 0, 0],
  );
});

Deno.test("paper: the divergence of two models' perturbed scores in closed form", () => {
  const action = PAPER.act({ logits: OLD_LOGITS, noise: NOISE });
  const replay = (logits: Float32Array) => ({ logits, action });
  const reference = PAPER.referenceOf(replay(REFERENCE_LOGITS));
  // Ids 2, 1, 0, 3; the reference lists them by probability.
  const weights = reference.at!.map(Math.exp);
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  assertClose(weights.map((weight) => weight / mass), [0.1048548, 0.29963845, 0.54597685, 0.0495299]);
  assertAlmostEquals(PAPER.divergence!(replay(NEW_LOGITS), reference), 0.1821519, TOLERANCE);
  assertAlmostEquals(PAPER.divergence!(replay(REFERENCE_LOGITS), reference), 0, 1e-12);

  const gradient = new Float32Array(NEW_LOGITS.length);
  PAPER.divergence!(replay(NEW_LOGITS), reference, gradient, 2);
  const differences = centralDifferences((logits) => PAPER.divergence!(replay(logits), reference), NEW_LOGITS);
  // Differences err by step² ≈ 1e-6.
  assertClose(gradient.map((g) => g / 2), [...differences], 1e-5);
});

Deno.test("the small Gumbel case: three ids in paper form", () => {
  const three = onRows(softThinkingGrpo({ ...SOFT_THINKING_GRPO_PRESETS.paper, filter: { temperature: 1, topK: 3 } }));
  const logitsOf = (p: number[]) => Float32Array.from(p, Math.log);
  const logits = logitsOf([0.5, 0.3, 0.2]);
  const action = three.act({ logits, noise: writtenNoise({ gumbel: [0.2, -0.5, 1] }) });
  const under = (z: Float32Array) => three.logDensity({ logits: z, action });
  assertAlmostEquals(under(logits), -3.53533146, TOLERANCE);
  assertAlmostEquals(under(logitsOf([0.6, 0.25, 0.15])), -3.62000295, TOLERANCE);
  assertEquals([...action.ids], [0, 2, 1]);
  assertClose(action.input.weights, [0.76185739, 0.23813841, 0.0000042]);

  const warmer = onRows(softThinkingGrpo({
    ...SOFT_THINKING_GRPO_PRESETS.paper,
    filter: { temperature: 1, topK: 3 },
    perturbation: { kind: "gumbel", temperature: 0.5, floor: 0 },
  }));
  const mixed = warmer.act({ logits, noise: writtenNoise({ gumbel: [0.2, -0.5, 1] }) });
  assertClose(mixed.input.weights, [0.53155861, 0.42125232, 0.04718907]);
});

const GAUSSIAN = onRows(softThinkingGrpo(SOFT_THINKING_GRPO_PRESETS["gaussian-release"]));
const DIRICHLET = onRows(softThinkingGrpo(SOFT_THINKING_GRPO_PRESETS["dirichlet-release"]));

Deno.test("Gaussian ablation: densities of stored scores", () => {
  const action = storedAction([0, 1, 2, 3, 4], [0.7, 0.21, 0.16, -0.03, 0.05]);
  const under = (logits: Float32Array) => GAUSSIAN.logDensity({ logits, action });
  assertAlmostEquals(under(OLD_LOGITS), 0.55056217, GAUSSIAN_TOLERANCE);
  assertAlmostEquals(under(NEW_LOGITS), 1.61465929, GAUSSIAN_TOLERANCE);
});

Deno.test("Gaussian ablation: the released code trains on another input than it rolled out", () => {
  const probabilities = [0.58339739, 0.26213734, 0.10657709, 0.04788817, 0];
  const gaussian = [0.7, 0.21, 0.16, -0.03, 0.05].map((s, i) => (s - probabilities[i]) / 0.05);
  const noise = writtenNoise({ gaussian });
  const action = GAUSSIAN.act({ logits: OLD_LOGITS, noise });
  // Sorted by weight: ids 0, 1, 2, 4, 3.
  assertEquals([...action.ids], [0, 1, 2, 4, 3]);
  assertClose(action.input.weights, [0.6422, 0.1927, 0.1468, 0.0459, -0.0275], 1e-4);
  assertClose(action.replayInput!.weights, [0.3126, 0.1915, 0.1821, 0.1632, 0.1506], 1e-4);
  assertAlmostEquals(action.drawnLogDensity!, 0.79889517, GAUSSIAN_TOLERANCE);

  const matched = onRows(softThinkingGrpo(SOFT_THINKING_GRPO_PRESETS["gaussian-matched"]));
  const own = matched.act({ logits: OLD_LOGITS, noise });
  assertEquals(own.replayInput, undefined);
  assertEquals([...own.ids], [0, 1, 2, 3]);
});

Deno.test("Dirichlet ablation: densities of stored scores", () => {
  const action = storedAction([0, 1, 2, 3, 4], [0.55, 0.3, 0.02, 1e-3, 1e-5]);
  const under = (logits: Float32Array) => DIRICHLET.logDensity({ logits, action });
  assertAlmostEquals(under(OLD_LOGITS), -0.04750611, TOLERANCE);
  assertAlmostEquals(under(NEW_LOGITS), -0.12821638, TOLERANCE);
});

Deno.test("Dirichlet ablation: a rollout step feeds s/Σs and scores it under its own law", () => {
  const noise = writtenNoise({ gamma: [0.55, 0.3, 0.02, 1e-3, 1e-5] });
  const action = DIRICHLET.act({ logits: OLD_LOGITS, noise });
  assertEquals([...action.ids], [0, 1, 2, 3, 4]);
  assertClose(action.input.weights, [0.55, 0.3, 0.02, 1e-3, 1e-5].map((s) => s / 0.87101));
  assertAlmostEquals(action.drawnLogDensity!, -0.02866771, TOLERANCE);
});

Deno.test("where no candidate is probable enough for a masked mean, the density is 0 and has no gradient", () => {
  // 1/23 is e^-3.14, below e^-3.
  const many = onRows(
    softThinkingGrpo({ ...SOFT_THINKING_GRPO_PRESETS.release, filter: { temperature: 1, topK: 23 } }),
  );
  const logits = new Float32Array(23);
  const noise = writtenNoise({ gumbel: Array.from({ length: 23 }, (_, i) => Math.sin(i)) });
  const action = many.act({ logits, noise });
  assertEquals(action.drawnLogDensity, 0);
  assertEquals(many.logDensity({ logits, action }), 0);
  assertEquals([...logDensityGradient(many, logits, action)], new Array(23).fill(0));
});

Deno.test("the presets hold what paper (section 5.1, table 5) and released code (@ 2b9d8ec) state", () => {
  const common = { name: "soft-thinking-grpo", filter: { temperature: 1, topK: 5, topP: 0.95 } };
  const paper = { ...common, support: "kept", score: "sum", replay: "rollout-mixture" };
  const release = { ...common, support: "stored", score: "masked-mean", replay: "rollout-mixture" };
  const matched = { ...release, support: "kept" };
  const gumbel = { kind: "gumbel", temperature: 0.1 };
  const dirichlet = { kind: "dirichlet", concentration: 1 };
  const gaussian = { kind: "gaussian", deviation: 0.05 };
  assertEquals<unknown>(SOFT_THINKING_GRPO_PRESETS, {
    paper: { ...paper, perturbation: { ...gumbel, floor: 0 } },
    "hard-thoughts": { ...paper, perturbation: { kind: "gumbel", temperature: 0.001, floor: 0 } },
    release: { ...release, perturbation: { ...gumbel, floor: 1e-6, clamp: { low: -1.5, high: 3 } } },
    "dirichlet-release": { ...release, replay: "softmax-of-scores", perturbation: dirichlet },
    "gaussian-release": { ...release, replay: "softmax-of-scores", perturbation: gaussian },
    "dirichlet-matched": { ...matched, perturbation: dirichlet },
    "gaussian-matched": { ...matched, perturbation: gaussian },
  });
});

Deno.test("temperature divides the gradient, and scale multiplies what is added", () => {
  const config: SoftThinkingGrpoConfig = {
    ...SOFT_THINKING_GRPO_PRESETS.paper,
    filter: { temperature: 0.7, topK: 5, topP: 0.95 },
  };
  const warm = onRows(softThinkingGrpo(config));
  const action = warm.act({ logits: OLD_LOGITS, noise: NOISE });
  const differences = centralDifferences(
    (logits) => warm.logDensity({ logits, action }),
    NEW_LOGITS,
  );
  const gradient = logDensityGradient(warm, NEW_LOGITS, action, -3);
  // Central differences err by step² times the third derivative, about 10 here.
  assertClose(gradient.map((g) => g / -3), [...differences], 2e-5);
});

Deno.test("impossible settings are errors that name the value", () => {
  const { paper, release } = SOFT_THINKING_GRPO_PRESETS;
  const gumbel = { kind: "gumbel", temperature: 0, floor: 0 } as const;
  assertThrows(
    () => onRows(softThinkingGrpo({ ...paper, perturbation: gumbel })),
    UsageError,
    "algorithm.perturbation.temperature: found 0",
  );
  assertThrows(
    () => onRows(softThinkingGrpo({ ...paper, filter: { temperature: 1 } })),
    UsageError,
    "algorithm.filter.topK: found nothing",
  );
  const floorless = { kind: "gumbel", temperature: 0.1, floor: 0 } as const;
  assertThrows(
    () => onRows(softThinkingGrpo({ ...release, perturbation: floorless })),
    UsageError,
    "algorithm.perturbation.floor: found 0",
  );
});
