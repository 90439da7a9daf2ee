/**
 * A family of arithmetic questions: a law for the operands, the question they make and its answer. Each family is one
 * file of this folder.
 *
 * @module
 */
import type { RandomSequence } from "../../random/streams.ts";

/** Where one operand lies: uniform on the integers from `low` to `high`, both included. */
export interface OperandRange {
  readonly low: number;
  readonly high: number;
}

/** Bare expressions with an integer as answer. */
export interface ArithmeticTask {
  /** Name of the dataset. */
  readonly name: string;
  /** The law in words, as a result file states it. */
  readonly law: string;
  /** One range per operand; operands are independent, and different operands make different questions. */
  readonly operands: readonly OperandRange[];
  /** Hash of the held-out rows, so that a change of the law or of the random stream cannot pass unseen. */
  readonly rowsSha256: string;
  /** How many problems are held out; absent: {@link HELD_OUT_PROBLEMS}. */
  readonly heldOutProblems?: number;
  /**
   * The operands that stand for all that make as good as the same question (7 + 8, 8 + 7): of those at most one is held
   * out, and then none is trained on; absent: every question stands for itself.
   */
  representative?(operands: readonly number[]): number[];
  question(operands: readonly number[]): string;
  answer(operands: readonly number[]): number;
}

/** Problems held out in each family, unless it says otherwise. */
export const HELD_OUT_PROBLEMS = 200;

/** The question that stands for this one where training and evaluation are kept apart. */
export function representativeQuestion(task: ArithmeticTask, operands: readonly number[]): string {
  return task.question(task.representative?.(operands) ?? operands);
}

/** How many different questions a family has. */
export function questionCount({ operands }: ArithmeticTask): number {
  return operands.reduce((count, { low, high }) => count * (high - low + 1), 1);
}

/** Operands drawn from a family's law, in order. */
export function drawOperands({ operands }: ArithmeticTask, random: RandomSequence): number[] {
  return operands.map(({ low, high }) => low + random.integer(high - low + 1));
}
