/**
 * Result files that nobody ran, of the size and kind of those of the default experiment: to see how views of results grow.
 *
 * @module
 */
import { completeResult } from "../../src/result/complete.ts";
import { serializeResult } from "../../src/result/serialize.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import type { ProblemCounts, Vote } from "../../src/metrics/types.ts";
import { exampleCounts } from "../../tests/result/example.ts";

const DATASETS = 5;
const PROBLEMS = 40;
const SAMPLES = 32;
const SIZES = { passAt: [1, SAMPLES], majorityAt: [SAMPLES] };
const ARMS = 20;
const SEEDS = 3;
/** Results of an experiment. */
const RESULTS = ARMS * SEEDS;
const FIRST = "made-up-0";

/** Writes so many result files into a folder: experiments of 20 arms with 3 seeds. All experiments have the same counts. */
export function writeMadeUpResults(folder: string, files: number): void {
  Deno.mkdirSync(folder, { recursive: true });
  const texts = Array.from({ length: Math.min(files, RESULTS) }, (_, i) => resultText(i));
  for (let i = 0; i < files; i++) {
    const experiment = `made-up-${Math.floor(i / RESULTS)}`;
    const text = texts[i % RESULTS].replace(`"${FIRST}"`, `"${experiment}"`);
    Deno.writeTextFileSync(`${folder}/${experiment}-${i % RESULTS}.json`, text);
  }
}

function resultText(i: number): string {
  const { arm, experiment } = exampleCounts();
  const random = new RandomSequence("made-up results", String(i));
  return serializeResult(completeResult(
    exampleCounts({
      experiment: { ...experiment, name: FIRST },
      arm: { ...arm, label: `arm-${Math.floor(i / SEEDS)}`, seed: i % SEEDS + 1 },
      datasets: Array.from({ length: DATASETS }, (_, d) => ({
        name: `dataset-${d}`,
        version: "1",
        sha256: String(d).repeat(64),
        coverage: { scored: PROBLEMS, of: PROBLEMS },
        problems: Array.from({ length: PROBLEMS }, (_, p) => problem(`dataset-${d}/${p}`, random)),
      })),
      thoughtTokens: null,
      answerTokens: null,
    }),
    SIZES,
  ));
}

/** Many answers, few of which are given often; the right one is any of them, or none. */
function problem(id: string, random: RandomSequence): ProblemCounts {
  const counts = new Map<number, number>();
  const spread = 1 + random.integer(24);
  for (let i = 0; i < SAMPLES; i++) {
    const answer = Math.floor(spread * random.uniform() ** 2);
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  const right = random.integer(5);
  const votes = [...counts].sort((a, b) => b[1] - a[1]).map((
    [answer, count],
  ): Vote => [`${answer}`, count, answer === right]);
  const c = counts.get(right) ?? 0;
  return {
    id,
    n: SAMPLES,
    c,
    votes,
    tokens: { mean: 17, correctMean: c > 0 ? 13 : null },
    truncated: 1,
    unextracted: 0,
    graderErrors: 0,
  };
}
