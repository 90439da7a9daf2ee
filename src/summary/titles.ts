/**
 * What an arm is and whose, beside its label.
 *
 * @module
 */
import { ALGORITHM_TITLES } from "../algorithms/registry.ts";
import type { Result } from "../result/types.ts";
import { countText } from "../text/numbers.ts";
import type { Cell } from "../text/table.ts";
import { fitWidth, textWidth } from "../text/width.ts";

/** Titles without an author, as earlier versions gave them to arms of their experiments. */
const EARLIER_TITLE = /^(discrete GRPO|SofT-GRPO)( \([^()]*\))?$/;

/**
 * What an arm is and whose, and a warning where it was trained on problems of its test: beside its label wherever the
 * row is shown. The title is the one that the experiment gave to a result's arm; one that an earlier version wrote gives
 * way to the algorithm's own. Undefined where the result has neither, as with counts that others published.
 */
export function resultTitle(result: Result): string | undefined {
  const parts = [ownTitle(result), overlapMark(result)].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join("; ");
}

/** The warning; undefined where training and test share no problem. */
export function overlapMark({ overlap: { sharedWithEvaluation } }: Pick<Result, "overlap">): string | undefined {
  return sharedWithEvaluation === 0 ? undefined : `trained on ${countText(sharedWithEvaluation, "test problem")}`;
}

function ownTitle({ experiment: { config }, arm }: Result): string | undefined {
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
