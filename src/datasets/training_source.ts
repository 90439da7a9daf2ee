/**
 * Where training problems come from: each is a pure function of (seed, step, index), so that a run can be resumed
 * anywhere and does not depend on what was drawn before.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { RandomSequence } from "../random/streams.ts";
import { ARITHMETIC_VERSION, heldOutQuestions } from "./arithmetic/held_out.ts";
import { type ArithmeticTask, drawOperands, representativeQuestion } from "./arithmetic/task.ts";
import type { Dataset } from "./dataset.ts";
import { normaliseQuestion, type Problem } from "./problem.ts";

/** Problems by training step. */
export interface TrainingSource {
  /** As a result file states it. */
  readonly name: string;
  /** Which publication of the rows. */
  readonly version: string;
  /** Rows of the dataset that are no part of the source; absent where all are. */
  readonly leftOutProblems?: number;
  /**
   * The problems of one step.
   *
   * @param step training step, from 0
   * @param count problems per step, the same in every call
   */
  problems(step: number, count: number): Problem[];
}

/**
 * The problems of a whole training, each once, in the order in which they first come.
 *
 * @param steps rollouts
 * @param promptsPerStep problems per step
 */
export function trainingProblems(
  source: TrainingSource,
  { steps, promptsPerStep }: { readonly steps: number; readonly promptsPerStep: number },
): Problem[] {
  const byId = new Map<string, Problem>();
  for (let step = 0; step < steps; step++) {
    for (const problem of source.problems(step, promptsPerStep)) byId.set(problem.id, problem);
  }
  return [...byId.values()];
}

/**
 * Fresh questions of the generated families, which take turns; a question that is held out in its family is drawn
 * again. Ids are `<family>/train/<step>/<index>`.
 */
export function arithmeticSource(
  { seed, tasks }: { seed: number; tasks: readonly ArithmeticTask[] },
): TrainingSource {
  const forbidden = heldOutQuestions(tasks);
  return {
    name: tasks.map(({ name }) => name).join("+"),
    version: ARITHMETIC_VERSION,
    problems: (step, count) =>
      Array.from({ length: count }, (_, index) => {
        const task = tasks[(step + index) % tasks.length];
        const random = new RandomSequence("training-problem", seed, task.name, step, index);
        const { operands, question } = drawFresh(task, random, forbidden);
        return { id: `${task.name}/train/${step}/${index}`, question, answer: String(task.answer(operands)) };
      }),
  };
}

/** The first question of a sequence for which none of `forbidden` (normalised questions) stands. */
export function drawFresh(
  task: ArithmeticTask,
  random: RandomSequence,
  forbidden: ReadonlySet<string>,
): { operands: number[]; question: string } {
  for (;;) {
    const operands = drawOperands(task, random);
    if (forbidden.has(normaliseQuestion(representativeQuestion(task, operands)))) continue;
    return { operands, question: task.question(operands) };
  }
}

/** What a source of a dataset is made of. */
export interface DatasetSourceOptions {
  readonly seed: number;
  readonly dataset: Dataset;
  /** Whether a problem is a part of the source, e.g. because its prompt fits; absent: all are. */
  readonly fits?: (problem: Problem) => boolean;
}

/**
 * The rows of a dataset in an order that the seed shuffles anew for every pass over them.
 *
 * @throws {BenchError} If no row fits
 */
export function datasetSource({ seed, dataset, fits }: DatasetSourceOptions): TrainingSource {
  const { name, version } = dataset;
  const problems = fits === undefined ? dataset.problems : dataset.problems.filter(fits);
  if (problems.length === 0) {
    throw new BenchError(
      `Cannot train on ${name}: none of its ${dataset.problems.length} problems fits the model, expected at least 1; ` +
        `lower maxNewTokens`,
    );
  }
  const leftOutProblems = dataset.problems.length - problems.length;
  const order = (pass: number) =>
    new RandomSequence("training-order", seed, name, version, pass).shuffle([...problems.keys()]);
  let latest = { pass: 0, order: order(0) };
  return {
    name,
    version,
    ...(leftOutProblems > 0 && { leftOutProblems }),
    problems: (step, count) =>
      Array.from({ length: count }, (_, index) => {
        const position = step * count + index;
        const pass = Math.floor(position / problems.length);
        if (pass !== latest.pass) latest = { pass, order: order(pass) };
        return problems[latest.order[position % problems.length]];
      }),
  };
}
