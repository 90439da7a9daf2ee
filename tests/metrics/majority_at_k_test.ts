import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { ballotCount, type Ballots, majorityAtK, majorityWithVariance } from "../../src/metrics/majority_at_k.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import golden from "../golden/statistics.json" with { type: "json" };

/** Sums of thousands of rounded products, divided by a chance of a hundredth. */
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
  const [one] = majorityWithVariance([ballots([12], [9, 4], 7)], 1);
  assertEquals(one.method, "jackknife");
  assertAlmostEquals(one.value, 12 / 32, ROUNDING);
  assertAlmostEquals(one.within, 12 / 32 * 20 / 32 / 31, ROUNDING);

  const box = ballots([3], [2], 1);
  const [whole] = majorityWithVariance([box], 6);
  const all = voters(box);
  let elected = 0;
  for (let code = 0; code < 6 ** 6; code++) {
    elected += elects(box, Array.from({ length: 6 }, (_, i) => all[Math.floor(code / 6 ** i) % 6])) / 6 ** 6;
  }
  assertEquals(whole.method, "plug-in");
  assertAlmostEquals(whole.within, elected * (1 - elected), ROUNDING);
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
    const [{ value, within }] = majorityWithVariance([box], k);
    sum += value;
    squares += value ** 2;
    estimated += within;
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
      const [{ value, within, method }] = majorityWithVariance([box], k);
      assertEquals(method, "jackknife");
      assertAlmostEquals(value, mean, ROUNDING);
      assertAlmostEquals(within, variance, ROUNDING);
    }
  }
});

Deno.test("of a thousand samples, answers that differ in nothing but right and wrong share alike", () => {
  const distinct = Array.from({ length: 31 }, (_, i) => i + 1);
  const singles = Array<number>(467).fill(1);
  for (const k of [2, 37, 510, 991]) {
    // Each right answer has a wrong one of as many samples.
    assertAlmostEquals(majorityAtK(ballots(distinct, distinct, 0), k), 1 / 2, ROUNDING);
    assertAlmostEquals(
      majorityAtK(ballots([...distinct, ...singles], [...distinct, ...singles], 0), k),
      1 / 2,
      ROUNDING,
    );
    // Of m such answers, r are right.
    assertAlmostEquals(
      majorityAtK(ballots(Array<number>(7).fill(53), Array<number>(12).fill(53), 0), k),
      7 / 19,
      ROUNDING,
    );
    // And where k blanks may be drawn of all.
    assertAlmostEquals(
      majorityAtK(ballots([1, 1, 1], [1, 1, 1, 1], 997), k),
      3 / 7 * (1 - allOf(997, 1004, k)),
      ROUNDING,
    );
  }
});

/** The chance that k of n samples are all among these. */
function allOf(some: number, n: number, k: number): number {
  let product = 1;
  for (let i = 0; i < k; i++) product *= (some - i) / (n - i);
  return product;
}

Deno.test("what is certain is exactly so", () => {
  assertEquals([1, 16, 31].map((k) => majorityAtK(ballots([31], [], 0), k)), [1, 1, 1]);
  assertEquals(majorityAtK(ballots([601], [7], 3), 23), 1);
  assertEquals(majorityAtK(ballots([7], [601], 3), 23), 0);
  assertEquals(majorityWithVariance([ballots([29], [], 0), ballots([], [29], 0)], 8), [
    { value: 1, within: 0, method: "jackknife" },
    { value: 0, within: 0, method: "jackknife" },
  ]);
});

Deno.test("many problems are as they are one by one, and one with too few samples is refused", () => {
  const boxes = [ballots([5], [3, 3], 2), ballots([2], [9], 1), ballots([5], [3, 3], 2), ballots([7], [3, 1], 12)];
  const alone = boxes.map((box) => majorityWithVariance([box], 7)[0]);
  assertEquals(majorityWithVariance(boxes, 7), alone);
  assertEquals(alone.map(({ method }) => method), ["plug-in", "plug-in", "plug-in", "jackknife"]);
  assertThrows(
    () => majorityWithVariance([...boxes, ballots([2], [1], 0)], 7),
    RangeError,
    "majority@7 from 3 samples",
  );
});

Deno.test("majority@k of a hundred samples is what exact rational arithmetic says", () => {
  const boxes = [
    ballots([23], [19, 17, 13, 11, 7, 5, 3, 2, 1, 1], 1),
    ballots([13, 11, 11], [13, 13, 11, 7, 7, 5, 5, 5], 2),
    ballots([2, 1], [2, 2, 2, ...Array<number>(61).fill(1)], 31),
    ballots([41, 1], [43], 17),
  ];
  for (const box of boxes) {
    for (const k of [3, 29, 64, 97]) {
      const exact = exactMajority(box, k);
      assertAlmostEquals(majorityAtK(box, k), exact, ROUNDING);
      if (2 * k <= ballotCount(box)) assertAlmostEquals(majorityWithVariance([box], k)[0].value, exact, ROUNDING);
    }
  }
});

/** By counting subsets in whole numbers: for each winner and each number of its votes, what the others may have. */
function exactMajority({ candidates, blank }: Ballots, k: number): number {
  const scale = 10n ** 18n;
  const rows = choices(blank, k);
  let sum = 0n;
  candidates.forEach(({ count, correct }, winner) => {
    if (!correct) return;
    const own = choices(count, k);
    const others = candidates.toSpliced(winner, 1);
    for (let votes = 1; votes <= Math.min(count, k); votes++) {
      // ties[j][v]: ways to draw v samples of blanks and of the others, j of whom have as many votes.
      let ties = [rows];
      for (const { count } of others) {
        const ways = choices(count, votes);
        const next = Array.from({ length: ties.length + 1 }, () => Array<bigint>(k + 1).fill(0n));
        ties.forEach((row, j) =>
          row.forEach((some, drawn) => {
            if (some === 0n) return;
            for (let v = 0; v <= Math.min(votes, count, k - drawn); v++) {
              next[v === votes ? j + 1 : j][drawn + v] += some * ways[v];
            }
          })
        );
        ties = next.filter((_, j) => j * votes <= k);
      }
      ties.forEach((row, j) => sum += own[votes] * row[k - votes] * scale / BigInt(j + 1));
    }
  });
  return Number(sum / choices(ballotCount({ candidates, blank }), k)[k]) / Number(scale);
}

/** (k + 1), the binomial coefficients of n. */
function choices(n: number, k: number): bigint[] {
  const row = [1n];
  for (let v = 1; v <= k; v++) row.push(row[v - 1] * BigInt(n - v + 1) / BigInt(v));
  return row;
}

Deno.test("two answers of many samples are as likely to win as exact rational arithmetic says", () => {
  const choose = (n: number, k: number): bigint => k > n ? 0n : choices(n, k)[k];
  // The second is all tails: 6e-10.
  for (const [right, wrong, k] of [[53, 51, 64], [30, 270, 30], [509, 515, 512], [509, 515, 1021]]) {
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
