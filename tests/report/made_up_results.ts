/**
 * Results and samples of an experiment that never ran, for looking at reports and for testing them.
 *
 * @module
 */
import { completeResult } from "../../src/result/complete.ts";
import type { JsonObject } from "../../src/files/json.ts";
import type { RecordedThought } from "../../src/evaluation/recorded_thought.ts";
import type { Sample } from "../../src/evaluation/sample.ts";
import { jsonSha256 } from "../../src/files/hash.ts";
import type { Result } from "../../src/result/types.ts";
import type { ProblemCounts, Vote } from "../../src/metrics/types.ts";
import type { CurvePoint } from "../../src/training/curve.ts";
import { chooseProblems, type SampleSet } from "../../src/report/sample_sets.ts";
import { contentSha256 } from "../../src/result/serialize.ts";

const CONFIG = { description: "Arms that never ran." };

/** An arm, and how good it is made to be, in logits. */
export interface MadeUpArm {
  readonly label: string;
  readonly algorithm: string;
  readonly preset: string | null;
  readonly decoding: string;
  readonly skill: number;
  /** How it was decoded, and what the experiment says of it, where a test needs more than names. */
  readonly decoded?: Partial<Result["decoding"]>;
  readonly config?: JsonObject;
  readonly objective?: JsonObject;
}

const DATASETS = [["add", 1.2], ["sub", 0.4], ["twomul", -0.6], ["prod", -0.8], ["prod3", -2.4]] as const;

/** Arms like those of the default experiment. */
export const MADE_UP_ARMS: readonly MadeUpArm[] = [
  { label: "base-discrete", algorithm: "base", preset: null, decoding: "discrete", skill: -0.6 },
  { label: "base-soft-thinking", algorithm: "base", preset: null, decoding: "soft-thinking", skill: -0.4 },
  { label: "discrete-grpo", algorithm: "discrete-grpo", preset: null, decoding: "discrete", skill: 1.5 },
  { label: "soft-tokens-grpo", algorithm: "soft-tokens-grpo", preset: null, decoding: "noisy-embedding", skill: -0.5 },
  {
    label: "soft-thinking-grpo-paper",
    algorithm: "soft-thinking-grpo",
    preset: "paper",
    decoding: "soft-thinking",
    skill: 1.0,
  },
  {
    label: "soft-thinking-grpo-release",
    algorithm: "soft-thinking-grpo",
    preset: "release",
    decoding: "soft-thinking",
    skill: 1.2,
  },
];

/** Results of every arm under every seed; the same options give the same results. */
export function madeUpResults(
  { problems = 7, samples = 11, seeds = [1, 2], steps = 13, arms = MADE_UP_ARMS }: {
    problems?: number;
    samples?: number;
    seeds?: readonly number[];
    steps?: number;
    arms?: readonly MadeUpArm[];
  } = {},
): Result[] {
  return seeds.flatMap((seed) =>
    arms.map((arm, armIndex) => {
      const draw = uniform(1000 * seed + armIndex);
      const trained = arm.algorithm !== "base";
      const config: JsonObject = arm.config === undefined ? CONFIG : { ...CONFIG, arms: [arm.config] };
      const skill = arm.skill + (trained ? 0.3 * (draw() - 0.5) : 0);
      return completeResult({
        schemaVersion: 2,
        status: "completed",
        experiment: { name: "made-up", config, configSha256: jsonSha256(config) },
        arm: {
          label: arm.label,
          algorithm: arm.algorithm,
          preset: arm.preset,
          decoding: arm.decoding,
          seed,
          objective: trained ? arm.objective ?? {} : null,
        },
        decoding: { text: arm.decoding, matched: false, temperature: 1, maxTokens: 40, ...arm.decoded },
        model: {
          name: "tiny",
          source: "models/tiny",
          sha256: hex(7, 64),
          parameters: 808_320,
          tokenizerSha256: hex(8, 64),
          promptSha256: hex(9, 64),
          trained: trained ? { sha256: hex(100 * seed + armIndex, 64), steps } : {},
        },
        grader: { name: "exact", version: "1" },
        code: { version: "0.1.0", commit: hex(3, 40), dirty: false, lockSha256: hex(4, 64) },
        device: { backend: "cpu-engine", reproducibility: "bitwise", deno: "2.9.6" },
        datasets: DATASETS.map(([name, ease], d) => ({
          name,
          version: "1",
          sha256: hex(20 + d, 64),
          coverage: { scored: problems, of: 200 },
          problems: Array.from({ length: problems }, (_, i) => {
            const difficulty = 1.6 * (uniform(77 * d + i)() + uniform(78 * d + 3 * i)() - 1);
            return madeUpCounts(`${name}/${String(i).padStart(4, "0")}`, samples, skill + ease - difficulty, draw);
          }),
        })),
        thoughtTokens: null,
        answerTokens: null,
        softness: null,
        likeMatched: null,
        training: {
          steps: trained ? steps : 0,
          curve: trained ? madeUpCurve(steps, skill, draw) : [],
          mismatch: null,
          notes: [],
        },
        overlap: { trainingProblems: 1600, sharedWithEvaluation: 0 },
        run: { startedAt: `2026-01-0${seed}T10:00:00Z`, durationSeconds: 61 + armIndex, host: "example" },
      });
    })
  );
}

function madeUpCounts(id: string, n: number, logit: number, draw: () => number): ProblemCounts {
  const right = 1 / (1 + Math.exp(-logit));
  const counts = new Map<string, number>();
  let [c, unextracted] = [0, 0];
  for (let i = 0; i < n; i++) {
    if (draw() < right) c++;
    else if (draw() < 0.04) unextracted++;
    else {
      const wrong = String(41 + Math.floor(9 * draw() ** 3));
      counts.set(wrong, (counts.get(wrong) ?? 0) + 1);
    }
  }
  const votes = [...counts].map(([answer, count]): Vote => [answer, count, false]);
  if (c > 0) votes.push(["40", c, true]);
  votes.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const mean = 15 + 4 * right + draw();
  return {
    id,
    n,
    c,
    votes,
    tokens: { mean, correctMean: c === 0 ? null : mean + 0.5 },
    truncated: Math.min(unextracted, 1),
    unextracted,
    graderErrors: 0,
  };
}

function madeUpCurve(steps: number, skill: number, draw: () => number): CurvePoint[] {
  return Array.from({ length: steps }, (_, i) => {
    const progress = i / steps;
    return {
      step: i + 1,
      reward: 1 / (1 + Math.exp(0.9 - (skill + 0.6) * progress)) + 0.06 * (draw() - 0.5),
      loss: 0.02 * (draw() - 0.5),
      gradientNorm: 0.4 + 0.3 * draw(),
      tokens: 15 + 5 * progress + draw(),
      equalGroups: 0.2 + 0.1 * draw(),
    };
  });
}

/** Sets of samples of some results, each arm's own. */
export function madeUpSampleSets(
  results: readonly Result[],
  dataset = "add",
  { problems = 3, thoughts = 5 }: { problems?: number; thoughts?: number } = {},
): SampleSet[] {
  return results.map((result, i) => ({
    result: contentSha256(result),
    arm: result.arm.label,
    seed: result.arm.seed,
    dataset,
    problems: chooseProblems(madeUpSamples({ seed: i + 1, dataset, problems, thoughts }), undefined, problems),
  }));
}

/** Samples of one arm's dataset, among them text that would break a page or a terminal that trusted it. */
export function madeUpSamples(
  { seed = 1, problems = 3, samples = 5, dataset = "add", thoughts = 5 } = {},
): Sample[] {
  const draw = uniform(seed + 500);
  return Array.from({ length: problems * samples }, (_, i) => {
    const correct = draw() < 0.5;
    const answer = correct ? "40" : "41";
    const hostile = i === 0 ? `<script>alert(1)</script>"'\u202e\x1b[2J</details>` : "";
    return {
      problem: `${dataset}/${String(Math.floor(i / samples)).padStart(4, "0")}`,
      sample: i % samples,
      seed,
      text: `30+10${hostile}</think>\\boxed{${answer}}<eot>`,
      answer,
      canonical: answer,
      correct,
      reason: correct ? "same-value" : "different",
      tokens: 13,
      thoughts: 5,
      finish: correct || draw() < 0.5 ? "stop" as const : "length" as const,
      ...(i % samples === 0 && {
        recorded: Array.from({ length: thoughts }, (_, step): RecordedThought => {
          const token = "30+10"[step % 5];
          const weight = 0.5 + draw() / 2;
          const seen = [
            [token, 0.6, weight, 1.25],
            ["<b>", 0.3, (1 - weight) * 0.7, -0.4],
            ["9", 0.1, (1 - weight) * 0.3, 0.04],
          ] as const;
          return { token, entropy: 0.9 - weight / 2, seen };
        }),
      }),
    };
  });
}

/** Uniform numbers in [0, 1) from a seed (Steele and Vigna's 32-bit mixer), independent of the code under test. */
function uniform(seed: number): () => number {
  let state = (seed * 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function hex(seed: number, digits: number): string {
  const draw = uniform(seed);
  return Array.from({ length: digits }, () => Math.floor(16 * draw()).toString(16)).join("");
}
