import { assert } from "@std/assert";
import { RandomSequence } from "../../src/random/streams.ts";
import type { ArmSummary } from "../../src/summary/arms.ts";
import { compareArms } from "../../src/summary/differences.ts";

const PASS_1 = { kind: "pass" as const, k: 1, name: "Pass@1" };
const DATASETS = 5;
const PROBLEMS = 40;
const SEEDS = 3;
const RUNS = 100;

/**
 * Five trained arms of one skill: their models differ by seed in all problems together and by problem, and every score has
 * noise of sampling. No algorithm is better than another.
 */
function alikeArms(random: RandomSequence, seedDeviation: number): ArmSummary[] {
  const [problemDeviation, samplingDeviation] = [0.05, 0.08];
  return ["discrete", "one", "two", "three", "four"].map((label) => {
    const shifts = Array.from({ length: SEEDS }, () => seedDeviation * random.gaussian());
    const values = Array.from({ length: DATASETS }, () => {
      const own = Array.from({ length: PROBLEMS }, () => 0.45 + problemDeviation * random.gaussian());
      return shifts.map((shift) => own.map((score) => score + shift + samplingDeviation * random.gaussian()));
    });
    return {
      label,
      trained: true,
      decoding: label,
      decodingText: label,
      matched: false,
      own: true,
      thoughtTokens: null,
      answerTokens: null,
      likeMatched: null,
      seeds: shifts.map((_, s) => s + 1),
      results: [],
      values: new Map([[PASS_1.name, values]]),
      average: new Map(),
      byDataset: new Map(),
    };
  });
}

Deno.test("where no algorithm is better, at most one table in five calls one of four differences clear", () => {
  for (const seedDeviation of [0.008, 0.03]) {
    const random = new RandomSequence("marks of alike arms", String(seedDeviation));
    let clear = 0;
    for (let run = 0; run < RUNS; run++) {
      const differences = compareArms(alikeArms(random, seedDeviation), [PASS_1]);
      if (differences.some(({ certainty }) => certainty === "clear")) clear++;
    }
    // Seeds count at 95 % each, which four comparisons exhaust at 20 %; with two errors of the simulation.
    assert(clear / RUNS < 0.2 + 2 * Math.sqrt(0.2 * 0.8 / RUNS), `clear in ${clear} of ${RUNS} at ${seedDeviation}`);
  }
});
