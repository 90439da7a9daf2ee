import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  binomialPmf,
  lnGamma,
  normalCdf,
  normalQuantile,
  poissonPmf,
  studentCdf,
  studentQuantile,
} from "../../src/metrics/distributions.ts";

/** ln Γ loses about its own size times 1e-16; degrees here stay below 1000. */
const ROUNDING = 1e-12;

Deno.test("Student's and the normal law equal SciPy 1.17.1", () => {
  // scipy.special: stdtr(df, t), stdtrit(df, p), ndtr, ndtri, gammaln.
  assertAlmostEquals(studentCdf(2, 1), 0.8524163823495667, ROUNDING);
  assertAlmostEquals(studentCdf(1.5, 29), 0.9277881519798071, ROUNDING);
  assertAlmostEquals(studentCdf(-3, 4.5), 0.01719043394437981, ROUNDING);
  assertAlmostEquals(studentCdf(0.1, 499), 0.5398077560793281, ROUNDING);
  assertAlmostEquals(studentCdf(1.96, 1e9), 0.9750021047131352, 1e-8);
  assertAlmostEquals(studentQuantile(0.975, 1), 12.706204736174694, 1e-10);
  assertAlmostEquals(studentQuantile(0.025, 29), -2.045229642132703, 1e-10);
  assertAlmostEquals(studentQuantile(0.9995, 2.5), 18.277893528131457, 1e-9);
  assertAlmostEquals(normalCdf(1.96), 0.9750021048517795, ROUNDING);
  assertAlmostEquals(normalCdf(-5), 2.866515718791933e-7, 1e-20);
  assertAlmostEquals(normalCdf(0.3), 0.6179114221889526, ROUNDING);
  assertAlmostEquals(normalQuantile(0.8), 0.8416212335729143, ROUNDING);
  assertAlmostEquals(lnGamma(0.5), 0.5723649429247, ROUNDING);
  assertAlmostEquals(lnGamma(100.3), 360.5147057290581, ROUNDING);
});

Deno.test("binomial and Poisson probabilities equal their formulas", () => {
  const choose = [1, 5, 10, 10, 5, 1];
  binomialPmf(5, 0.3).forEach((value, v) => assertAlmostEquals(value, choose[v] * 0.3 ** v * 0.7 ** (5 - v), ROUNDING));
  assertAlmostEquals(binomialPmf(1024, 0.97).reduce((a, b) => a + b), 1, 1e-11);
  assertAlmostEquals(poissonPmf(2)[3], Math.exp(-2) * 8 / 6, ROUNDING);
  assertAlmostEquals(poissonPmf(0)[0], 1, 0);
  assertAlmostEquals(binomialPmf(3, 1)[3], 1, 0);
});

Deno.test("ln Γ of whole numbers is the sum of logarithms", () => {
  let sum = 0;
  for (let n = 1; n <= 23; n++) {
    // ln 22! is 48.5; each addition may lose a unit of its last place.
    assertAlmostEquals(lnGamma(n), sum, 5e-14);
    sum += Math.log(n);
  }
});

Deno.test("Student's law nears the normal law as z (z² + 1) φ(z) / 4ν", () => {
  // The first term of its expansion (Abramowitz and Stegun 26.7.5); ln Γ loses about 1e-9 at these degrees.
  const z = 1.96;
  const density = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  for (const degrees of [1e5, 1e6]) {
    assertAlmostEquals(normalCdf(z) - studentCdf(z, degrees), z * (z * z + 1) * density / (4 * degrees), 5e-9);
  }
});

Deno.test("the median of Student's t is 0, and its law ends at 0 and 1", () => {
  assertEquals([studentQuantile(0.5, 3), studentQuantile(0.5, 1e9)], [0, 0]);
  assertEquals([studentCdf(Infinity, 3), studentCdf(-Infinity, 3)], [1, 0]);
  // Quantiles of Student's t with 3 degrees of freedom, as in every table: 2.353 at .95, 3.182 at .975.
  assertAlmostEquals(studentQuantile(0.95, 3), 2.35336343480182, 1e-9);
  assertAlmostEquals(studentQuantile(0.025, 3), -3.18244630528371, 1e-9);
});

Deno.test("a chance of 0 or 1 leaves one count", () => {
  assertEquals([...binomialPmf(3, 0)], [1, 0, 0, 0]);
  assertEquals([...binomialPmf(3, 1)], [0, 0, 0, 1]);
});
