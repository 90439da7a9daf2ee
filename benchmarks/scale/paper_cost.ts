/**
 * What the paper's whole table took, from its own logs: tokens, GPU hours and money. `docs/scale.md` shows what this prints:
 * `deno run benchmarks/scale/paper_cost.ts [dollars a GPU hour]`.
 *
 * Source: github.com/zz1358m/SofT-GRPO-master @ 2b9d8ec, `Results/training curves` (12 TensorBoard files: response_length,
 * steps, wall-clock hours), `Results/testing-results` (hours with judging, one GPU); arXiv:2511.06411v2, tables 7 and 9.
 *
 * @module
 */

import { markdownTable } from "../../src/text/markdown.ts";

/** 64 prompts of 8 completions. */
const COMPLETIONS_PER_STEP = 512;
const TRAINING_GPUS = 8;
/** 30 + 30 + 40 + 500 + 1,319 problems of 32 samples. */
const EVALUATION_SAMPLES = 61_408;
/** Samples a problem. */
const SAMPLES = 32;
const SECONDS = 3600;

/** A logged training. */
interface Training {
  readonly model: string;
  readonly method: string;
  readonly steps: number;
  readonly hours: number;
  /** Mean tokens of a completion, by step. */
  readonly lengths: readonly (readonly [step: number, tokens: number])[];
}

const at = (...tokens: number[]): [number, number][] => [10, 100, 300, 600].map((step, i) => [step, tokens[i]]);
const ends = (first: number, last: number): [number, number][] => [[10, first], [600, last]];

/** The six trainings of table 1. */
export const TRAININGS: readonly Training[] = [
  { model: "1.5B", method: "GRPO", steps: 629, hours: 14.4, lengths: at(5983, 5400, 4822, 4467) },
  { model: "1.5B", method: "SofT-GRPO", steps: 628, hours: 48.9, lengths: at(5781, 5537, 5128, 4734) },
  { model: "3B", method: "GRPO", steps: 629, hours: 13.7, lengths: ends(961, 1560) },
  { model: "3B", method: "SofT-GRPO", steps: 608, hours: 33.9, lengths: ends(823, 727) },
  { model: "7B", method: "GRPO", steps: 625, hours: 32.4, lengths: ends(5378, 3874) },
  { model: "7B", method: "SofT-GRPO", steps: 629, hours: 69.9, lengths: ends(5096, 3913) },
];

/** Logged hours of scoring one checkpoint under one decoding on all five sets, one GPU; the 1.5B ones have no log. */
export const EVALUATION_HOURS: Readonly<Record<string, readonly number[]>> = {
  "3B": [7.6, 15.8, 9.9, 20.7, 1.2],
  "7B": [6.1, 3.2, 9.0, 5.4, 5.3],
};

/** Table 9, SofT-GRPO on 7B: problems and mean tokens of each set, the only one that is printed. */
const TABLE_9 = [[30, 8035.8], [30, 8381.7], [40, 4008.0], [500, 2630.2], [1319, 1293.2]] as const;

/** Mean over the steps of a training, linear between what was logged and constant outside. */
export function meanLength({ steps, lengths }: Pick<Training, "steps" | "lengths">): number {
  const [first, ...others] = lengths;
  let sum = first[1] * Math.min(first[0], steps), [before, tokens] = first;
  for (const [step, next] of others) {
    const covered = Math.min(step, steps) - before;
    sum += covered * (tokens + next) / 2;
    [before, tokens] = [step, next];
  }
  return (sum + Math.max(0, steps - before) * tokens) / steps;
}

/** The tables, as Markdown. */
export function costTables(dollars: number): string {
  const rows = TRAININGS.map((training) => {
    const { model, method, steps, hours } = training;
    const tokens = steps * COMPLETIONS_PER_STEP * meanLength(training);
    const gpuHours = hours * TRAINING_GPUS;
    return [
      model,
      method,
      `${(tokens / 1e9).toFixed(2)} G`,
      hours.toFixed(1),
      gpuHours.toFixed(0),
      (tokens / gpuHours / SECONDS).toFixed(0),
      `$${(gpuHours * dollars).toFixed(0)}`,
    ];
  });
  const training = TRAININGS.reduce((sum, { hours }) => sum + hours * TRAINING_GPUS, 0);
  const scoring = Object.entries(EVALUATION_HOURS).map(([model, hours]) => {
    const total = hours.reduce((sum, value) => sum + value, 0);
    return [
      model,
      hours.map((value) => value.toFixed(1)).join(", "),
      total.toFixed(1),
      `$${(total * dollars).toFixed(0)}`,
    ];
  });
  const scored = Object.values(EVALUATION_HOURS).flat().reduce((sum, value) => sum + value, 0);
  const tokens = TABLE_9.reduce((sum, [problems, mean]) => sum + problems * SAMPLES * mean, 0);
  return [
    markdownTable(
      ["model", "method", "tokens of rollouts", "hours on 8 GPUs", "GPU hours", "tokens/s a GPU", "cost"],
      rows,
      2,
    ),
    "",
    markdownTable(["model", "hours to score each of the five rows, 1 GPU", "GPU hours", "cost"], scoring, 2),
    "",
    `In all ${training.toFixed(0)} GPU hours of training and ${scored.toFixed(0)} of logged scoring: ` +
    `$${
      ((training + scored) * dollars).toFixed(0)
    } at $${dollars} a GPU hour. One row is ${EVALUATION_SAMPLES} samples; ` +
    `SofT-GRPO's on 7B are ${(tokens / 1e6).toFixed(0)} M tokens.`,
  ].join("\n");
}

/** What an hour of one H100 was rented for where this was written; prices change. */
const DOLLARS = 2.5;

if (import.meta.main) {
  const dollars = Deno.args.length === 0 ? DOLLARS : Number(Deno.args[0]);
  if (!(dollars > 0)) {
    console.error(`Cannot count at ${Deno.args[0]} dollars a GPU hour: expected a number above 0`);
    Deno.exit(2);
  }
  console.log(costTables(dollars));
}
