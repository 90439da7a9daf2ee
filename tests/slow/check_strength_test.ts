import { assert } from "@std/assert";
import { compare, type ComparisonVerdict } from "../../src/compare/compare.ts";
import { powerReport } from "../../src/compare/power.ts";
import type { Metric } from "../../src/metrics/metric.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import type { ResultSource } from "../../src/result/store.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts } from "../result/example.ts";

const RUNS = 200;
/** Two standard errors of a simulated share. */
const slack = (share: number) => 2 * Math.sqrt(share * (1 - share) / RUNS);
const PASS_1: Metric = { kind: "pass", k: 1 };
const PASS_4: Metric = { kind: "pass", k: 4 };

/** A benchmark to be simulated. */
interface Bench {
  readonly name: string;
  readonly datasets: number;
  readonly problems: number;
  readonly samples: number;
  /** Trained seeds, and their standard deviation in accuracy; one untrained model where they do not differ. */
  readonly seeds: number;
  readonly seedDeviation: number;
  readonly metrics: readonly Metric[];
}

/** (datasets)(problems), accuracies of problems. */
type Chances = readonly (readonly number[])[];

function drawChances(random: RandomSequence, { datasets, problems }: Bench): Chances {
  return Array.from({ length: datasets }, () => Array.from({ length: problems }, () => 0.25 + 0.5 * random.uniform()));
}

/** One side: every problem `loss` below its accuracy, seeds by a normal law around that. */
function drawSide(random: RandomSequence, bench: Bench, chances: Chances, loss: number): ResultSource[] {
  const { arm, training, ...counts } = exampleCounts();
  const trained = bench.seedDeviation > 0;
  return Array.from({ length: bench.seeds }, (_, seed) => {
    const shift = bench.seedDeviation * random.gaussian() - loss;
    const datasets = chances.map((own, d) => ({
      name: `set-${d}`,
      version: "1",
      sha256: null,
      coverage: { scored: own.length, of: own.length },
      problems: own.map((chance, i) => {
        let c = 0;
        for (let sample = 0; sample < bench.samples; sample++) if (random.uniform() < chance + shift) c++;
        return { id: `set-${d}/${i}`, n: bench.samples, c };
      }),
    }));
    const algorithm = trained ? arm.algorithm : "base";
    const result = { ...counts, datasets, arm: { ...arm, seed, algorithm }, training };
    return { result: completeResult(result, { passAt: [1], majorityAt: [] }) };
  });
}

const BENCHES: readonly Bench[] = [
  { name: "one set", datasets: 1, problems: 97, samples: 7, seeds: 1, seedDeviation: 0, metrics: [PASS_1, PASS_4] },
  { name: "thirty problems", datasets: 1, problems: 31, samples: 11, seeds: 1, seedDeviation: 0, metrics: [PASS_1] },
  { name: "three sets", datasets: 3, problems: 41, samples: 5, seeds: 1, seedDeviation: 0, metrics: [PASS_1, PASS_4] },
  { name: "three seeds", datasets: 3, problems: 41, samples: 5, seeds: 3, seedDeviation: 0.01, metrics: [PASS_1] },
];

for (const bench of BENCHES) {
  const verdicts = (name: string, of: (random: RandomSequence) => ComparisonVerdict) => {
    const random = new RandomSequence("check strength", bench.name, name);
    const counts: Record<ComparisonVerdict, number> = { "ok": 0, "regression": 0, "not-enough-data": 0 };
    for (let run = 0; run < RUNS; run++) counts[of(random)] += 1 / RUNS;
    return counts;
  };
  const { metrics } = bench;
  const check = (random: RandomSequence, chances: Chances, loss: number, detect?: number) =>
    compare(drawSide(random, bench, chances, 0), drawSide(random, bench, chances, loss), {
      metrics,
      ...(detect !== undefined && { detect }),
    }).verdict;

  Deno.test(`${bench.name}: a check raises a false alarm in at most 5 of 100 cases`, () => {
    const { regression } = verdicts("no loss", (random) => check(random, drawChances(random, bench), 0));
    console.log(regression.toFixed(3));
    assert(regression <= 0.05 + slack(0.05), `${regression}`);
  });

  Deno.test(`${bench.name}: a check finds a loss of the size that power promises in at least 80 of 100 cases`, () => {
    const { regression } = verdicts("promised loss", (random) => {
      const chances = drawChances(random, bench);
      const base = drawSide(random, bench, chances, 0);
      const promised = powerReport(base, base, { metrics }).at(-1)!.detectable / 100;
      return compare(base, drawSide(random, bench, chances, promised), { metrics }).verdict;
    });
    console.log(regression.toFixed(3));
    assert(regression >= 0.8 - slack(0.8), `${regression}`);
  });

  Deno.test(`${bench.name}: a loss of just what is asked about passes for ok in at most 5 of 100 cases`, () => {
    const { ok } = verdicts("asked loss", (random) => check(random, drawChances(random, bench), 0.03, 3));
    console.log(ok.toFixed(3));
    assert(ok <= 0.05 + slack(0.05), `${ok}`);
  });

  Deno.test(`${bench.name}: a gain of 10 points is ok in at least 95 of 100 cases`, () => {
    const { ok } = verdicts("gain", (random) => check(random, drawChances(random, bench), -0.1));
    console.log(ok.toFixed(3));
    assert(ok >= 0.95 - slack(0.95), `${ok}`);
  });
}
