/**
 * MBPP: Python functions for short texts, by Austin et al. (arXiv:2108.07732); the 257 problems of the test split that
 * were checked by hand (`sanitized`).
 *
 * @module
 */
import { githubFile, type PublishedDataset, softGrpoFile, softThinkingFile } from "./published_dataset.ts";
import { jsonArray } from "./rows.ts";

/** Ids of the test split; those of the other splits stand around it. */
const TEST_SPLIT = { first: 11, last: 510 } as const;

/**
 * A question is the text with its tests, as the prompt of SofT-GRPO puts both; the answer is what the tests import,
 * then the tests. All rows equal those of the file of all 427 checked problems.
 */
export const mbpp: PublishedDataset = {
  name: "mbpp",
  use: "out-of-domain",
  kind: "python-tests",
  version: "softgrpo-2b9d8ec",
  rows: 257,
  licence: "CC BY 4.0 (google-research-datasets/mbpp)",
  files: [
    {
      urls: [softGrpoFile("mbpp.json"), softThinkingFile("mbpp.json")],
      pin: {
        sha256: "1a2894d0aadfb104c2c43b5d241f559f8bee4bc3db85336196031d96afce5822",
        bytes: 203_657,
        gitBlobSha1: "7ad030015b0bc4171376dd4d1f71af4fcfb2b989",
      },
      read: jsonArray(({ prompt, final_answer }) => {
        const { test_list, test_import } = (final_answer ?? {}) as Record<string, unknown>;
        return testedRow(Array.isArray(prompt) ? prompt[0]?.value : undefined, test_import, test_list);
      }),
    },
    {
      urls: [
        githubFile("mrigankpawagi/PropertyEval", "b2be813dcff867cc350c61b8d3ea57ec088ce1ac", "sanitized-mbpp.json"),
      ],
      pin: {
        sha256: "8ac32b2799150228e2d745aed09c870b7e4444246d4727d1004576207ef40769",
        bytes: 278_372,
        gitBlobSha1: "628c44af0200dbeac5989f4adf1c666ef81fbc15",
      },
      read: jsonArray(({ task_id, prompt, test_imports, test_list }) =>
        isOfTestSplit(Number(task_id)) ? testedRow(prompt, test_imports, test_list) : undefined
      ),
    },
  ],
  errata: [],
  currency: true,
};

/** Whether a problem's id lies in the test split. */
export function isOfTestSplit(taskId: number): boolean {
  return taskId >= TEST_SPLIT.first && taskId <= TEST_SPLIT.last;
}

/** The text with its tests, and the program text that runs them. */
export function testedRow(text: unknown, imports: unknown, tests: unknown): { question: unknown; answer: unknown } {
  if (typeof text !== "string" || !isTexts(imports) || !isTexts(tests) || tests.length === 0) {
    return { question: text, answer: undefined };
  }
  const list = tests.join("\n");
  return {
    question: `${text}\n\nTest Cases:\n\`\`\`python\n${list}\n\`\`\``,
    answer: [...imports, list].join("\n"),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
