/**
 * Texts around a question, by name.
 *
 * @module
 */
import type { ProblemKind } from "../datasets/problem_kind.ts";
import { nearestName, UsageError } from "../errors.ts";

/** How a question is put, and what a model writes when it has thought enough. */
export interface PromptTemplate {
  /** Text with one `{Question}`. */
  readonly text: string;
  /** Whether the text is one user turn of the chat template; otherwise it is the whole prompt, after BOS. */
  readonly chat: boolean;
  /** Text that ends the thinking. */
  readonly endOfThinking: string;
}

/** Name of a template. */
export type PromptTemplateName = "question" | "step-by-step" | "conversation";

/** Templates by name, exact to the character. */
export const PROMPT_TEMPLATES = {
  /** The question alone: models that were trained on bare questions. */
  question: { text: "{Question}", chat: true, endOfThinking: "</think>" },
  /** SofT-GRPO, arXiv:2511.06411; zz1358m/SofT-GRPO-master@2b9d8ec, run_sglang_softthinking.py lines 152-180. */
  "step-by-step": {
    text: "{Question} Let's think step by step and output the final answer within \\boxed{}.",
    chat: true,
    endOfThinking: "</think>",
  },
  /** Butt et al., arXiv:2509.19170, appendix B. */
  conversation: {
    text: "A conversation between User and Assistant. The user asks a question, and the Assistant solves it. " +
      "The assistant first shows the complete reasoning process step by step, then provides the final answer in \\boxed{}. " +
      "The assistant must always follow the format: 'User: [question] Assistant: [detailed reasoning] " +
      "The final answer is: \\boxed{[answer]}.' User: {Question} Assistant:",
    chat: false,
    endOfThinking: "The final answer is: ",
  },
} as const satisfies Record<PromptTemplateName, PromptTemplate>;

/**
 * Texts around questions that are not of mathematics, in place of an experiment's own; a chat turn wherever that is one.
 * SofT-GRPO's, exact to the character: zz1358m/SofT-GRPO-master@2b9d8ec, run_sglang_softthinking.py lines 152-180.
 */
export const KIND_TEXTS: Readonly<Record<Exclude<ProblemKind, "mathematics">, string>> = {
  "multiple-choice":
    "Please solve the following multiple-choice question. Please show your choice in the answer field " +
    'with only the choice letter, e.g.,"answer": "C".\n\n{Question}',
  "python-function": "Please solve the programming task below in Python. Code should be wrapped in a markdown code " +
    "block.\n\n```python\n{Question}\n```",
  // The question holds the test cases.
  "python-tests":
    "Please solve the programming task with test cases below in Python. Make sure your code satisfies the " +
    "following requirements:\n1. The function name and signature must match exactly as specified in the test cases.\n" +
    "2. Your code should be wrapped in a markdown code block without including any test cases.\n\nTask:\n{Question}",
};

/**
 * The template of that name.
 *
 * @throws {UsageError} If there is none
 */
export function promptTemplate(name: string): PromptTemplate {
  if (Object.hasOwn(PROMPT_TEMPLATES, name)) return PROMPT_TEMPLATES[name as PromptTemplateName];
  const names = Object.keys(PROMPT_TEMPLATES);
  const near = nearestName(name, names);
  throw new UsageError(
    `Unknown prompt template "${name}"${near ? `, did you mean "${near}"?` : ""} Known are ${names.join(", ")}`,
  );
}
