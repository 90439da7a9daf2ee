/**
 * AIME 2025: 30 problems of the American Invitational Mathematics Examination, answers 0 to 999.
 *
 * @module
 */
import { type PublishedDataset, softGrpoFile, softThinkingFile } from "./published_dataset.ts";
import { promptArray } from "./rows.ts";

/**
 * Rows 0 to 14 are AIME I, rows 15 to 29 AIME II. All 30 answers equal those of evalchemy's independent text, whose
 * wording differs in 12 rows.
 */
export const aime2025: PublishedDataset = {
  name: "aime2025",
  use: "evaluation",
  version: "softgrpo-2b9d8ec",
  rows: 30,
  rowsSha256: "4ffd18777a9174d587321a11bb5929a813430cd359ea88e83315efd2e7933e35",
  licence: "(c) Mathematical Association of America, no open licence",
  files: [{
    urls: [softGrpoFile("aime2025.json"), softThinkingFile("aime2025.json")],
    pin: {
      sha256: "b9d730eab85774f6ce5dbb30d813520fea8c0f543e8224bc4de853f65084477a",
      bytes: 19_395,
      gitBlobSha1: "97bff978acfd9d9d7531f069c3d1c3385f0004cb",
    },
    read: promptArray,
  }],
  errata: [
    {
      id: "aime2025/0004",
      field: "question",
      published: "$2025$.$",
      correct: "$2025$.",
      evidence: "stray $ at the end: an odd number of $",
    },
    {
      id: "aime2025/0007",
      field: "question",
      published: "5 \\ &",
      correct: "5 \\\\ &",
      evidence: "the line break \\\\ of align* lost one backslash",
    },
    {
      id: "aime2025/0007",
      field: "question",
      published: "{-1}$.$",
      correct: "{-1}$.",
      evidence: "stray $ at the end: an odd number of $",
    },
    {
      id: "aime2025/0010",
      field: "question",
      published: "1 \\ 2",
      correct: "1 \\\\ 2",
      evidence: "the line break \\\\ of cases lost one backslash",
    },
    {
      id: "aime2025/0018",
      field: "question",
      published: "\frac{",
      correct: "\\frac{",
      evidence: "five times, the backslash of \\frac and its f were decoded to a form feed",
    },
    {
      id: "aime2025/0019",
      field: "question",
      published: "\triangle",
      correct: "\\triangle",
      evidence: "the backslash of \\triangle and its t were decoded to a tab",
    },
    {
      id: "aime2025/0027",
      field: "question",
      published: "\frac{",
      correct: "\\frac{",
      evidence: "the backslash of \\frac and its f were decoded to a form feed",
    },
  ],
};
