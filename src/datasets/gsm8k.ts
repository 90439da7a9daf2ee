/**
 * GSM8K: grade-school word problems by Cobbe et al. (arXiv:2110.14168), test and training split.
 *
 * @module
 */
import {
  githubFile,
  type PublishedDataset,
  qwenMathFile,
  softGrpoFile,
  softThinkingFile,
} from "./published_dataset.ts";
import { gsm8kLines, promptArray } from "./rows.ts";

const OPENAI = ["openai/grade-school-math", "3101c7d5072418e28b9008a6636bde82a006892c"] as const;
const LICENCE = "MIT (openai/grade-school-math)";

/**
 * The test split. 14 answers carry thousands commas. Labels are as published; the revised 1,209 rows of
 * madrylab/gsm8k-platinum (arXiv:2502.03461) are another dataset.
 */
export const gsm8k: PublishedDataset = {
  name: "gsm8k",
  use: "evaluation",
  version: "softgrpo-2b9d8ec",
  rows: 1319,
  rowsSha256: "57b7d5970b73a1b2e022fa8a296109c6c3c09bb18817b1f0e27c12bf12aced5b",
  licence: LICENCE,
  files: [
    {
      urls: [softGrpoFile("gsm8k.json"), softThinkingFile("gsm8k.json")],
      pin: {
        sha256: "f7c5625d8118e758abb0c6ed3e1d6002d238c72ea4a835157488502443d65085",
        bytes: 529_586,
        gitBlobSha1: "c891bb3312698ece9aed205b04a8ffd69c1c1d1f",
      },
      read: promptArray,
    },
    {
      urls: [githubFile(...OPENAI, "grade_school_math/data/test.jsonl")],
      pin: {
        sha256: "3730d312f6e3440559ace48831e51066acaca737f6eabec99bccb9e4b3c39d14",
        bytes: 749_738,
        gitBlobSha1: "e4c2ff4942b9a78bd74f04141224c11e28d12dc9",
      },
      read: gsm8kLines,
    },
    {
      urls: [qwenMathFile("gsm8k/test.jsonl")],
      pin: {
        sha256: "9f098df7ff4522078d6ccec27a5c38a454790fdb51131bedfaa0e490070d5394",
        bytes: 761_421,
        gitBlobSha1: "3e6e62b831b5fcbf0585d0dce75ccc5e4ccb691c",
      },
      read: gsm8kLines,
    },
  ],
  errata: [],
  currency: true,
};

/** The training split: no duplicate question, none in common with the test split. 79 answers carry thousands commas. */
export const gsm8kTrain: PublishedDataset = {
  name: "gsm8k_train",
  use: "training",
  version: "openai-3101c7d",
  rows: 7473,
  rowsSha256: "b2f285e54ee38ed0a471395c4e00d4e0452dd1726a65a758177d93d9536f12fd",
  licence: LICENCE,
  files: [
    {
      urls: [githubFile(...OPENAI, "grade_school_math/data/train.jsonl")],
      pin: {
        sha256: "17f347dc51477c50d4efb83959dbb7c56297aba886e5544ee2aaed3024813465",
        bytes: 4_166_206,
        gitBlobSha1: "7d97154b91aef28d01c3301741c81ce90039a4b1",
      },
      read: gsm8kLines,
    },
    {
      urls: [qwenMathFile("gsm8k/train.jsonl")],
      pin: { gitBlobSha1: "3c084d99a1f7a6613e4170411d4b02b6cdbdd35f" },
      read: gsm8kLines,
    },
  ],
  errata: [],
  currency: true,
};
