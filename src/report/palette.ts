/**
 * How arms look in every figure of a page: trained arms in colour, untrained ones grey and dashed.
 *
 * @module
 */
import type { ArmSummary } from "../summary/arms.ts";
import { type Markup, markup } from "./markup.ts";
import { armColour } from "./style.ts";

/** An arm's colour by CSS variable, and its dashes (none for a whole line). */
export interface ArmLook {
  readonly label: string;
  readonly colour: string;
  readonly dash: string;
}

/** As many as have no common divisor with the greys, so that fifteen untrained arms differ. */
const BASE_DASHES = ["4,3", "1.5,2.5", "8,3", "8,2,1.5,2", "2,5"];

/** The look of each arm, in order; a trained model has one colour in all its decodings. */
export function armLooks(arms: readonly ArmSummary[]): ArmLook[] {
  const seen = { trained: new Map<string, number>(), untrained: new Map<string, number>() };
  return arms.map(({ label, trained, trainedAs }) => {
    const kind = trained ? seen.trained : seen.untrained;
    const index = kind.getOrInsert(trainedAs ?? label, kind.size);
    return {
      label,
      colour: armColour(trained, index),
      dash: trained ? "none" : BASE_DASHES[index % BASE_DASHES.length],
    };
  });
}

/** A dot in an arm's colour before its name in a table. */
export function swatch({ colour }: ArmLook): Markup {
  return markup`<span class="swatch" style="--c:${colour}"></span>`;
}
