import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  hasRatio,
  klEstimate,
  type KlEstimator,
  type Surrogate,
  surrogateValue,
} from "../../../src/training/loss/surrogate.ts";
import { RandomSequence } from "../../../src/random/streams.ts";

const PPO: Surrogate = { kind: "clipped-ratio", low: 0.2, high: 0.2 };
const DUAL: Surrogate = { ...PPO, dual: 3 };

Deno.test("the clipped ratio on all sides, by hand", () => {
  const value = (surrogate: Surrogate, advantage: number, ratio: number) => {
    const { value, clipped } = surrogateValue(surrogate, advantage, -1, Math.log(ratio));
    return [Math.round(value * 1e9) / 1e9, clipped];
  };
  assertEquals(value(PPO, 1, 1.1), [-1.1, undefined]);
  assertEquals(value(PPO, 1, 1.5), [-1.2, "high"]);
  assertEquals(value({ ...PPO, high: 0.28 }, 1, 1.5), [-1.28, "high"]);
  // Clip-higher: between 1 + low and 1 + high nothing is clipped, and each side has its own bound.
  assertEquals(value({ ...PPO, high: 0.28 }, 1, 1.25), [-1.25, undefined]);
  assertEquals(value({ ...PPO, low: 0.1 }, 1, 1.15), [-1.15, undefined]);
  assertEquals(value({ ...PPO, low: 0.1 }, -1, 0.85), [0.9, "low"]);
  assertEquals(value({ ...PPO, high: 0.1 }, -1, 0.85), [0.85, undefined]);
  assertEquals(value(PPO, 2, 1.5), [-2.4, "high"]);
  assertEquals(value(PPO, -2, 0.5), [1.6, "low"]);
  assertEquals(value(PPO, 1, 0.5), [-0.5, undefined]);
  assertEquals(value(PPO, -1, 0.5), [0.8, "low"]);
  assertEquals(value(PPO, -1, 1.5), [1.5, undefined]);
  assertEquals(value(PPO, -1, 5), [5, undefined]);
  assertEquals(value(DUAL, -1, 5), [3, "dual"]);
  assertEquals(value(DUAL, -2, 5), [6, "dual"]);
  assertEquals(value(DUAL, 1, 5), [-1.2, "high"]);
});

const SURROGATES: Surrogate[] = [
  { kind: "log-density" },
  PPO,
  DUAL,
  { kind: "cispo", cap: 1.28 },
  { kind: "sapo", positive: 1, negative: 1.05 },
];
Deno.test("clip-higher has a slope between 1 + low and 1 + high, and none above", () => {
  const higher: Surrogate = { ...PPO, high: 0.28 };
  assertAlmostEquals(surrogateValue(higher, 1, -1, Math.log(1.25)).slope, -1.25, 1e-12);
  assertEquals(surrogateValue(higher, 1, -1, Math.log(1.3)).slope, 0);
});

for (const surrogate of SURROGATES) {
  Deno.test(`on-policy the slope is minus the advantage: ${JSON.stringify(surrogate)}`, () => {
    for (const advantage of [-0.7, 0, 1.3]) {
      assertAlmostEquals(surrogateValue(surrogate, advantage, -2, 0).slope, -advantage, 1e-12);
    }
  });

  Deno.test(`the slope is the derivative by log π: ${JSON.stringify(surrogate)}`, () => {
    const step = 1e-6;
    for (const advantage of [-0.7, 1.3]) {
      for (const logRatio of [-0.5, -0.1, 0.05, 0.4, 1.5]) {
        const at = (shift: number) => {
          // CISPO's weight is not differentiated: only log π moves.
          const moved = surrogate.kind === "cispo" ? logRatio : logRatio + shift;
          return surrogateValue(surrogate, advantage, -2 + shift, moved).value;
        };
        const { slope } = surrogateValue(surrogate, advantage, -2, logRatio);
        assertAlmostEquals(slope, (at(step) - at(-step)) / (2 * step), 1e-8);
      }
    }
  });
}

Deno.test("k3 of the reference case", () => {
  // δ = new - ref of five positions.
  const differences = [0.4, -0.2, 0.2, -0.5, 0.5];
  const expected = [0.07032005, 0.02140276, 0.01873075, 0.14872127, 0.10653066];
  differences.forEach((delta, i) => assertAlmostEquals(klEstimate("k3", delta).value, expected[i], 6e-9));
});

Deno.test("estimators are 0 for equal policies, and their slopes are derivatives", () => {
  const step = 1e-6;
  for (const estimator of ["k1", "k2", "k3"] satisfies KlEstimator[]) {
    assertEquals(klEstimate(estimator, 0).value, 0);
    for (const delta of [-1.5, -1e-4, 0.3, 2]) {
      const difference = klEstimate(estimator, delta + step).value - klEstimate(estimator, delta - step).value;
      assertAlmostEquals(klEstimate(estimator, delta).slope, difference / (2 * step), 1e-8);
    }
  }
});

Deno.test("k1 and k3 are unbiased, k2 nearly: normal laws a tenth apart have a divergence of .005", () => {
  const random = new RandomSequence("kl");
  const draws = 40_000;
  const means = { k1: 0, k2: 0, k3: 0 };
  for (let i = 0; i < draws; i++) {
    const x = random.gaussian();
    const delta = -0.5 * x ** 2 + 0.5 * (x - 0.1) ** 2;
    for (const estimator of ["k1", "k2", "k3"] as const) means[estimator] += klEstimate(estimator, delta).value / draws;
  }
  // sd of k1 is .1, of k2 and k3 about .007; four standard errors.
  assertAlmostEquals(means.k1, 0.005, 4 * 0.1 / Math.sqrt(draws));
  assertAlmostEquals(means.k2, 0.0050125, 4 * 0.0075 / Math.sqrt(draws));
  assertAlmostEquals(means.k3, 0.005, 4 * 0.0075 / Math.sqrt(draws));
});

Deno.test("every surrogate but -A log π has a ratio", () => {
  const surrogates: Surrogate[] = [
    PPO,
    { kind: "cispo", cap: 2 },
    { kind: "sapo", positive: 1, negative: 1 },
    { kind: "log-density" },
  ];
  assertEquals(surrogates.map(hasRatio), [true, true, true, false]);
});
