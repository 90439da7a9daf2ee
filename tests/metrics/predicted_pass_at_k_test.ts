import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { betaPassAtK, fitBetaLaw } from "../../src/metrics/beta_binomial.ts";
import { studentQuantile } from "../../src/metrics/distributions.ts";
import { meanInterval } from "../../src/metrics/estimate.ts";
import { averagePredicted, predictPassAtK } from "../../src/metrics/predicted_pass_at_k.ts";

const ROUNDING = 1e-9;

/** Some problems of 5 samples, others of 7. */
const MIXED = [0, 0, 1, 0, 2, 5, 0, 3, 0, 0, 0, 0, 1].map((c, i) => ({ n: i % 2 === 0 ? 5 : 7, c }));

/** The mean over problems of what each one's posterior says. */
function predicted(problems: typeof MIXED, k: number): number {
  const { a, b } = fitBetaLaw(problems);
  return problems.reduce((sum, { n, c }) => sum + betaPassAtK({ a: a + c, b: b + n - c }, k), 0) / problems.length;
}

Deno.test("a prediction is the mean of the posteriors, its variance that of leaving each problem out", () => {
  // Few problems and many, whose variance is small.
  for (const [k, copies] of [[11, 1], [53, 1], [11, 7]]) {
    const problems = Array(copies).fill(MIXED).flat();
    const count = problems.length;
    const [{ value, low, high }] = predictPassAtK(problems, [k]);
    assertAlmostEquals(value, predicted(problems, k), ROUNDING);
    const without = problems.map((_, i) => predicted(problems.toSpliced(i, 1), k));
    const mean = without.reduce((a, b) => a + b) / count;
    const variance = without.reduce((sum, own) => sum + (own - mean) ** 2, 0) * (count - 1) / count;
    // Both ends of Wilson's interval are where |value − end| = t √(end (1 − end) · variance / (value (1 − value))).
    for (const end of [low, high]) {
      const error = Math.sqrt(end * (1 - end) * variance / (value * (1 - value)));
      assertAlmostEquals(Math.abs(value - end), studentQuantile(0.975, count - 1) * error, ROUNDING);
    }
  }
});

Deno.test("predictions rise with k, from near the unbiased Pass@n", () => {
  const [n, more, most] = predictPassAtK([0, 1, 1, 2, 3, 4, 5].map((c) => ({ n: 5, c })), [6, 50, 5000]);
  // Pass@5 of these is 6/7 = .857; one sample more adds at most one of six of what is open.
  assert(Math.abs(n.value - 6 / 7) < 0.05, `${n.value}`);
  assert(n.value < more.value && more.value < most.value && most.value < 1);
});

Deno.test("where nothing was right, or nothing wrong, the interval is what any law leaves open", () => {
  const [none] = predictPassAtK(Array(11).fill({ n: 7, c: 0 }), [21]);
  const { high } = meanInterval(Array(11).fill(0));
  assertEquals([none.value, none.low], [0, 0]);
  assertAlmostEquals(none.high, 1 - (1 - high) ** 3, ROUNDING);
  const [all] = predictPassAtK(Array(11).fill({ n: 7, c: 7 }), [21]);
  assertEquals([all.value, all.high], [1, 1]);
  assertAlmostEquals(all.low, meanInterval(Array(11).fill(1)).low, ROUNDING);
});

Deno.test("where fewer than three problems are foreseen to fail, the lower end is that of Pass@n", () => {
  const few = [0, ...Array<number>(12).fill(5)].map((c) => ({ n: 5, c }));
  const [{ value, low }] = predictPassAtK(few, [10]);
  assert(13 * (1 - value) < 3);
  assertAlmostEquals(low, meanInterval([0, ...Array<number>(12).fill(1)]).low, ROUNDING);
  // Five that never came right, of which some will: the law says other than the interval of Pass@5.
  const counts = [0, 0, 0, 0, 0, 1, 1, 1, 1, 5, 5, 5, 5];
  const [more] = predictPassAtK(counts.map((c) => ({ n: 5, c })), [10]);
  assert(13 * (1 - more.value) > 3, `${more.value}`);
  const { low: passAt5 } = meanInterval(counts.map((c) => c > 0 ? 1 : 0));
  assert(Math.abs(more.low - passAt5) > 0.003, `${more.low} ${passAt5}`);
});

Deno.test("one problem says nothing of others, one sample nothing of how problems differ", () => {
  const [{ value, low, high }] = predictPassAtK([{ n: 5, c: 2 }], [10]);
  assertAlmostEquals(value, 1 - 0.6 ** 10, 1e-3);
  assertEquals([low, high], [0, 1]);
  assertThrows(() => predictPassAtK([{ n: 1, c: 1 }, { n: 1, c: 0 }], [4]), RangeError, "Pass@4 from one sample");
});

Deno.test("an average over datasets joins distances in squares", () => {
  const { value, low, high } = averagePredicted([
    { value: 0.5, low: 0.47, high: 0.53 },
    { value: 0.7, low: 0.66, high: 0.82 },
  ]);
  // √(.03² + .04²)/2 = .025 and √(.03² + .12²)/2 = .0618466.
  assertAlmostEquals(value, 0.6, ROUNDING);
  assertAlmostEquals(low, 0.575, ROUNDING);
  assertAlmostEquals(high, 0.6618466, 1e-7);
});
