/**
 * A way of decoding in words: what every row of a table says of itself.
 *
 * @module
 */
import { filterText } from "../algorithms/law.ts";
import { type AlgorithmConfig, thoughtLaw } from "../algorithms/registry.ts";
import { jsonSha256 } from "../files/hash.ts";
import type { AnswerConfig } from "../rollout/answer_sampler.ts";
import { hasThoughts, type ThinkingConfig } from "./thinking.ts";

/** What {@link decodingText} says. */
export interface NamedDecoding {
  readonly algorithm: AlgorithmConfig;
  readonly answers: AnswerConfig;
  /** Of which it says after how many thoughts the model goes on with ordinary tokens, where that is settled. */
  readonly thinking?: Pick<ThinkingConfig, "maxThoughts" | "atMaximum">;
}

/**
 * Thoughts with their filter, and answers where they are drawn otherwise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const filter = { temperature: 1, topK: 5 };
 * const tokens = { name: "discrete-grpo", filter } as const;
 * assertEquals(decodingText({ algorithm: tokens, answers: { rule: "sample", filter } }), "tokens, T 1, top-k 5");
 * assertEquals(decodingText({ algorithm: tokens, answers: { rule: "greedy" } }), "tokens, T 1, top-k 5; answers greedy");
 * ```
 */
export function decodingText({ algorithm, answers, thinking }: NamedDecoding): string {
  const { text: law, filter } = thoughtLaw(algorithm);
  if (!hasThoughts(thinking)) {
    return answers.rule === "greedy" ? "tokens, greedy" : `tokens, ${answersText(answers, {})}`;
  }
  const text = thinking?.atMaximum === "go-on" && thinking.maxThoughts !== undefined
    ? `${thinking.maxThoughts} positions of ${law}, then tokens`
    : law;
  const thoughts = filter === undefined ? text : `${text}, ${filterText(filter)}`;
  const same = answers.rule === "sample" && filter !== undefined && jsonSha256(answers.filter) === jsonSha256(filter);
  return same ? thoughts : `${thoughts}; answers ${answersText(answers, filter)}`;
}

function answersText(answers: AnswerConfig, filter: unknown): string {
  if (answers.rule === "greedy") return "greedy";
  const own = filter !== undefined && jsonSha256(answers.filter) === jsonSha256(filter)
    ? "under the same filter"
    : filterText(answers.filter);
  return answers.rule === "sample" ? own : `argmax of noised scores, ${own}`;
}
