/**
 * DeepScaleR: the mixture of AIME, AMC, Omni-MATH and Still problems that DeepScaleR and SofT-GRPO train on.
 *
 * @module
 */
import { githubFile, type PublishedDataset, softGrpoFile } from "./published_dataset.ts";
import { jsonArray, parquet } from "./rows.ts";

const LICENCE = "MIT (agentica-project/deepscaler), problems by others";

/**
 * The published mixture, about 40,000 rows. At least 8 of its problems are in MATH-500 (0080, 0101, 0110, 0285, 0292,
 * 0412, 0475, 0489), so the leak check matters. Rows without an answer are left out.
 */
export const deepscaler: PublishedDataset = {
  name: "deepscaler",
  use: "training",
  version: "deepscaler-95ef74f",
  licence: LICENCE,
  files: [{
    urls: [
      githubFile(
        "agentica-project/deepscaler",
        "95ef74ffee001cce89463f2d61dfdce1d03576c1",
        "deepscaler/data/train/deepscaler.json",
      ),
    ],
    pin: { gitBlobSha1: "4bc7b76e082e1982b0b435e3fff32fab60b51b46" },
    read: jsonArray(({ problem, answer }) => answer === "" ? undefined : { question: problem, answer }),
  }],
  errata: [],
};

/** What verl's preparation of the data appends to every question. */
const INSTRUCTION = /\s+Let's think step by step and output the final answer within \\boxed\{\}\.?$/;

/** The Parquet file that the SofT-GRPO launch scripts train on, in verl's columns; its relation to the mixture is unknown. */
export const deepscalerSoftGrpo: PublishedDataset = {
  name: "deepscaler_softgrpo",
  use: "training",
  version: "softgrpo-2b9d8ec",
  licence: LICENCE,
  files: [{
    urls: [softGrpoFile("train.parquet")],
    pin: { gitBlobSha1: "8ec74cccf10c16062e78dfa9ba59f9966ac5ded2" },
    read: parquet(({ prompt, reward_model }) => {
      const content = Array.isArray(prompt) ? prompt[0]?.content : undefined;
      const answer = (reward_model as { ground_truth?: unknown } | null | undefined)?.ground_truth;
      if (answer === "") return undefined;
      return { question: typeof content === "string" ? content.replace(INSTRUCTION, "") : undefined, answer };
    }),
  }],
  errata: [],
};
