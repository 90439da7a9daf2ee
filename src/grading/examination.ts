/**
 * What turns a problem into a prompt, a completion into its text, and a text into a verdict: the same in training and in
 * evaluation.
 *
 * @module
 */
import type { Problem } from "../datasets/problem.ts";
import type { Completion } from "../rollout/completion.ts";
import type { Verdict } from "./grade.ts";

/** How problems are put to a model, and how its completions are judged. */
export interface Examination {
  /** Token ids of the prompt. */
  prompt(problem: Problem): Int32Array;
  /** The text of a completion, without the token that ended it. */
  text(completion: Completion): string;
  /** Judges the text of a completion by the problem's answer; at once, unless a program has to be run. */
  grade(text: string, problem: Problem): Verdict | Promise<Verdict>;
}

/** An examination whose verdicts are there at once. Training pays by it, so that it never runs a program. */
export interface TrainingExamination extends Examination {
  /** Judges the text of a completion by the problem's answer, at once. */
  grade(text: string, problem: Problem): Verdict;
}
