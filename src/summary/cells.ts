/**
 * Cells and columns that several tables share.
 *
 * @module
 */
import { percentText, rangeText } from "../text/numbers.ts";
import type { Cell, Column } from "../text/table.ts";
import type { ArmEstimate } from "./arms.ts";

/** A value, and beneath it its interval. */
export function estimateCell({ value, low, high }: ArmEstimate): Cell {
  return { text: `${percentText(value)}\n${rangeText(low, high)}`, tones: ["strong", "dim"] };
}

/** The same, and of a trained arm with several seeds where one more would land. */
export function seedCell(estimate: ArmEstimate): Cell {
  const { nextLow, nextHigh } = estimate;
  const { text, tones = [] } = estimateCell(estimate);
  if (nextLow === null || nextHigh === null) return { text, tones };
  return { text: `${text}\nnext ${rangeText(nextLow, nextHigh)}`, tones: [...tones, "dim"] };
}

/** A column of numbers. */
export function rightColumn(header: string): Column {
  return { header, align: "right" };
}
