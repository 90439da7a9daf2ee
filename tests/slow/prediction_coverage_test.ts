import { assert } from "@std/assert";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import { betaPassAtK } from "../../src/metrics/beta_binomial.ts";
import { mean } from "../../src/metrics/estimate.ts";
import { passAtK } from "../../src/metrics/pass_at_k.ts";
import { predictPassAtK } from "../../src/metrics/predicted_pass_at_k.ts";
import { RandomSequence } from "../../src/random/streams.ts";

/** Gamma draw of any shape by Marsaglia and Tsang, boosted below 1. */
function gamma(random: RandomSequence, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const z = random.gaussian();
    const v = (1 + z / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(random.uniform()) < z * z / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

function drawCounts(random: RandomSequence, a: number, b: number, problems: number, n: number) {
  return Array.from({ length: problems }, () => {
    const [x, y] = [gamma(random, a), gamma(random, b)];
    const p = x + y === 0 ? 0 : x / (x + y);
    let c = 0;
    for (let i = 0; i < n; i++) if (random.uniform() < p) c++;
    return { n, c };
  });
}

Deno.test("of known beta laws, predictions hold the closed form in at least 93 of 100 cases", () => {
  const random = new RandomSequence("prediction coverage test");
  const runs = 100;
  // Two errors of the simulation.
  const slack = 2 * Math.sqrt(0.07 * 0.93 / runs);
  for (const [accuracy, total] of [[0.02, 0.5], [0.07, 2], [0.3, 1], [0.3, 4], [0.5, 30], [0.9, 1], [0.98, 1]]) {
    const [a, b] = [accuracy * total, (1 - accuracy) * total];
    for (const problems of [30, 200]) {
      for (const n of [8, 32]) {
        const sizes = [2 * n, 8 * n];
        const truths = sizes.map((k) => betaPassAtK({ a, b }, k));
        const covered = [0, 0];
        for (let run = 0; run < runs; run++) {
          predictPassAtK(drawCounts(random, a, b, problems, n), sizes).forEach(({ low, high }, i) => {
            if (low <= truths[i] && truths[i] <= high) covered[i]++;
          });
        }
        for (const count of covered) {
          assert(count / runs > 0.93 - slack, `${count} of ${runs} at ${accuracy}, a + b ${total}, ${problems} × ${n}`);
        }
      }
    }
  }
});

/** How many of the first `few` of n samples are right, in a random order. */
function thinned(random: RandomSequence, n: number, c: number, few: number): number {
  let [left, right, drawn] = [n, c, 0];
  for (let i = 0; i < few; i++, left--) {
    if (random.integer(left) >= right) continue;
    right--;
    drawn++;
  }
  return drawn;
}

Deno.test("from 8 of the 32 published samples, Pass@32 is foreseen within its interval", () => {
  const random = new RandomSequence("published prediction test");
  let held = 0;
  const errors = counts.map(({ samples_per_problem: n, correct_counts }) => {
    const few = correct_counts.map((c) => ({ n: 8, c: thinned(random, n, c, 8) }));
    const [{ value, low, high }] = predictPassAtK(few, [32]);
    const found = mean(correct_counts.map((c) => passAtK(n, c, 32)));
    if (low <= found && found <= high) held++;
    return value - found;
  });
  // 95 % of 25 is 23.75, and the errors of five arms on the same problems go together.
  assert(held >= 23, `${held} of ${counts.length}`);
  assert(Math.abs(mean(errors)) < 0.02, `${mean(errors)}`);
});
