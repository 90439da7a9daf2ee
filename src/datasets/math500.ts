/**
 * MATH-500: 500 problems drawn from the MATH test set by Lightman et al. (arXiv:2305.20050).
 *
 * @module
 */
import {
  evalchemyFile,
  githubLargeFile,
  openReasonerZeroFile,
  type PublishedDataset,
  softGrpoFile,
  softThinkingFile,
} from "./published_dataset.ts";
import { jsonLines, promptArray } from "./rows.ts";

/** All 500 answers are the last `\boxed{}` of the published solutions. */
export const math500: PublishedDataset = {
  name: "math500",
  use: "evaluation",
  version: "softgrpo-2b9d8ec",
  rows: 500,
  rowsSha256: "507af09025260f7bec982497decc4094d2eed025c921e785d1ab994c1031c33b",
  licence: "MIT (openai/prm800k; the MATH data: MIT, hendrycks/math)",
  files: [
    {
      urls: [softGrpoFile("math500.json"), openReasonerZeroFile("math500.json"), softThinkingFile("math500.json")],
      pin: {
        sha256: "236bd0cc329ee3efaf045a150e6473e4f420e7e7e17051a4e77a1f2688599e63",
        bytes: 183_569,
        gitBlobSha1: "e8ba46e18ac1a0cd112c63d863a167ad5d1cf5a2",
      },
      read: promptArray,
    },
    {
      urls: [
        evalchemyFile("MATH500/data/math500.jsonl"),
        githubLargeFile(
          "openai/prm800k",
          "7ecc794703b2877f63226f2477a49b34f9b25163",
          "prm800k/math_splits/test.jsonl",
        ),
      ],
      pin: {
        sha256: "35dc41080a3680858b27fa7e0533d2d547825316fc5dafe5d316f4ccc5a06132",
        bytes: 446_564,
        gitBlobSha1: "2376b9a194b46c0790e197c91b7249e5f88ac09b",
      },
      read: jsonLines(({ problem, answer }) => ({ question: problem, answer })),
    },
  ],
  errata: [],
};
