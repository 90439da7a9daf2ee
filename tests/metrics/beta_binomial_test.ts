import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { type BetaLaw, betaPassAtK, fitBetaLaw, posterior } from "../../src/metrics/beta_binomial.ts";

/** ln Γ is good to 1e-15 of values up to some hundreds. */
const ROUNDING = 1e-12;

/** ∫ f(p) p^(a−1) (1−p)^(b−1) dp over (0, 1), by Simpson's rule; a and b at least 2, so that the ends are smooth. */
function integral({ a, b }: BetaLaw, f: (p: number) => number): number {
  const steps = 4000;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const p = i / steps;
    sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * f(p) * p ** (a - 1) * (1 - p) ** (b - 1);
  }
  return sum / (3 * steps);
}

/** Likelihood of counts but for binomial factors, by rising products. */
function likelihood({ a, b }: BetaLaw, counts: readonly { n: number; c: number }[]): number {
  let product = 1;
  for (const { n, c } of counts) {
    for (let j = 0; j < c; j++) product *= a + j;
    for (let j = 0; j < n - c; j++) product *= b + j;
    for (let j = 0; j < n; j++) product /= a + b + j;
  }
  return product;
}

Deno.test("Pass@k of a beta law is that of hand, and of numerical integration", () => {
  // Uniform accuracies: 1 − ∫ (1 − p)^k = 1 − 1/(k + 1).
  for (const k of [1, 2, 7, 1000]) assertAlmostEquals(betaPassAtK({ a: 1, b: 1 }, k), 1 - 1 / (k + 1), ROUNDING);
  // 1 − b (b + 1) / ((a + b)(a + b + 1)) at a = .3, b = 1.2: 1 − 2.64/3.75.
  assertAlmostEquals(betaPassAtK({ a: 0.3, b: 1.2 }, 2), 1 - 2.64 / 3.75, ROUNDING);
  const law = { a: 2.5, b: 3.5 };
  for (const k of [3, 11]) {
    const expected = integral(law, (p) => 1 - (1 - p) ** k) / integral(law, () => 1);
    assertAlmostEquals(betaPassAtK(law, k), expected, 1e-7);
  }
  assertEquals([betaPassAtK({ a: 0, b: 1 }, 9), betaPassAtK({ a: 1, b: 0 }, 9)], [0, 1]);
});

Deno.test("the posterior adds what was right to a and what was wrong to b", () => {
  assertEquals(posterior({ a: 0.5, b: 2 }, { n: 7, c: 3 }), { a: 3.5, b: 6 });
});

Deno.test("no law on a fine grid is more likely than the fitted one, also where problems have unequal samples", () => {
  for (
    const counts of [
      [{ n: 5, c: 0 }, { n: 5, c: 1 }, { n: 5, c: 5 }, { n: 5, c: 2 }],
      [{ n: 3, c: 1 }, { n: 7, c: 7 }, { n: 11, c: 2 }, { n: 2, c: 0 }, { n: 5, c: 5 }],
      [{ n: 7, c: 0 }, { n: 7, c: 0 }, { n: 7, c: 0 }, { n: 7, c: 3 }],
    ]
  ) {
    const best = likelihood(fitBetaLaw(counts), counts);
    const law = fitBetaLaw(counts);
    for (let i = -60; i <= 60; i++) {
      for (let j = -60; j <= 60; j++) {
        assert(likelihood({ a: Math.exp(i / 10), b: Math.exp(j / 10) }, counts) <= best * (1 + ROUNDING));
      }
    }
    // A top: both slopes are 0 to the error of the differences.
    const step = 1e-5;
    for (const [da, db] of [[step, 0], [0, step]]) {
      const [up, down] = [1, -1].map((sign) =>
        Math.log(likelihood({ a: law.a * (1 + sign * da), b: law.b * (1 + sign * db) }, counts))
      );
      assertAlmostEquals((up - down) / (2 * step), 0, 1e-6);
    }
  }
});

Deno.test("counts that leave no law in between end at its limits", () => {
  assertEquals(fitBetaLaw([{ n: 5, c: 0 }, { n: 7, c: 0 }]), { a: 0, b: 1 });
  assertEquals(fitBetaLaw([{ n: 5, c: 5 }, { n: 7, c: 7 }]), { a: 1, b: 0 });
  // All or nothing: accuracies are 0 or 1, two in three right.
  const extremes = fitBetaLaw([{ n: 5, c: 5 }, { n: 5, c: 0 }, { n: 5, c: 5 }]);
  assert(extremes.a + extremes.b < 2e-4);
  assertAlmostEquals(extremes.a / (extremes.a + extremes.b), 2 / 3, 1e-3);
  // No more spread than chance gives: one accuracy for all.
  const alike = fitBetaLaw([{ n: 5, c: 2 }, { n: 5, c: 3 }, { n: 5, c: 2 }]);
  assert(alike.a + alike.b > 9e4);
  assertAlmostEquals(alike.a / (alike.a + alike.b), 7 / 15, 1e-4);
});

Deno.test("problems that are alike have a law as narrow as is told from one accuracy, and no narrower", () => {
  const { a, b } = fitBetaLaw(Array.from({ length: 7 }, () => ({ n: 5, c: 2 })));
  // A total of 1e5: a spread of .0015 around 2/5.
  assertAlmostEquals(a / (a + b), 0.4, 1e-6);
  assertAlmostEquals((a + b) / 1e5, 1, 1e-6);
});
