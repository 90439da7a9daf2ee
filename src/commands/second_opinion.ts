/**
 * Where graders differ on the same pairs, so that one sees on one's own data what a grader is worth.
 *
 * @module
 */
import type { SECOND_OPINIONS } from "../grading/grader_name.ts";
import { GRADERS } from "../grading/graders.ts";
import { mathVerifyVerdicts } from "./math_verify.ts";
import type { Pair } from "./pairs.ts";

/** A grader that may be asked. */
export type Opinion = (typeof SECOND_OPINIONS)[number];

/** Verdicts of several graders on the same pairs. */
export interface Opinions {
  /** By grader, in the order in which they were named. */
  readonly verdicts: ReadonlyMap<Opinion, readonly boolean[]>;
  /** Indices of the pairs on which not all say the same. */
  readonly differing: readonly number[];
}

/** Asks each grader. */
export async function askGraders(pairs: readonly Pair[], graders: readonly Opinion[]): Promise<Opinions> {
  const verdicts = new Map<Opinion, readonly boolean[]>();
  for (const grader of new Set(graders)) {
    verdicts.set(
      grader,
      grader === "math-verify"
        ? await mathVerifyVerdicts(pairs)
        : pairs.map(({ gold, pred, question }) =>
          GRADERS[grader].grade(pred, gold, question === undefined ? {} : { question }).equal
        ),
    );
  }
  const differing = pairs.flatMap((_, i) => new Set([...verdicts.values()].map((each) => each[i])).size > 1 ? [i] : []);
  return { verdicts, differing };
}

/** Characters of a long prediction that are shown: its end, where the answer is. */
const SHOWN = 300;

/** A JSON line for each pair on which graders differ. */
export function differenceLines(pairs: readonly Pair[], { verdicts, differing }: Opinions): string[] {
  return differing.map((i) =>
    JSON.stringify({
      line: i + 1,
      ...Object.fromEntries([...verdicts].map(([grader, each]) => [grader, each[i]])),
      gold: pairs[i].gold,
      pred: pairs[i].pred.slice(-SHOWN),
    })
  );
}

/** How often each says right, and right alone. */
export function opinionSummary({ verdicts, differing }: Opinions, count: number): string {
  const right = [...verdicts].map(([grader, each]) => {
    const alone = differing.filter((i) =>
      each[i] && [...verdicts].every(([other, its]) => other === grader || !its[i])
    );
    return `${grader} calls ${each.filter(Boolean).length} right, ${alone.length} alone`;
  });
  return `${count} pairs: ${right.join("; ")}; they differ on ${differing.length}`;
}
