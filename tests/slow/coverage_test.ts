import { assertEquals } from "@std/assert";
import { bootstrapInterval } from "../../src/metrics/bootstrap.ts";
import { averageEstimate, estimateMean, meanInterval } from "../../src/metrics/estimate.ts";
import { RandomSequence } from "../../src/random/streams.ts";

function beta(random: RandomSequence, a: number, b: number): number {
  const [x, y] = [gamma(random, a), gamma(random, b)];
  return x + y === 0 ? 0 : x / (x + y);
}

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

/** (P), Pass@1 of problems of mixed difficulty from `samples` samples each. */
function drawProblems(random: RandomSequence, problems: number, accuracy: number, spread: number, samples: number) {
  return Array.from({ length: problems }, () => {
    const p = beta(random, spread * accuracy, spread * (1 - accuracy));
    let c = 0;
    for (let i = 0; i < samples; i++) if (random.uniform() < p) c++;
    return c / samples;
  });
}

/** Laws of accuracy over problems; those of docs/statistics.md, by the mean a/(a + b). */
const HARD_LAWS: readonly (readonly [a: number, b: number])[] = [
  [0.07, 0.93],
  [0.03, 0.37],
  [0.2, 2],
  [0.02, 0.98],
  [0.3, 0.7],
  [2, 0.105],
  [0.95, 0.05],
  [9.5, 0.5],
];

for (const [problems, samples] of [[30, 32], [40, 8], [100, 8]] as const) {
  Deno.test(`intervals of ${problems} problems, most of them hopeless or certain, cover the truth in at least 93 of 100 cases`, () => {
    const runs = 4000;
    const slack = 2 * Math.sqrt(0.07 * 0.93 / runs);
    for (const [a, b] of HARD_LAWS) {
      const random = new RandomSequence("hard coverage test", problems, samples, String(a));
      const truth = a / (a + b);
      let covered = 0;
      for (let run = 0; run < runs; run++) {
        const { low, high } = meanInterval(drawProblems(random, problems, truth, a + b, samples));
        if (low <= truth && truth <= high) covered++;
      }
      const told = `Beta(${a}, ${b}): ${(100 * covered / runs).toFixed(1)} %`;
      assertEquals(covered / runs > 0.93 - slack && covered / runs < 0.985, true, told);
    }
  });
}

Deno.test("intervals of one dataset cover the true accuracy in 93 to 97 of 100 simulated cases", () => {
  const random = new RandomSequence("coverage test");
  // The published per-problem accuracies of Llama-3.2-3B spread like a beta law with a + b between 0.4 and 1.
  for (const spread of [0.4, 1]) {
    for (const problems of [30, 40, 500]) {
      for (const accuracy of [0.02, 0.3, 0.97]) {
        const runs = problems === 500 ? 300 : 1200;
        let covered = 0;
        for (let run = 0; run < runs; run++) {
          const { low, high } = meanInterval(drawProblems(random, problems, accuracy, spread, 8));
          if (low <= accuracy && accuracy <= high) covered++;
        }
        const coverage = covered / runs;
        // Two standard errors of the simulation itself around 93 to 97 %.
        const slack = 2 * Math.sqrt(0.05 * 0.95 / runs);
        const told = `${(100 * coverage).toFixed(1)} % at P=${problems} p=${accuracy} spread=${spread}`;
        assertEquals(coverage > 0.93 - slack && coverage < 0.97 + slack, true, told);
      }
    }
  }
});

/** Shares of simulated cases in which the interval of the average, and the bootstrap's, hold the truth. */
function averageCoverage(accuracies: readonly number[], problems: number): { joined: number; resampled: number } {
  const random = new RandomSequence("average coverage test", ...accuracies);
  const truth = accuracies.reduce((sum, p) => sum + p) / accuracies.length;
  const runs = 300;
  let joined = 0;
  let resampled = 0;
  for (let run = 0; run < runs; run++) {
    const datasets = accuracies.map((accuracy) => drawProblems(random, problems, accuracy, 1, 8));
    const average = averageEstimate(
      datasets.map((values) => estimateMean(values.map((value) => ({ value, within: 0 })), "unbiased")),
    );
    const holds = ({ low, high }: { low: number; high: number }) => low <= truth && truth <= high;
    if (holds(average)) joined++;
    if (holds(bootstrapInterval(datasets, 200, `run ${run}`))) resampled++;
  }
  return { joined: joined / runs, resampled: resampled / runs };
}

Deno.test("intervals of averages cover the truth in 93 to 97 of 100 simulated cases", () => {
  const { joined, resampled } = averageCoverage([0.6, 0.4, 0.15, 0.14, 0.05], 40);
  // Two standard errors of 300 simulated cases around 93 to 97 %.
  const slack = 2 * Math.sqrt(0.05 * 0.95 / 300);
  assertEquals(joined > 0.93 - slack && joined < 0.97 + slack, true, `joined ${joined}`);
  assertEquals(resampled > 0.9 - slack && resampled < 0.97 + slack, true, `bootstrap ${resampled}`);
});

Deno.test("intervals are not needlessly wide where all problems are equally hard", () => {
  const random = new RandomSequence("equal problems test");
  const runs = 800;
  let covered = 0;
  for (let run = 0; run < runs; run++) {
    const values = Array.from({ length: 30 }, () => {
      let c = 0;
      for (let i = 0; i < 32; i++) if (random.uniform() < 0.3) c++;
      return c / 32;
    });
    const { low, high } = meanInterval(values);
    if (low <= 0.3 && 0.3 <= high) covered++;
  }
  // Two standard errors of 800 simulated cases around 93 to 97 %.
  const slack = 2 * Math.sqrt(0.05 * 0.95 / runs);
  assertEquals(covered / runs > 0.93 - slack && covered / runs < 0.97 + slack, true, `${covered} of ${runs}`);
});

Deno.test("near 1 intervals of averages cover more often than a bootstrap over problems", () => {
  const { joined, resampled } = averageCoverage([0.98, 0.97, 0.95], 30);
  assertEquals(joined > resampled, true, `joined ${joined}, bootstrap ${resampled}`);
  assertEquals(joined > 0.88, true, `joined ${joined}`);
});
