/**
 * One imperfect worked example, so that the base model knows ways and mistakes, and reinforcement learning has something
 * to find.
 *
 * @module
 */
import type { RandomSequence } from "../random/streams.ts";
import { buggySum, finalAnswer, slip } from "./mistakes.ts";
import type { Teaching } from "./ways.ts";

/** What stands after the prompt: `<thought></think>\boxed{<answer>}`. */
export interface WorkedExample {
  readonly question: string;
  readonly thought: string;
  readonly answer: number;
}

/** Share of hasty answers that the operation's bug gives. */
const HASTY_BUG_SHARE = 0.8;

/** The worked example of one question; slips propagate into what is computed from them. */
export function workedExample(teaching: Teaching, operands: readonly number[], random: RandomSequence): WorkedExample {
  const { task, hastyShare, bug, ways } = teaching;
  const question = task.question(operands);
  if (random.uniform() < hastyShare) {
    const buggy = bug(operands);
    const value = random.uniform() < HASTY_BUG_SHARE ? buggy : task.answer(operands);
    return { question, thought: question, answer: finalAnswer(value, buggy, random) };
  }
  const way = ways[random.integer(ways.length)];
  const { thought, u, v } = way(operands, (value) => slip(value, random));
  return { question, thought, answer: finalAnswer(u + v, buggySum(u, v), random) };
}

/** The example's completion as the model is to write it. */
export function completionText({ thought, answer }: WorkedExample): string {
  return `${thought}</think>\\boxed{${answer}}<eot>`;
}
