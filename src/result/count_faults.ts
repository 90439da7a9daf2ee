/**
 * What is wrong with the counts of a result, whatever its metrics say.
 *
 * @module
 */
import { type Fault, foundText, NOTHING } from "../files/check.ts";
import { MOST_SAMPLES } from "../metrics/pass_at_k.ts";
import type { ProblemCounts } from "../metrics/types.ts";
import type { DatasetResult } from "./types.ts";

/** What is known of a problem: imported ones may have counts alone, and on programs there is no vote. */
export interface Known {
  readonly countsOnly: boolean;
  readonly voted: boolean;
}

/** What contradicts arithmetic in the problems of a dataset. */
export function problemsFault(problems: readonly ProblemCounts[], known: Known): Fault | undefined {
  const ids = new Set<string>();
  for (const [i, problem] of problems.entries()) {
    const fault = countFault(problem, known) ??
      (ids.has(problem.id) ? { path: ["id"], found: foundText(problem.id), expected: "a new id" } : undefined);
    if (fault) return { ...fault, path: ["problems", i, ...fault.path] };
    ids.add(problem.id);
  }
  return undefined;
}

/** What contradicts arithmetic in one problem's counts. */
function countFault(problem: ProblemCounts, { countsOnly, voted }: Known): Fault | undefined {
  const { n, c, votes, tokens, truncated = 0, unextracted = 0, graderErrors = 0 } = problem;
  if (n > MOST_SAMPLES) return { path: ["n"], found: `${n}`, expected: `at most ${MOST_SAMPLES}` };
  if (c > n) return { path: ["c"], found: `${c}`, expected: `at most n = ${n}` };
  if (truncated > n) return { path: ["truncated"], found: `${truncated}`, expected: `at most n = ${n}` };
  const missing = (["votes", "tokens", "truncated", "unextracted", "graderErrors"] as const)
    .find((key) => problem[key] === undefined && (voted || key !== "votes"));
  if (missing !== undefined && !countsOnly) {
    return { path: [missing], found: NOTHING, expected: "a value, unless status is imported" };
  }
  if (tokens !== undefined && (tokens.correctMean === null) !== (c === 0)) {
    return {
      path: ["tokens", "correctMean"],
      found: `${tokens.correctMean}`,
      expected: `null exactly where c = 0, and c = ${c}`,
    };
  }
  if (votes !== undefined && !voted) {
    return { path: ["votes"], found: foundText(votes), expected: "none, as answers are programs" };
  }
  if (votes === undefined) {
    const most = n - unextracted - graderErrors;
    return c <= most ? undefined : { path: ["c"], found: `${c}`, expected: `at most ${most}: others have no answer` };
  }
  const right = votes.filter(([, , correct]) => correct).reduce((sum, [, count]) => sum + count, 0);
  if (right !== c) return { path: ["c"], found: `${c}`, expected: `${right}, the sum of the right votes` };
  const cast = votes.reduce((sum, [, count]) => sum + count, 0);
  const accounted = cast + unextracted + graderErrors;
  if (countsOnly ? accounted > n : accounted !== n) {
    return { path: ["n"], found: `${n}`, expected: `${accounted}, the sum of votes, unextracted and graderErrors` };
  }
  const answers = new Set<string>();
  for (const [i, [answer]] of votes.entries()) {
    if (answers.has(answer)) return { path: ["votes", i, 0], found: foundText(answer), expected: "a new answer" };
    answers.add(answer);
  }
  return undefined;
}

/** Samples, times sizes k: two thousand problems of a thousand samples at all powers of two are as much. */
const MOST_WORK = 2 ** 26;

/** What is too much to derive: it takes time for every sample that a file claims, and a claim is short. */
export function workFault(datasets: readonly Pick<DatasetResult, "problems" | "metrics">[]): Fault | undefined {
  const work = datasets.reduce((sum, { problems, metrics: { passAt, majorityAt } }) => {
    const sizes = Object.keys(passAt).length + Object.keys(majorityAt).length;
    return sum + sizes * problems.reduce((samples, { n }) => samples + n, 0);
  }, 0);
  return work <= MOST_WORK ? undefined : {
    path: ["datasets"],
    found: `${work} samples times sizes k`,
    expected: `at most ${MOST_WORK}, which take minutes`,
  };
}
