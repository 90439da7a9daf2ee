/**
 * AMC 2023: 40 problems of the American Mathematics Competition 12 whose answer is an integer.
 *
 * @module
 */
import {
  evalchemyFile,
  type PublishedDataset,
  qwenMathFile,
  softGrpoFile,
  softThinkingFile,
} from "./published_dataset.ts";
import { jsonLines, promptArray } from "./rows.ts";

/**
 * 22 problems of AMC 12A and 18 of 12B, five-choice options removed, some rephrased. A part of
 * AI-MO/aimo-validation-amc (83 rows); numbers on 40 and on 83 rows are not comparable.
 */
export const amc23: PublishedDataset = {
  name: "amc23",
  use: "evaluation",
  version: "softgrpo-2b9d8ec",
  rows: 40,
  rowsSha256: "d3c4ec60d9119f567890ce5e2bfb198ead73cf66efcbbf7f8c5859d26e771cc9",
  licence: "(c) Mathematical Association of America, no open licence",
  files: [
    {
      urls: [softGrpoFile("amc23.json"), softThinkingFile("amc23.json")],
      pin: {
        sha256: "a08542e241ab31d2c99dedbe84b2755400e5bd53e6d8d16678b14b897530254c",
        bytes: 17_365,
        gitBlobSha1: "9e26d14d8b0fb528f0e1376a98736cd25ec75c14",
      },
      read: promptArray,
    },
    {
      urls: [qwenMathFile("amc23/test.jsonl")],
      pin: {
        sha256: "43707e1ca784602d8479de24ee8ce36609dbebc46dd152b0b12a46611aa898a4",
        bytes: 27_631,
        gitBlobSha1: "6894ad7c49a0b3a64210af32954f4d049d934ea0",
      },
      read: jsonLines(({ question, answer }) => ({ question, answer })),
    },
    {
      urls: [evalchemyFile("AMC23/data/amc23.json")],
      pin: {
        sha256: "02ae54425741562778916b5fa8f6ff07749689cfcd7a53e65e1d88a89e5065f9",
        bytes: 16_098,
        gitBlobSha1: "8a523f7b41932655072d9853ab9dccd74b974ce4",
      },
      read: jsonLines(({ question, answer }) => ({ question, answer })),
    },
  ],
  errata: [{
    id: "amc23/0030",
    field: "question",
    published: "$$43$",
    correct: "$43$",
    evidence: "an odd number of $, in every source",
  }],
};
