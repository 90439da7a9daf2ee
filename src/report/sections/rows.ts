/**
 * Which rows of a summary a figure shows, and under which names.
 *
 * @module
 */
import type { ArmSummary } from "../../summary/arms.ts";
import type { Summary } from "../../summary/summary.ts";
import type { ArmLook } from "../palette.ts";

/** An arm and how it looks. */
export interface ArmRow {
  readonly arm: ArmSummary;
  readonly look: ArmLook;
}

/** The rows that are decoded alike, each by the name of its model; all rows where an experiment has no such decoding. */
export function comparedArms({ arms, attribution }: Summary, looks: readonly ArmLook[]): ArmRow[] {
  const rows = arms.map((arm, i) => ({ arm, look: looks[i] }));
  if (attribution.length === 0) return rows;
  return rows.filter(({ arm }) => arm.matched).map(({ arm, look }) => ({
    arm,
    look: { ...look, label: modelName(arm) },
  }));
}

/** The arm that was trained, whatever its decoding; `untrained` where none was and all rows are decoded alike. */
export function modelName({ trainedAs, trained, matched, label }: ArmSummary): string {
  return trainedAs ?? (matched && !trained ? "untrained" : label);
}
