/**
 * AIME 2024: 30 problems of the American Invitational Mathematics Examination, answers 0 to 999.
 *
 * @module
 */
import { openReasonerZeroFile, type PublishedDataset, softGrpoFile } from "./published_dataset.ts";
import { promptArray } from "./rows.ts";

/**
 * Rows 0 to 14 are AIME II problems 1 to 15, rows 15 to 29 AIME I. Compared with two independent texts (evalchemy's
 * `aime24.json`, Qwen2.5-Math's `aime24/test.jsonl`): 29 of 30 answers equal, the other is the first erratum.
 */
export const aime2024: PublishedDataset = {
  name: "aime2024",
  use: "evaluation",
  version: "softgrpo-2b9d8ec",
  rows: 30,
  rowsSha256: "72c45c7d6ebb8338e1fa8fac5a1aee60e06dd2a4f3bf910eb31d18c71ff6692d",
  licence: "(c) Mathematical Association of America, no open licence",
  files: [{
    urls: [softGrpoFile("aime2024.json"), openReasonerZeroFile("aime2024.json")],
    pin: {
      sha256: "ef02255e61539115f6274a0765ff10076df416db5f90d41500d472cb5184e560",
      bytes: 14_741,
      gitBlobSha1: "2b78e73d1460af1ab43727675d43ef498994a1d4",
    },
    read: promptArray,
  }],
  errata: [
    {
      id: "aime2024/0022",
      field: "answer",
      published: "480",
      correct: "197",
      evidence:
        "AIME I problem 8: with x = cot(B/2) + cot(C/2), 34(x + 14) = x + 4046, so r = 192/5 and m + n = 197; " +
        "evalchemy, Qwen2.5-Math and eric-ai-lab/Soft-Thinking since ca051c2 agree. 480 is the answer of the next row.",
    },
    {
      id: "aime2024/0008",
      field: "question",
      published: "5 \times 5",
      correct: "5 \\times 5",
      evidence: "the backslash of \\times and its t were decoded to a tab",
    },
  ],
};
