/**
 * Known errata as a second view: the same samples, scored against corrected answers. It never replaces the published view,
 * and needs votes, because counts alone do not tell who answered what.
 *
 * @module
 */
import { PUBLISHED_DATASETS } from "../datasets/registry.ts";
import { canonicalAnswer } from "../grading/grade.ts";
import type { ProblemCounts } from "../metrics/types.ts";

/**
 * Problems of a dataset with the right votes of its corrected answers; undefined where no answer was corrected, where the
 * dataset is the corrected one already, or where those problems are absent or have no votes.
 */
export function correctedProblems(dataset: string, problems: readonly ProblemCounts[]): ProblemCounts[] | undefined {
  const errata = PUBLISHED_DATASETS.find(({ name }) => name === dataset)?.errata ?? [];
  const answers = new Map(
    errata.filter(({ field }) => field === "answer").map(({ id, correct }) => [id, canonicalAnswer(correct)]),
  );
  if (!problems.some(({ id, votes }) => answers.has(id) && votes !== undefined)) return undefined;
  return problems.map((problem) => {
    const { votes, tokens: _, ...counts } = problem;
    if (votes === undefined || !answers.has(problem.id)) return problem;
    const right = answers.get(problem.id);
    const corrected = votes.map(([answer, count]) => [answer, count, answer === right] as const);
    // Tokens of correct samples are not known by answer, so the corrected problem has none.
    return {
      ...counts,
      votes: corrected,
      c: corrected.filter(([, , correct]) => correct).reduce((sum, [, count]) => sum + count, 0),
    };
  });
}
