import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { PASS_ESTIMATOR_NAMES } from "../../src/metrics/pass_estimator_name.ts";
import { passAtK } from "../../src/metrics/pass_at_k.ts";
import {
  blocksPassAtK,
  bootstrapDrawError,
  bootstrapPassAtK,
  PASS_ESTIMATORS,
  passAtKBy,
  verlBestAtK,
} from "../../src/metrics/pass_estimators.ts";
import golden from "../golden/verl_best.json" with { type: "json" };

/** Sums of at most 5^5 numbers in [0, 1]. */
const ROUNDING = 1e-12;

/** All lists of k of 0 … n − 1, n^k of them: draws with replacement. */
function draws(n: number, k: number): number[][] {
  return k === 0 ? [[]] : draws(n, k - 1).flatMap((list) => Array.from({ length: n }, (_, i) => [...list, i]));
}

/** All orders of c correct samples among n. */
function orders(n: number, c: number): boolean[][] {
  if (n === 0) return c === 0 ? [[]] : [];
  return [...orders(n - 1, c).map((rest) => [...rest, false]), ...orders(n - 1, c - 1).map((rest) => [...rest, true])];
}

const average = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

Deno.test("the bootstrap's expectation is the share of all draws with replacement that hold a correct sample", () => {
  for (const n of [1, 2, 3, 5]) {
    for (let k = 1; k <= n; k++) {
      const all = draws(n, k);
      for (let c = 0; c <= n; c++) {
        const share = all.filter((list) => list.some((i) => i < c)).length / all.length;
        assertAlmostEquals(bootstrapPassAtK(n, c, k), share, ROUNDING);
      }
    }
  }
});

Deno.test("the bootstrap is the unbiased one at k = 1, c = 0 and c = n, and below it elsewhere", () => {
  for (const n of [2, 7, 13, 32]) {
    for (let k = 1; k <= n; k++) {
      for (let c = 0; c <= n; c++) {
        const [ours, theirs] = [passAtK(n, c, k), bootstrapPassAtK(n, c, k)];
        if (k === 1 || c === 0 || c === n) assertAlmostEquals(theirs, ours, ROUNDING);
        // A chance of failing below the spacing of numbers near 1 is lost in both.
        else if ((1 - c / n) ** k > ROUNDING) assertEquals(theirs < ours, true, `n=${n} c=${c} k=${k}`);
      }
    }
  }
  // One correct sample of 32, at k = n: 1 − (31/32)^32.
  assertAlmostEquals(bootstrapPassAtK(32, 1, 32), 0.6379, 5e-5);
});

Deno.test("blocks are consecutive, and what fills none is left out", () => {
  const correct = [false, true, false, false, true, false, true];
  // 2: (01)(00)(10), the last sample alone; 3: (010)(010); 5: (01001); 7: all.
  assertEquals([1, 2, 3, 5, 7].map((k) => blocksPassAtK(correct, k)), [3 / 7, 2 / 3, 1, 1, 1]);
  assertEquals(blocksPassAtK([false, false, true], 2), 0);
});

Deno.test("over all orders of the samples, first-k and blocks are the unbiased one on average", () => {
  for (const [n, c] of [[5, 2], [7, 1], [7, 3]]) {
    const all = orders(n, c);
    for (let k = 1; k <= n; k++) {
      for (const name of ["first-k", "blocks"] as const) {
        const values = passAtKBy(name, all.map((correct) => ({ n, c, correct })), k)!;
        assertAlmostEquals(average(values), passAtK(n, c, k), ROUNDING, `${name} n=${n} c=${c} k=${k}`);
      }
    }
  }
});

Deno.test("verl's best@k equals what NumPy draws, digit for digit", () => {
  for (const { correct, k, best } of golden.cases) {
    const samples = correct.map((value) => value === 1);
    // verl has no best@1 but the mean itself.
    const expected = k === 1 ? average(correct) : best;
    assertEquals(verlBestAtK([samples], k), [expected], `${correct} k=${k}`);
  }
});

Deno.test("verl's best@k is a bootstrap of 1000 draws, which problems of as many samples share", () => {
  const samples = (n: number, right: readonly number[]) => Array.from({ length: n }, (_, i) => right.includes(i));
  const problems = [samples(13, [4]), samples(7, [4]), samples(13, [4]), samples(13, [4, 11])];
  for (const k of [2, 3, 7]) {
    const values = verlBestAtK(problems, k);
    assertEquals(values[0], values[2]);
    assertEquals(values[3] > values[0], true);
    problems.forEach((correct, i) => {
      const [n, c] = [correct.length, correct.filter(Boolean).length];
      // Five standard deviations: these draws are fixed, and none of twelve is an outlier.
      assertAlmostEquals(values[i], bootstrapPassAtK(n, c, k), 5 * bootstrapDrawError(n, c, k, 1000));
    });
  }
});

Deno.test("the error of drawing is that of a share of as many yes-or-no answers", () => {
  assertAlmostEquals(bootstrapDrawError(5, 1, 2, 9), Math.sqrt(0.36 * 0.64 / 9), ROUNDING);
  assertEquals(bootstrapDrawError(5, 0, 2, 9), 0);
});

Deno.test("a rule gives nothing where samples are too few, or their order is not known", () => {
  const counts = { n: 3, c: 1 };
  const ordered = { ...counts, correct: [true, false, false] };
  for (const name of PASS_ESTIMATOR_NAMES) {
    const { needs } = PASS_ESTIMATORS[name];
    assertEquals(passAtKBy(name, [counts], 2) === undefined, needs === "order", name);
    assertEquals(passAtKBy(name, [ordered, counts], 2) === undefined, needs === "order", name);
    assertEquals(passAtKBy(name, [ordered], 2)?.length, 1, name);
    assertEquals(passAtKBy(name, [ordered], 4), undefined, name);
    const ends = [[false, false, false], [true, true, true]];
    const values = passAtKBy(name, ends.map((correct) => ({ n: 3, c: correct[0] ? 3 : 0, correct })), 3);
    assertEquals(values, [0, 1], name);
  }
});

Deno.test("k beyond the samples is refused", () => {
  assertThrows(() => bootstrapPassAtK(3, 1, 4), RangeError, "Pass@4 from 3 samples");
  assertThrows(() => blocksPassAtK([true], 2), RangeError);
  assertThrows(() => verlBestAtK([[true]], 2), RangeError);
});
