/**
 * Samples -> counts and votes per problem, from which every metric follows.
 *
 * @module
 */
import { isProgramming } from "../datasets/problem_kind.ts";
import type { Sample } from "../evaluation/sample.ts";
import type { ProblemCounts, Vote } from "./types.ts";

/**
 * Counts and votes of each problem, from its samples.
 *
 * @param samples all samples of the dataset, in any order
 * @param voted whether answers can be voted on; programs cannot: two that do the same are different texts
 */
export function problemCounts(
  problems: readonly { readonly id: string }[],
  samples: readonly Sample[],
  { voted = !samples.some(({ kind }) => isProgramming(kind)) } = {},
): ProblemCounts[] {
  const byProblem = Map.groupBy(samples, (sample) => sample.problem);
  return problems.map(({ id }) => {
    const own = byProblem.get(id) ?? [];
    const right = own.filter((sample) => sample.correct);
    return {
      id,
      n: own.length,
      c: right.length,
      ...(voted && { votes: votes(own) }),
      tokens: { mean: meanTokens(own), correctMean: right.length === 0 ? null : meanTokens(right) },
      truncated: own.filter((sample) => sample.finish === "length").length,
      unextracted: own.filter((sample) =>
        sample.graderError === undefined && (voted ? sample.canonical === null : sample.answer === null)
      ).length,
      graderErrors: own.filter((sample) =>
        sample.graderError !== undefined
      ).length,
    };
  });
}

/** Most frequent first, equal counts by answer. */
function votes(samples: readonly Sample[]): Vote[] {
  const counted = samples.filter((sample) => sample.canonical !== null && sample.graderError === undefined);
  return [...Map.groupBy(counted, (sample) => sample.canonical!)]
    .map(([answer, own]) => [answer, own.length, own[0].correct] as const)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}

function meanTokens(samples: readonly Sample[]): number {
  return samples.reduce((sum, sample) => sum + sample.tokens, 0) / samples.length;
}
