/**
 * How the time of majority@k with its variance grows with the samples of a problem and the answers among them:
 * `deno task bench:timing --filter majority`. Each row is one problem at the slowest of all k, for votes that are slow in
 * different ways; benchmarks/README.md has a table.
 *
 * @module
 */
import { ballotCount, type Ballots, majorityWithVariance } from "../../src/metrics/majority_at_k.ts";

const SAMPLES = [64, 256, 1024, 4096];

/** Votes of n samples, by what makes them slow. */
const SHAPES: Readonly<Record<string, (n: number) => Ballots>> = {
  "two answers": (n) => ballots([n / 2], [n / 2]),
  "counts 1, 2, 3, …": (n) => ballots(distinct(n).slice(-1), distinct(n).slice(0, -1)),
  "each such count right and wrong": (n) => ballots(distinct(n / 2), distinct(n / 2)),
  "half such counts, half single": (n) => ballots(distinct(n / 2), Array(n / 2).fill(1)),
  "all single, half right": (n) => ballots(Array(n / 2).fill(1), Array(n / 2).fill(1)),
  "√n answers of √n": (n) =>
    ballots(Array(Math.sqrt(n) / 2).fill(Math.sqrt(n)), Array(Math.sqrt(n) / 2).fill(Math.sqrt(n))),
};

function ballots(right: readonly number[], wrong: readonly number[]): Ballots {
  const of = (counts: readonly number[], correct: boolean) => counts.map((count) => ({ count, correct }));
  return { candidates: [...of(right, true), ...of(wrong, false)], blank: 0 };
}

/** 1, 2, 3, … with a sum of at most n. */
function distinct(n: number): number[] {
  const most = Math.floor((Math.sqrt(8 * n + 1) - 1) / 2);
  return Array.from({ length: most }, (_, i) => i + 1);
}

/** Powers of two, and all samples. */
function sizes(n: number): number[] {
  return [...Array.from({ length: Math.ceil(Math.log2(n)) }, (_, i) => 2 ** i), n];
}

function timed(problem: Ballots, k: number): number {
  const start = performance.now();
  majorityWithVariance([problem], k);
  return performance.now() - start;
}

for (const n of SAMPLES) {
  for (const [shape, votes] of Object.entries(SHAPES)) {
    const problem = votes(n);
    const [slowest] = sizes(ballotCount(problem)).map((k) => ({
      k,
      time: Math.min(timed(problem, k), timed(problem, k)),
    }))
      .sort((a, b) => b.time - a.time);
    const answers = problem.candidates.length;
    Deno.bench(
      `majority@${slowest.k} of ${n} samples, ${answers} answers: ${shape}`,
      { group: `majority ${n}` },
      () => {
        majorityWithVariance([problem], slowest.k);
      },
    );
  }
}
