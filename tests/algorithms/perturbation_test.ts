import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  drawScore,
  mixtureWeights,
  type Perturbation,
  type ScoreDensity,
  scoreDensity,
  softmaxInto,
} from "../../src/algorithms/perturbation.ts";
import { writtenNoise } from "./helpers.ts";

const GUMBEL = { kind: "gumbel", temperature: 0.1, floor: 0 } as const;
const CLAMPED = { kind: "gumbel", temperature: 0.1, floor: 1e-6, clamp: { low: -1.5, high: 3 } } as const;
const DIRICHLET = { kind: "dirichlet", concentration: 4 } as const;
const GAUSSIAN = { kind: "gaussian", deviation: 0.05 } as const;

function densityOf(perturbation: Perturbation, score: number, p: number): ScoreDensity {
  const out = { counted: false, value: 0, slope: 0 };
  scoreDensity(perturbation, score, p, out);
  return out;
}

Deno.test("scores: the logarithm plus noise, clamped noise, a Gamma draw, a shifted normal draw", () => {
  const noise = writtenNoise({ gumbel: [0.5, 4, -2], gaussian: [2], gamma: [0.3] });
  assertAlmostEquals(drawScore(GUMBEL, 0.25, 0, noise), Math.log(0.25) + 0.5, 1e-12);
  assertAlmostEquals(drawScore(CLAMPED, 0.25, 1, noise), Math.log(0.250001) + 3, 1e-12);
  assertAlmostEquals(drawScore(CLAMPED, 0.25, 2, noise), Math.log(0.250001) - 1.5, 1e-12);
  assertEquals(drawScore(DIRICHLET, 0.25, 0, noise), 0.3);
  assertAlmostEquals(drawScore(GAUSSIAN, 0.25, 0, noise), 0.35, 1e-12);
});

Deno.test("concentration multiplies the Gamma shape", () => {
  const shapes: number[] = [];
  drawScore(DIRICHLET, 0.25, 0, { ...writtenNoise({}), gamma: (_, shape) => (shapes.push(shape), shape) });
  assertEquals(shapes, [1]);
});

Deno.test("weights are the cold softmax of Gumbel scores, and shares of the others", () => {
  const weights = new Float32Array(3);
  mixtureWeights(GUMBEL, Float32Array.of(0, -0.1, -30), weights);
  assertAlmostEquals(weights[0], 1 / (1 + Math.exp(-1)), 1e-6);
  assertEquals(weights[2], 0);
  mixtureWeights(GAUSSIAN, Float32Array.of(0.6, 0.2, -0.3), weights);
  [1.2, 0.4, -0.6].forEach((weight, i) => assertAlmostEquals(weights[i], weight, 1e-6));
  softmaxInto(Float32Array.of(0, 0, 0), 1, weights);
  assertAlmostEquals(weights[1], 1 / 3, 1e-7);
});

Deno.test("the Gumbel density is that of the Gumbel law, -u - e^-u, and integrates to 1", () => {
  const { value } = densityOf(GUMBEL, Math.log(0.3) + 0.7, 0.3);
  assertAlmostEquals(value, -0.7 - Math.exp(-0.7), 1e-12);
  let mass = 0;
  const width = 0.01;
  for (let score = -8; score < 25; score += width) mass += width * Math.exp(densityOf(GUMBEL, score, 0.3).value);
  assertAlmostEquals(mass, 1, 1e-9);
});

Deno.test("noise outside the clamp, or at it up to a replay's rounding, has no slope", () => {
  const location = Math.log(0.3 + 1e-6);
  assertEquals(densityOf(CLAMPED, location + 3.5, 0.3).value, -3 - Math.exp(-3));
  for (const noise of [-2, -1.5, -1.5 + 1e-5, 3 - 1e-5, 3, 4]) {
    assertEquals(densityOf(CLAMPED, Math.fround(location + noise), 0.3).slope, 0);
  }
  assert(densityOf(CLAMPED, location + 2.99, 0.3).slope > 0.9);
  // A thousandth is as far as rounding is allowed for.
  for (const [noise, slope] of [[-1.5 + 9e-4, 0], [3 - 9e-4, 0]] as const) {
    assertEquals(densityOf(CLAMPED, location + noise, 0.3).slope, slope);
  }
  for (const noise of [-1.5 + 1.1e-3, 3 - 1.1e-3]) {
    assertAlmostEquals(densityOf(CLAMPED, location + noise, 0.3).slope, 1 - Math.exp(-noise), 1e-4);
  }
});

Deno.test("a masked mean counts log p above -3, or p above 0.05 in the ablations", () => {
  // e^-3 = .049787, from which the floor of 1e-6 goes off.
  for (const [p, counted] of [[0.04978, false], [0.04979, true], [0.051, true]] as const) {
    assertEquals(densityOf(CLAMPED, 0, p).counted, counted);
  }
  for (const ablation of [DIRICHLET, GAUSSIAN]) {
    assertEquals([0.0499, 0.05, 0.0501].map((p) => densityOf(ablation, 0.1, p).counted), [false, false, true]);
  }
});

for (const perturbation of [GUMBEL, CLAMPED, DIRICHLET, GAUSSIAN]) {
  Deno.test(`the slope by log p is that of central differences: ${JSON.stringify(perturbation)}`, () => {
    const step = 1e-5;
    for (const [score, p] of [[0.2, 0.15], [0.31, 0.4], [0.05, 0.11]]) {
      const at = (shift: number) => densityOf(perturbation, score, p * Math.exp(shift)).value;
      assertAlmostEquals(densityOf(perturbation, score, p).slope, (at(step) - at(-step)) / (2 * step), 1e-7);
    }
  });
}

Deno.test("Gaussian scores farther than 0.15 from p, and extreme Gamma densities, are clamped without slope", () => {
  const far = densityOf(GAUSSIAN, 0.9, 0.4);
  assertAlmostEquals(far.value, -0.5 * 9 - Math.log(0.05 * Math.sqrt(2 * Math.PI)), 1e-12);
  assertEquals(far.slope, 0);
  assertEquals(densityOf(GAUSSIAN, 0.4 - 0.151, 0.4), { ...far, counted: true });
  for (const distance of [0.149, -0.149]) {
    const { value, slope } = densityOf(GAUSSIAN, 0.4 + distance, 0.4);
    assertAlmostEquals(value, -0.5 * (distance / 0.05) ** 2 - Math.log(0.05 * Math.sqrt(2 * Math.PI)), 1e-9);
    assertAlmostEquals(slope, distance / 0.05 ** 2 * 0.4, 1e-9);
  }
  const tiny = densityOf({ kind: "dirichlet", concentration: 1 }, 0, 0.06);
  assertEquals([tiny.value, tiny.slope], [3, 0]);
  // Shape ½: log Γ(½) = log √π, so that log-densities are -½ log s - s - .572365; ψ(½) = -γ - 2 log 2.
  const half = (score: number) => densityOf({ kind: "dirichlet", concentration: 1 }, score, 0.5);
  for (const [score, value] of [[5e-4, 3], [1e-3, 2.880512], [3.7, -4.926531], [4, -5], [9, -5]]) {
    assertAlmostEquals(half(score).value, value, 1e-6);
    const slope = Math.abs(value) === 5 || value === 3 ? 0 : (Math.log(score) + 0.5772156649 + 2 * Math.LN2) / 2;
    assertAlmostEquals(half(score).slope, slope, 1e-9);
  }
});
