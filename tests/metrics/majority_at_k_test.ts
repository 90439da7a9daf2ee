import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type Ballots, majorityAtK, majorityVariance } from "../../src/metrics/majority_at_k.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import golden from "../golden/statistics.json" with { type: "json" };

/** Binomial weights come from exp and log, good to about 1e-14 each. */
const ROUNDING = 1e-12;
const BLANK = -1;

function ballots(correct: readonly number[], wrong: readonly number[], blank: number): Ballots {
  const candidates = [
    ...correct.map((count) => ({ count, correct: true })),
    ...wrong.map((count) => ({ count, correct: false })),
  ];
  return { candidates, blank };
}

/** The chance that a list of votes elects a right answer: candidate indices, `BLANK` for none. */
function elects({ candidates }: Ballots, votes: readonly number[]): number {
  const counts = candidates.map((_, index) => votes.filter((vote) => vote === index).length);
  const most = Math.max(0, ...counts);
  if (most === 0) return 0;
  const leaders = candidates.filter((_, index) => counts[index] === most);
  return leaders.filter(({ correct }) => correct).length / leaders.length;
}

function voters({ candidates, blank }: Ballots): number[] {
  const votes = candidates.flatMap(({ count }, index) => Array<number>(count).fill(index));
  return [...votes, ...Array<number>(blank).fill(BLANK)];
}

function bruteForce(box: Ballots, all: readonly number[], k: number): number {
  let sum = 0;
  let subsets = 0;
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const chosen = all.filter((_, i) => (mask >> i) & 1);
    if (chosen.length !== k) continue;
    subsets++;
    sum += elects(box, chosen);
  }
  return sum / subsets;
}

/** All ways to write n as a sum of counts, largest first. */
function partitions(n: number, largest = n): number[][] {
  if (n === 0) return [[]];
  return Array.from({ length: Math.min(n, largest) }, (_, i) => i + 1)
    .flatMap((first) => partitions(n - first, first).map((rest) => [first, ...rest]));
}

Deno.test("majority@k equals brute force over all subsets", () => {
  for (const { correct, wrong, blank, k, value } of golden.majorityAtK) {
    assertAlmostEquals(majorityAtK(ballots(correct > 0 ? [correct] : [], wrong, blank), k), value, ROUNDING);
  }
});

Deno.test("majority@k equals brute force for all votes of up to 8 samples", () => {
  for (let n = 1; n <= 8; n++) {
    for (let blank = 0; blank <= n; blank++) {
      for (const counts of partitions(n - blank)) {
        // Each answer may be the right one.
        for (const right of new Set(counts)) {
          const wrong = counts.toSpliced(counts.indexOf(right), 1);
          const box = ballots([right], wrong, blank);
          for (let k = 1; k <= n; k++) {
            assertAlmostEquals(majorityAtK(box, k), bruteForce(box, voters(box), k), ROUNDING);
          }
        }
      }
    }
  }
});

Deno.test("majority@k equals brute force also with two right answers", () => {
  for (const box of [ballots([2, 2], [3], 1), ballots([1, 2], [1, 1, 1, 1], 1)]) {
    for (let k = 1; k <= 8; k++) assertAlmostEquals(majorityAtK(box, k), bruteForce(box, voters(box), k), ROUNDING);
  }
});

Deno.test("majority@1 is the accuracy, an only answer wins where it is drawn, and blanks alone elect nothing", () => {
  assertAlmostEquals(majorityAtK(ballots([5], [3, 2], 3), 1), 5 / 13, ROUNDING);
  assertAlmostEquals(majorityAtK(ballots([1], [], 4), 3), 3 / 5, ROUNDING);
  assertEquals(majorityAtK(ballots([], [], 7), 7), 0);
  assertEquals(majorityAtK(ballots([], [3], 2), 5), 0);
});

Deno.test("majority@k of 64 samples agrees with drawing subsets", () => {
  const box = ballots([19], [17, 9, 5, 3, 1, 1, 1], 8);
  const all = voters(box);
  const random = new RandomSequence("majority test");
  for (const k of [7, 32]) {
    const runs = 4000;
    let sum = 0;
    for (let run = 0; run < runs; run++) sum += elects(box, random.shuffle([...all]).slice(0, k));
    // Four standard errors of a mean of yes-or-no answers.
    assertAlmostEquals(majorityAtK(box, k), sum / runs, 4 * Math.sqrt(0.25 / runs));
  }
});

Deno.test("majority@k stays in range and finite at 1024 samples", () => {
  const box = ballots([400], [300, 200, ...Array<number>(100).fill(1)], 24);
  const values = [1, 2, 64, 512, 1000, 1024].map((k) => majorityAtK(box, k));
  assertAlmostEquals(values[0], 400 / 1024, ROUNDING);
  assertEquals(values.at(-1), 1);
  for (const value of values) assertEquals(value >= 0 && value <= 1, true);
});

Deno.test("the variance of majority@1 is that of pass@1, and at k = n that of one fresh election", () => {
  const one = majorityVariance(ballots([12], [9, 4], 7), 1);
  assertEquals(one.method, "jackknife");
  assertAlmostEquals(one.value, 12 / 32 * 20 / 32 / 31, ROUNDING);

  const box = ballots([3], [2], 1);
  const whole = majorityVariance(box, 6);
  const all = voters(box);
  let elected = 0;
  for (let code = 0; code < 6 ** 6; code++) {
    elected += elects(box, Array.from({ length: 6 }, (_, i) => all[Math.floor(code / 6 ** i) % 6])) / 6 ** 6;
  }
  assertEquals(whole.method, "plug-in");
  assertAlmostEquals(whole.value, elected * (1 - elected), ROUNDING);
});

Deno.test("the jackknife of majority@k does not understate how fresh samples move it", () => {
  const [n, k, runs] = [32, 8, 1500];
  const chances = [0.4, 0.3, 0.15, 0.1, 0.05];
  const random = new RandomSequence("majority jackknife test");
  let sum = 0;
  let squares = 0;
  let estimated = 0;
  for (let run = 0; run < runs; run++) {
    const counts = chances.map(() => 0);
    for (let i = 0; i < n; i++) {
      let u = random.uniform();
      const answer = chances.findIndex((chance) => (u -= chance) < 0);
      counts[answer < 0 ? chances.length - 1 : answer]++;
    }
    const box = ballots([counts[0]], counts.slice(1).filter((count) => count > 0), 0);
    const value = majorityAtK(box, k);
    sum += value;
    squares += value ** 2;
    estimated += majorityVariance(box, k).value;
  }
  const variance = squares / runs - (sum / runs) ** 2;
  const ratio = estimated / runs / variance;
  assertEquals(ratio > 0.95 && ratio < 1.35, true, `jackknife / true variance = ${ratio}`);
});

Deno.test("majority@k refuses more samples than there are", () => {
  assertThrows(() => majorityAtK(ballots([2], [1], 1), 5), RangeError, "majority@5 from 4 samples");
});

Deno.test("the jackknife is that of leaving out each sample in turn, also where answers have equal counts", () => {
  for (const box of [ballots([2], [2, 2, 1, 1], 3), ballots([3, 2], [3, 2], 1), ballots([4], [3, 3], 0)]) {
    const all = voters(box);
    for (const k of [2, 3]) {
      const without = all.map((_, i) => bruteForce(box, all.toSpliced(i, 1), k));
      const mean = without.reduce((a, b) => a + b) / all.length;
      const variance = without.reduce((sum, value) => sum + (value - mean) ** 2, 0) * (all.length - 1) / all.length;
      const { value, method } = majorityVariance(box, k);
      assertEquals(method, "jackknife");
      assertAlmostEquals(value, variance, ROUNDING);
    }
  }
});

Deno.test("two answers of many samples are as likely to win as exact rational arithmetic says", () => {
  const choose = (n: number, k: number): bigint => {
    let value = 1n;
    for (let i = 0; i < k; i++) value = value * BigInt(n - i) / BigInt(i + 1);
    return value;
  };
  // The second is all tails: 6e-10.
  for (const [right, wrong, k] of [[53, 51, 64], [30, 270, 30]]) {
    // Twice the draws in which the right answer leads, and once those in which both have as many.
    let twice = 0n;
    for (let v = Math.max(0, k - wrong); v <= Math.min(right, k); v++) {
      const draws = choose(right, v) * choose(wrong, k - v);
      twice += v > k / 2 ? 2n * draws : v === k / 2 ? draws : 0n;
    }
    const exact = Number(twice * 10n ** 18n / (2n * choose(right + wrong, k))) / 1e18;
    assertAlmostEquals(majorityAtK(ballots([right], [wrong], 0), k), exact, ROUNDING);
  }
});
