/**
 * MATH training split by Hendrycks et al. (arXiv:2103.03874): 7,500 competition problems with worked solutions.
 *
 * @module
 */
import { type PublishedDataset, qwenMathFile } from "./published_dataset.ts";
import { jsonLines } from "./rows.ts";

/**
 * The 7,500-row split, not PRM800K's 12,000 rows, which hold 4,500 problems of the MATH test set. Pinned by Git's
 * object name of the published file; the answer is the last `\boxed{}` of the solution.
 */
export const mathTrain: PublishedDataset = {
  name: "math_train",
  use: "training",
  version: "qwen-a45202b",
  rows: 7500,
  licence: "MIT (hendrycks/math)",
  files: [{
    urls: [qwenMathFile("math/train.jsonl")],
    pin: { gitBlobSha1: "47bc5462da8374bdcf53a7339bd48a7e28567676" },
    read: jsonLines(({ problem, solution }) => ({
      question: problem,
      answer: typeof solution === "string" ? lastBoxed(solution) : undefined,
    })),
  }],
  errata: [],
};

/** `\boxed 5` and `\fbox{5}` stand in a few solutions for `\boxed{5}`. */
const BOXES = ["\\boxed", "\\fbox"] as const;

/** What the last box of a solution holds; undefined where no box is closed. */
export function lastBoxed(solution: string): string | undefined {
  const [start, command] = BOXES.map((box) => [solution.lastIndexOf(box), box] as const)
    .reduce((a, b) => b[0] > a[0] ? b : a);
  if (start < 0) return undefined;
  const rest = solution.slice(start + command.length);
  if (!rest.startsWith("{")) return rest.match(/^\s+(\w+)/)?.[1];
  let depth = 0;
  for (let i = 0; i < rest.length; i++) {
    if (rest[i] === "\\") i++;
    else if (rest[i] === "{") depth++;
    else if (rest[i] === "}" && --depth === 0) return rest.slice(1, i);
  }
}
