/**
 * Where training problems come from: each is a pure function of (seed, step, index), so that a run can be resumed
 * anywhere and does not depend on what was drawn before.
 *
 * @module
 */
import { RandomSequence } from "../random/streams.ts";
import { ARITHMETIC_VERSION, heldOut } from "./arithmetic/held_out.ts";
import { type ArithmeticTask, drawOperands } from "./arithmetic/task.ts";
import type { Dataset } from "./dataset.ts";
import { normaliseQuestion, type Problem } from "./problem.ts";

/** Problems by training step. */
export interface TrainingSource {
  /** As a result file states it. */
  readonly name: string;
  /** Which publication of the rows. */
  readonly version: string;
  /**
   * The problems of one step.
   *
   * @param step training step, from 0
   * @param count problems per step, the same in every call
   */
  problems(step: number, count: number): Problem[];
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

/** The normalised questions that are held out in any of these families. */
export function heldOutQuestions(tasks: readonly ArithmeticTask[]): ReadonlySet<string> {
  return new Set(tasks.flatMap((task) => heldOut(task).problems.map(({ question }) => normaliseQuestion(question))));
}

/** The first question of a sequence that is not among `forbidden` (normalised questions). */
export function drawFresh(
  task: ArithmeticTask,
  random: RandomSequence,
  forbidden: ReadonlySet<string>,
): { operands: number[]; question: string } {
  for (;;) {
    const operands = drawOperands(task, random);
    const question = task.question(operands);
    if (!forbidden.has(normaliseQuestion(question))) return { operands, question };
  }
}

/** The rows of a dataset in an order that the seed shuffles anew for every pass over them. */
export function datasetSource({ seed, dataset }: { seed: number; dataset: Dataset }): TrainingSource {
  const { name, version, problems } = dataset;
  const order = (pass: number) =>
    new RandomSequence("training-order", seed, name, version, pass).shuffle([...problems.keys()]);
  let latest = { pass: 0, order: order(0) };
  return {
    name,
    version,
    problems: (step, count) =>
      Array.from({ length: count }, (_, index) => {
        const position = step * count + index;
        const pass = Math.floor(position / problems.length);
        if (pass !== latest.pass) latest = { pass, order: order(pass) };
        return problems[latest.order[position % problems.length]];
      }),
  };
}
