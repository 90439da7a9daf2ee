/**
 * Whether training sees what evaluation asks: by id, by the hash of the normalised question, and by shared sequences of
 * words, which also find a copy that was reworded here and there.
 *
 * @module
 */
import type { Dataset } from "./dataset.ts";
import { type Problem, questionHash, questionWords } from "./problem.ts";

/** One training problem that is an evaluation problem. */
export interface Leak {
  readonly training: string;
  /** Name of the evaluation dataset, and the problem's id in it. */
  readonly dataset: string;
  readonly evaluation: string;
  readonly by: "id" | "question" | "shingles";
  /** Share of the shorter question's shingles that both have; 1 where the questions are equal. */
  readonly similarity: number;
}

/** What a result file states about training against evaluation. */
export interface LeakReport {
  readonly trainingProblems: number;
  /** Evaluation problems that training saw, each counted once. */
  readonly sharedWithEvaluation: number;
  readonly leaks: readonly Leak[];
}

/** Words in a shingle: shorter ones are phrases of the field, longer ones miss reworded copies. */
const SHINGLE_WORDS = 8;
/** Questions with fewer shingles are compared by hash alone: a handful of common phrases proves nothing. */
const MIN_SHINGLES = 8;
/** Share of the shorter question's shingles from which on two questions count as one. */
const MIN_SIMILARITY = 0.6;

/** An index of evaluation problems that answers, for one training problem after another, which of them it is. */
export class LeakIndex {
  readonly #byId = new Map<string, number[]>();
  readonly #byHash = new Map<string, number[]>();
  readonly #byShingle = new Map<string, number[]>();
  readonly #problems: { dataset: string; id: string; shingles: number }[] = [];

  constructor(evaluation: readonly Dataset[]) {
    for (const { name, problems } of evaluation) {
      for (const { id, question } of problems) {
        const index = this.#problems.length;
        const shingles = shinglesOf(question);
        this.#problems.push({ dataset: name, id, shingles: shingles.size });
        append(this.#byId, id, index);
        append(this.#byHash, questionHash(question), index);
        if (shingles.size >= MIN_SHINGLES) { for (const shingle of shingles) append(this.#byShingle, shingle, index); }
      }
    }
  }

  /** Evaluation problems that this training problem gives away, each once, by the strictest sign. */
  leaksOf({ id, question }: Problem): Leak[] {
    const found = new Map<number, Pick<Leak, "by" | "similarity">>();
    for (const [index, similarity] of this.#similar(question)) found.set(index, { by: "shingles", similarity });
    for (const index of this.#byHash.get(questionHash(question)) ?? []) {
      found.set(index, { by: "question", similarity: 1 });
    }
    for (const index of this.#byId.get(id) ?? []) found.set(index, { by: "id", similarity: 1 });
    return [...found].map(([index, sign]) => {
      const { dataset, id: evaluation } = this.#problems[index];
      return { training: id, dataset, evaluation, ...sign };
    });
  }

  #similar(question: string): [index: number, similarity: number][] {
    const shingles = shinglesOf(question);
    if (shingles.size < MIN_SHINGLES) return [];
    const shared = new Map<number, number>();
    for (const shingle of shingles) {
      for (const index of this.#byShingle.get(shingle) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
    }
    return [...shared]
      .map((
        [index, count],
      ): [number, number] => [index, count / Math.min(shingles.size, this.#problems[index].shingles)])
      .filter(([, similarity]) => similarity >= MIN_SIMILARITY);
  }
}

/**
 * Compares every training problem with every evaluation problem.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { dataset } from "./dataset.ts";
 * const facts = { version: "1", licence: "", source: "" };
 * const held = dataset({ name: "held", ...facts, problems: [{ id: "held/0000", question: "$1+2$", answer: "3" }] });
 * const { sharedWithEvaluation } = findLeaks([{ id: "a", question: "1 + 2", answer: "3" }], [held]);
 * assertEquals(sharedWithEvaluation, 1);
 * ```
 */
export function findLeaks(training: readonly Problem[], evaluation: readonly Dataset[]): LeakReport {
  const index = new LeakIndex(evaluation);
  const leaks = training.flatMap((problem) => index.leaksOf(problem));
  const shared = new Set(leaks.map(({ dataset, evaluation }) => `${dataset}\n${evaluation}`));
  return { trainingProblems: training.length, sharedWithEvaluation: shared.size, leaks };
}

function shinglesOf(question: string): Set<string> {
  const words = questionWords(question);
  const shingles = new Set<string>();
  for (let i = 0; i + SHINGLE_WORDS <= words.length; i++) shingles.add(words.slice(i, i + SHINGLE_WORDS).join(" "));
  return shingles;
}

function append(index: Map<string, number[]>, key: string, value: number): void {
  const list = index.get(key);
  if (list) list.push(value);
  else index.set(key, [value]);
}
