/**
 * A small valid result for tests, to be varied.
 *
 * @module
 */
import { completeResult } from "../../src/result/complete.ts";
import { jsonSha256 } from "../../src/files/hash.ts";
import type { ProblemCounts } from "../../src/metrics/types.ts";
import type { ResultCounts } from "../../src/result/complete.ts";
import type { Result } from "../../src/result/types.ts";

const CONFIG = { steps: 3, arms: ["a", "b"] };

/** A problem with `c` right samples, `unextracted` blanks and one wrong answer for the rest. */
export function exampleProblem(id: string, n: number, c: number, unextracted = 0): ProblemCounts {
  const votes = ([["42", c, true], ["41", n - c - unextracted, false]] as const)
    .filter(([, count]) => count > 0)
    .toSorted((a, b) => b[1] - a[1]);
  return {
    id,
    n,
    c,
    votes,
    tokens: { mean: 17, correctMean: c > 0 ? 13 : null },
    truncated: 1,
    unextracted,
    graderErrors: 0,
  };
}

/** Counts of two small datasets under one arm, with anything replaced. */
export function exampleCounts(changes: Partial<ResultCounts> = {}): ResultCounts {
  return {
    schemaVersion: 2,
    status: "completed",
    experiment: { name: "example", config: CONFIG, configSha256: jsonSha256(CONFIG) },
    arm: {
      label: "soft-thinking-grpo-paper",
      algorithm: "soft-thinking-grpo",
      preset: "paper",
      decoding: "soft-thinking",
      seed: 1,
      objective: { loss: { kind: "example" }, training: { minibatches: 1 } },
    },
    decoding: {
      text: "Gumbel mixtures τ 0.1, T 1, top-k 5, top-p 0.95",
      matched: false,
      thoughts: { name: "example" },
      answers: { rule: "sample", filter: { temperature: 1, topK: 5, topP: 0.95 } },
      maxNewTokens: 40,
    },
    model: {
      name: "tiny",
      source: "models/tiny",
      sha256: "1".repeat(64),
      parameters: 808320,
      tokenizerSha256: "2".repeat(64),
      promptSha256: "3".repeat(64),
      trained: { sha256: "4".repeat(64), steps: 3 },
    },
    grader: { name: "soft-grpo-bench", version: "1" },
    code: {
      version: "0.1.0",
      commit: "0123456789abcdef0123456789abcdef01234567",
      dirty: false,
      lockSha256: "5".repeat(64),
    },
    device: { backend: "cpu-engine", reproducibility: "bitwise", deno: "2.9.6" },
    datasets: [
      {
        name: "arith-add",
        version: "1",
        sha256: "6".repeat(64),
        coverage: { scored: 5, of: 200 },
        problems: [0, 2, 5, 7, 3].map((c, i) => exampleProblem(`arith-add/000${i}`, 7, c)),
      },
      {
        name: "arith-sub",
        version: "1",
        sha256: "7".repeat(64),
        coverage: { scored: 3, of: null },
        problems: [1, 0, 4].map((c, i) => exampleProblem(`arith-sub/000${i}`, 7, c, 2)),
      },
    ],
    thoughtTokens: 11,
    answerTokens: 6,
    softness: {
      positions: 616,
      topWeight: { mean: 0.75, quartiles: [0.5, 0.75, 1] },
      entropy: { mean: 0.5, quartiles: [0, 0.25, 0.75] },
      divergence: { mean: 0.125, quartiles: [0, 0.125, 0.25] },
      entries: { mean: 2.5, quartiles: [1, 2, 4] },
      oneToken: 0.25,
    },
    likeMatched: 0.5,
    training: {
      mismatch: { mean: 0.25, max: 0.75 },
      notes: [],
      steps: 3,
      curve: [
        { step: 1, reward: 0.25, loss: 0.1, gradientNorm: 0.5, tokens: 19, mismatchMean: 0.125, mismatchMax: 0.5 },
        { step: 2, reward: 0.5, loss: -0.1, gradientNorm: 0.75, tokens: 20, mismatchMean: 0.375, mismatchMax: 0.75 },
        { step: 3, reward: 0.375, loss: 0, gradientNorm: 0.625, tokens: 21.5 },
      ],
    },
    overlap: { trainingProblems: 48, sharedWithEvaluation: 0 },
    run: { startedAt: "2026-11-24T07:00:00.000Z", durationSeconds: 12.5, host: "example" },
    ...changes,
  };
}

/** The same with its metrics. */
export function exampleResult(changes: Partial<ResultCounts> = {}): Result {
  return completeResult(exampleCounts(changes));
}
