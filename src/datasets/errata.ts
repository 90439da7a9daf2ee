/**
 * Known faults of published rows: corrections as a named view, and a search for damaged question text.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Problem } from "./problem.ts";
import type { Erratum } from "./published_dataset.ts";

/** Suffix of the name and the version of a dataset whose errata are applied. */
export const ERRATA_SUFFIX = "+errata1";

/**
 * The rows with every erratum applied, in the same order under the same ids.
 *
 * @throws {BenchError} If a row or the text to be replaced is not there
 */
export function applyErrata(problems: readonly Problem[], errata: readonly Erratum[]): Problem[] {
  const corrected = new Map(problems.map((problem) => [problem.id, problem]));
  for (const { id, field, published, correct } of errata) {
    const problem = corrected.get(id);
    if (!problem?.[field].includes(published)) {
      const found = problem ? `${field} without that text` : "no such row";
      throw new BenchError(
        `Cannot correct ${JSON.stringify(published)} in ${id}: found ${found}; these are not the published rows`,
      );
    }
    corrected.set(id, { ...problem, [field]: problem[field].replaceAll(published, correct) });
  }
  return [...corrected.values()];
}

/** One fault found in a question. */
export interface Damage {
  /** Of the problem. */
  readonly id: string;
  /** What is wrong with its text. */
  readonly fault: string;
}

/**
 * LaTeX commands whose backslash and first letter a JSON reader turned into one control character, by that character:
 * `\times` becomes a tab and `imes`.
 */
const DECODED_COMMANDS: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: "tab", pattern: /\t(?:imes|riangle|ext|heta|an|au|frac|op|o)(?![a-z])/g },
  { name: "form feed", pattern: /\f/g },
  { name: "backspace", pattern: /[\b]/g },
  { name: "carriage return", pattern: /\r(?!\n)/g },
];

/**
 * Questions whose text was damaged on its way into the published file: a LaTeX command decoded to a control
 * character, an odd number of `$`, or a character that could not be decoded.
 *
 * @param currency whether `$` may stand for dollars, so that its number tells nothing
 */
export function damagedQuestions(problems: readonly Problem[], { currency = false } = {}): Damage[] {
  return problems.flatMap(({ id, question }) => {
    const faults = DECODED_COMMANDS.flatMap(({ name, pattern }) => {
      const times = question.match(pattern)?.length ?? 0;
      return times > 0 ? [`${times} x ${name} in place of a backslash and a letter`] : [];
    });
    const dollars = question.replaceAll("\\$", "").split("$").length - 1;
    if (!currency && dollars % 2 === 1) faults.push(`an odd number of $ (${dollars})`);
    if (question.includes("\ufffd")) faults.push("a character that could not be decoded");
    return faults.map((fault) => ({ id, fault }));
  });
}
