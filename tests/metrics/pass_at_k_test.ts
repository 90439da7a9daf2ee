import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { firstK, MOST_SAMPLES, passAtK, passAtKVariance } from "../../src/metrics/pass_at_k.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import golden from "../golden/statistics.json" with { type: "json" };

/** Sums of at most 1024 roundings of numbers below 1. */
const ROUNDING = 1e-12;

/** All subsets of size k of 0 … n − 1, as bit masks. */
function subsets(n: number, k: number): number[] {
  const bits = (mask: number) => mask.toString(2).replaceAll("0", "").length;
  return Array.from({ length: 2 ** n }, (_, mask) => mask).filter((mask) => bits(mask) === k);
}

Deno.test("pass@k equals exact rational arithmetic", () => {
  for (const { n, c, k, value } of golden.passAtK) assertAlmostEquals(passAtK(n, c, k), value, ROUNDING);
});

Deno.test("the within-problem variance equals exact rational arithmetic", () => {
  for (const { n, c, k, value } of golden.withinVariance) {
    const variance = passAtKVariance(n, c, k);
    assertAlmostEquals(variance.value, value, ROUNDING);
    assertEquals(variance.method, "unbiased");
  }
});

Deno.test("pass@k equals the share of subsets with a correct sample, for every n up to 8", () => {
  for (let n = 1; n <= 8; n++) {
    for (let k = 1; k <= n; k++) {
      const all = subsets(n, k);
      for (let c = 0; c <= n; c++) {
        const share = all.filter((mask) => (mask & (2 ** c - 1)) !== 0).length / all.length;
        assertAlmostEquals(passAtK(n, c, k), share, ROUNDING);
      }
    }
  }
});

Deno.test("the variance equals q_k² minus the share of disjoint pairs of subsets that both fail, for every n up to 8", () => {
  for (let n = 2; n <= 8; n++) {
    for (let k = 1; 2 * k <= n; k++) {
      const all = subsets(n, k);
      const pairs = all.flatMap((a) => all.filter((b) => (a & b) === 0).map((b) => a | b));
      for (let c = 0; c <= n; c++) {
        const correct = 2 ** c - 1;
        const fails = all.filter((mask) => (mask & correct) === 0).length / all.length;
        const bothFail = pairs.filter((mask) => (mask & correct) === 0).length / pairs.length;
        assertAlmostEquals(passAtKVariance(n, c, k).value, fails ** 2 - bothFail, ROUNDING);
      }
    }
  }
});

Deno.test("pass@k is c/n at k = 1, rises in k and in c, and is any-correct at k = n", () => {
  for (const n of [1, 2, 7, 32, 101]) {
    for (let c = 0; c <= n; c++) {
      assertEquals(passAtK(n, c, 1), c / n);
      assertEquals(passAtK(n, c, n), c > 0 ? 1 : 0);
      for (let k = 2; k <= n; k++) {
        const value = passAtK(n, c, k);
        if (value < passAtK(n, c, k - 1) - ROUNDING) throw new Error(`falls in k at n=${n} c=${c} k=${k}`);
        if (c > 0 && value < passAtK(n, c - 1, k) - ROUNDING) throw new Error(`falls in c at n=${n} c=${c} k=${k}`);
        if (value < 0 || value > 1) throw new Error(`leaves [0, 1] at n=${n} c=${c} k=${k}`);
      }
    }
  }
});

Deno.test("pass@k and its variance agree with drawing 64 samples again and again", () => {
  const [n, k, p, runs] = [64, 16, 0.04, 4000];
  const random = new RandomSequence("pass@k test");
  let sum = 0;
  let squares = 0;
  let estimated = 0;
  for (let run = 0; run < runs; run++) {
    let c = 0;
    for (let i = 0; i < n; i++) if (random.uniform() < p) c++;
    const value = passAtK(n, c, k);
    sum += value;
    squares += value ** 2;
    estimated += passAtKVariance(n, c, k).value;
  }
  const mean = sum / runs;
  const variance = squares / runs - mean ** 2;
  // Four standard errors of a mean of `runs`; the variance's own relative error is about √(2/runs).
  assertAlmostEquals(mean, 1 - (1 - p) ** k, 4 * Math.sqrt(variance / runs));
  assertAlmostEquals(estimated / runs / variance, 1, 4 * Math.sqrt(2 / runs));
});

Deno.test("beyond n/2 the variance is that of a binomial count at the observed accuracy", () => {
  // k = n: any correct of n, a yes-or-no with chance 1 − (1 − c/n)^n.
  const none = (1 - 3 / 32) ** 32;
  const variance = passAtKVariance(32, 3, 32);
  assertEquals(variance.method, "plug-in");
  assertAlmostEquals(variance.value, none * (1 - none), ROUNDING);
  assertEquals(passAtKVariance(32, 0, 32).value, 0);
});

Deno.test("beyond n/2 the variance is the sum over all counts by definition", () => {
  for (const [n, c, k] of [[7, 2, 5], [13, 11, 8], [29, 13, 17], [101, 3, 89]]) {
    const p = c / n;
    let [choose, mean, square] = [1, 0, 0];
    for (let other = 0; other <= n; other++) {
      const chance = choose * p ** other * (1 - p) ** (n - other);
      const none = 1 - passAtK(n, other, k);
      mean += chance * none;
      square += chance * none * none;
      choose *= (n - other) / (other + 1);
    }
    assertAlmostEquals(passAtKVariance(n, c, k).value, square - mean * mean, ROUNDING, `${n} ${c} ${k}`);
  }
});

Deno.test("the most samples there may be are no long work", () => {
  // Of a binomial with mean c, any correct sample among all n is missing with chance (1 - c/n)^n.
  const none = (1 - 1 / MOST_SAMPLES) ** MOST_SAMPLES;
  assertAlmostEquals(passAtKVariance(MOST_SAMPLES, 1, MOST_SAMPLES).value, none * (1 - none), 1e-8);
});

Deno.test("pass@k refuses more samples than there are", () => {
  assertThrows(() => passAtK(4, 2, 5), RangeError, "Pass@5 from 4 samples");
  assertThrows(() => passAtKVariance(4, 2, 5), RangeError);
  assertThrows(() => passAtK(4, 5, 1), RangeError, "c = 5");
  assertThrows(() => passAtK(4, 1, 0), RangeError);
  assertThrows(() => passAtK(4, 1.5, 1), RangeError);
  assertThrows(() => firstK([true], 2), RangeError);
});

Deno.test("firstK looks at the first k in order, and at k = n agrees with pass@k", () => {
  assertEquals([1, 2, 3].map((k) => firstK([false, true, false], k)), [0, 1, 1]);
  assertEquals(firstK([false, true, false], 3), passAtK(3, 1, 3));
});
