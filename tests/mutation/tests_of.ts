/**
 * Which tests should tell that a source is wrong: the one of its name first, as most faults end there, then its
 * neighbours.
 *
 * @module
 */

/** Folders below `src/` that are measured unless others are asked for. */
export const MEASURED: readonly string[] = ["algorithms", "training", "metrics", "rollout", "files"];

/** Below `tests/`, by folder of `src/`: in stages, the quick ones first. A folder that is not here has its own tests. */
const NEIGHBOURS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  algorithms: [["algorithms"], ["rollout", "contract", "backend/algorithm_test.ts", "schemas_test.ts"]],
  training: [["training"], ["rollout", "contract", "backend/algorithm_test.ts", "schemas_test.ts"]],
  metrics: [["metrics"], ["score", "compare", "summary", "result", "schemas_test.ts"]],
  rollout: [["rollout", "evaluation", "schemas_test.ts"], ["training", "contract"]],
  files: [["files", "schemas_test.ts"], ["result", "score", "experiment"]],
  result: [["result"], ["score", "compare", "schemas_test.ts"]],
  random: [["random"], ["algorithms"]],
};

/**
 * Paths of tests, in the stages in which to run them.
 *
 * @param path of a source, from `src/` on
 * @param isThere whether there is such a test
 */
export function testsOf(path: string, isThere: (path: string) => boolean): string[][] {
  const [, folder] = path.split("/");
  const own = path.replace(/^src/, "tests").replace(/\.ts$/, "_test.ts");
  const neighbours = NEIGHBOURS[folder] ?? [[folder]];
  return [[own], ...neighbours.map((stage) => stage.map((test) => `tests/${test}`))]
    .map((stage) => stage.filter(isThere))
    .filter((stage) => stage.length > 0);
}
