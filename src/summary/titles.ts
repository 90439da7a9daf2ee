/**
 * What an arm is and whose, beside its label.
 *
 * @module
 */
import { ALGORITHM_TITLES } from "../algorithms/registry.ts";
import type { Result } from "../result/types.ts";
import type { Cell } from "../text/table.ts";
import { fitWidth, textWidth } from "../text/width.ts";

/** Titles without an author, as earlier versions gave them to arms of their experiments. */
const EARLIER_TITLE = /^(discrete GRPO|SofT-GRPO)( \([^()]*\))?$/;

/**
 * The title that the experiment gave to a result's arm. One that an earlier version wrote gives way to the algorithm's
 * own; undefined where the result has none, as with counts that others published.
 */
export function resultTitle({ experiment: { config }, arm }: Result): string | undefined {
  const [own] = Array.isArray(config.arms) ? config.arms : [];
  const title = typeof own === "object" && own !== null && "title" in own ? own.title : undefined;
  if (typeof title !== "string") return undefined;
  const byAlgorithm = (ALGORITHM_TITLES as Readonly<Record<string, string>>)[arm.algorithm];
  if (byAlgorithm === undefined || !EARLIER_TITLE.test(title)) return title;
  return arm.preset === null ? byAlgorithm : `${byAlgorithm} (${arm.preset})`;
}

/** No author's name is cut off at this width. */
const LEAST_COLUMNS = 24;

/** First cells of rows: each label, and under it the title, cut to the width of the longest label. */
export function labelCells(arms: readonly { readonly label: string; readonly title?: string }[]): Cell[] {
  const columns = Math.max(LEAST_COLUMNS, ...arms.map(({ label }) => textWidth(label)));
  return arms.map(({ label, title }) =>
    title === undefined ? { text: label } : { text: `${label}\n${fitWidth(title, columns)}`, tones: ["plain", "dim"] }
  );
}
