import { assert } from "@std/assert";
import { estimateOverSeeds } from "../../src/metrics/seeds.ts";
import { studentQuantile } from "../../src/metrics/distributions.ts";
import { RandomSequence } from "../../src/random/streams.ts";

const DATASETS = [0.6, 0.5, 0.45, 0.35, 0.3];
const PROBLEMS = 40;
const SAMPLES = 8;
const RUNS = 2000;
/** Two standard errors of the simulation itself. */
const SLACK = 2 * Math.sqrt(0.05 * 0.95 / RUNS);

/** (datasets)(problems), accuracies uniform within .2 of their dataset's. */
function drawProblems(random: RandomSequence): number[][] {
  return DATASETS.map((accuracy) => Array.from({ length: PROBLEMS }, () => accuracy + 0.4 * (random.uniform() - 0.5)));
}

/** Scores of one training run: every problem moves by `shift`, and is sampled anew. */
function score(random: RandomSequence, problems: readonly (readonly number[])[], shift: number): number[][] {
  return problems.map((own) =>
    own.map((accuracy) => {
      let correct = 0;
      for (let sample = 0; sample < SAMPLES; sample++) if (random.uniform() < accuracy + shift) correct++;
      return correct / SAMPLES;
    })
  );
}

function meanOf(scores: readonly (readonly number[])[]): number {
  return scores.reduce((sum, own) => sum + own.reduce((a, b) => a + b) / own.length, 0) / scores.length;
}

/** Shares of simulated experiments in which each interval holds what it claims. */
function coverage(seeds: number, deviation: number): { mean: number; next: number } {
  const random = new RandomSequence("seed coverage test", seeds, String(deviation));
  const truth = meanOf(DATASETS.map((accuracy) => [accuracy]));
  let [mean, next] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const problems = drawProblems(random);
    const runs = Array.from({ length: seeds + 1 }, () => score(random, problems, deviation * random.gaussian()));
    const another = meanOf(runs.pop()!);
    const own = estimateOverSeeds(DATASETS.map((_, d) => runs.map((scores) => scores[d])));
    if (own.low <= truth && truth <= own.high) mean++;
    if (own.nextLow! <= another && another <= own.nextHigh!) next++;
  }
  return { mean: mean / RUNS, next: next / RUNS };
}

for (const seeds of [2, 3, 5]) {
  Deno.test(`from ${seeds} seeds, intervals hold another seed in 95, and the mean in more, of 100 cases`, () => {
    for (const deviation of [0.008, 0.016, 0.03]) {
      const { mean, next } = coverage(seeds, deviation);
      const told = `${seeds} seeds of ${deviation}: mean ${mean}, next ${next}`;
      assert(Math.abs(next - 0.95) < 0.01 + SLACK, told);
      // Sampling noise is in both parts of the interval of the mean, so it may cover more.
      assert(mean > 0.95 - SLACK, told);
    }
  });
}

Deno.test("a spread pooled over arms would not hold another seed of the arms that vary most", () => {
  const random = new RandomSequence("pooled spread test");
  const deviations = [0.8, 2.6, 1, 2.2];
  const [seeds, runs] = [3, 4000];
  const degrees = deviations.length * (seeds - 1);
  const held = deviations.map(() => 0);
  for (let run = 0; run < runs; run++) {
    const arms = deviations.map((deviation) => {
      const scores = Array.from({ length: seeds }, () => deviation * random.gaussian());
      const mean = scores.reduce((a, b) => a + b) / seeds;
      return { mean, squares: scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) };
    });
    const pooled = Math.sqrt(arms.reduce((sum, { squares }) => sum + squares, 0) / degrees);
    const half = studentQuantile(0.975, degrees) * pooled * Math.sqrt(1 + 1 / seeds);
    arms.forEach(({ mean }, arm) => {
      if (Math.abs(deviations[arm] * random.gaussian() - mean) <= half) held[arm]++;
    });
  }
  const shares = held.map((count) => count / runs);
  // The simulation's own error is .006 there.
  assert(shares[1] < 0.86 && shares[3] < 0.91 && shares[0] > 0.99, String(shares));
});
