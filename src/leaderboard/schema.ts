/**
 * Leaderboard schema v2: the types, the published JSON Schema, the table of fields in `results/README.md`.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { PROBLEM_KINDS } from "../datasets/problem_kind.ts";
import { type JsonSchema, publishedSchema } from "../files/json_schema.ts";

const SHARE = z.number().min(0).max(1);
const METRIC = z.string().regex(/^(pass|majority)@[1-9][0-9]*$/);

const MARK = z.enum([
  "imported",
  "smoke",
  "part of a dataset",
  "uncommitted code",
  "one seed",
  "several commits",
  "trained on test problems",
])
  .meta({ id: "Mark", description: "Why a row is not an ordinary one" });

const ESTIMATE = z.strictObject({
  value: SHARE.describe("mean over problems, and over seeds where the arm was trained"),
  low: SHARE.describe("lower end of the 95 % interval for new problems and, with several trained seeds, new seeds"),
  high: SHARE.describe("its upper end"),
  seedDeviation: z.number().min(0).nullable().describe("between trained seeds; null for fewer than two"),
  nextLow: SHARE.nullable().describe("lower end of where one more seed would land on these problems; null likewise"),
  nextHigh: SHARE.nullable().describe("its upper end"),
}).readonly().meta({ id: "LeaderboardEstimate", description: "A mean with its interval" });

const METRICS = z.record(METRIC, ESTIMATE).readonly()
  .meta({ id: "LeaderboardMetrics", description: "Estimates by metric: `pass@1`, `majority@32`" });

const ROW = z.strictObject({
  arm: z.string().describe("label of the arm"),
  title: z.string().nullable().exactOptional().describe("what it is and whose; null where the results do not say"),
  algorithm: z.string().describe("what trained it; `base` where nothing did"),
  preset: z.string().nullable().describe("named settings of the algorithm"),
  decoding: z.string().describe("name of its decoding"),
  decodingText: z.string().describe("its decoding in words: thoughts, temperature, filter, answers"),
  matched: z.boolean().describe("whether that is the decoding under which arms are compared like for like"),
  own: z.boolean().describe("whether that is the decoding it was trained with"),
  seeds: z.array(z.int()).min(1).readonly().describe("ascending; they stand together in one row"),
  marks: z.array(MARK).readonly().describe("why it is not an ordinary row; `one seed` of a trained arm"),
  average: METRICS.describe("unweighted mean over the datasets, by metric"),
  byDataset: z.array(METRICS).min(1).readonly().describe("the same by dataset, in the order of `datasets`"),
  meanTokens: z.number().min(0).nullable().describe("tokens per sample, mean over seeds and datasets, as those below"),
  thoughtTokens: z.number().min(0).nullable().describe("of them before the end of thinking"),
  answerTokens: z.number().min(0).nullable().describe("and from there on"),
  softness: z.strictObject({
    topWeight: SHARE.describe("mean weight of the heaviest entry of a thought"),
    entropy: z.number().min(0).describe("mean entropy of a thought's mixture, nats"),
    oneToken: SHARE.describe("share of thoughts whose heaviest entry weighs more than 0.99"),
  }).readonly().nullable().describe("how soft its thoughts were; null where there were none, or it is not known"),
  likeMatched: SHARE.nullable().describe(
    "share of samples that are letter for letter those of the matched decoding; null where there is none",
  ),
  truncated: SHARE.nullable().describe("share of samples cut off at the length limit"),
  unextracted: SHARE.nullable().describe("share of samples without an answer that could be found"),
  graderErrors: SHARE.nullable().describe("share of samples on which the grader failed"),
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/).describe("day of the latest result, UTC"),
  commits: z.array(z.string()).readonly().describe("of the code that ran"),
  backends: z.array(z.string()).readonly().describe("where the model computed"),
  files: z.array(z.string()).min(1).readonly().describe("result files, relative to the results folder, by seed"),
}).readonly().meta({ id: "LeaderboardRow", description: "One arm under all its seeds" });

const DATASET = z.strictObject({
  name: z.string().describe("as on the command line"),
  version: z.string().describe("of its rows"),
  problems: z.int().min(1).describe("how many were scored"),
  of: z.int().min(1).nullable().describe("how many it holds; null where that is not known"),
  kind: z.enum(PROBLEM_KINDS).exactOptional().describe("what its problems ask for; absent: mathematics"),
}).readonly();

const DIFFERENCE = z.strictObject({
  value: z.number().describe("mean of the paired differences"),
  low: z.number().describe("lower end of the interval that belongs to the mark"),
  high: z.number().describe("its upper end"),
  certainty: z.enum(["clear", "these-models", "none"]).describe(
    "whether it holds for new seeds too, for these trained models, or cannot be told",
  ),
}).readonly().meta({ id: "LeaderboardDifference", description: "One row less another in one metric" });

const ATTRIBUTION = z.strictObject({
  question: z.string().describe("`filter`, `softness`, `training`, …: what the difference is about"),
  arm: z.string().describe("label of a row"),
  reference: z.string().describe("label of the row that is taken off"),
  differs: z.array(z.string()).readonly().describe("names of all settings in which the two differ"),
  differences: z.record(METRIC, DIFFERENCE).readonly().describe("by metric"),
}).readonly().meta({ id: "LeaderboardAttribution", description: "What one thing does, as a difference of two rows" });

const EXPERIMENT = z.strictObject({
  name: z.string().min(1).describe("of the experiment"),
  model: z.string().describe("name of the base model"),
  modelSource: z.string().describe("where it is from"),
  modelSha256: z.string().nullable().describe("of its weights"),
  grader: z.string().describe("its name and version"),
  samples: z.int().min(1).describe("per problem"),
  datasets: z.array(DATASET).min(1).readonly().describe("with their number of problems"),
  metrics: z.array(METRIC).min(1).readonly().describe("the one that orders the rows first"),
  from: z.string().describe("where imported counts were published; else the command that runs it again"),
  matched: z.string().nullable().describe(
    "the decoding under which arms are compared, in words; null where there is none",
  ),
  attribution: z.array(ATTRIBUTION).readonly().describe("what does what; empty without a matched decoding"),
  statements: z.array(z.string()).readonly().describe("the same in sentences"),
  rows: z.array(ROW).min(1).readonly().describe("best average of the first metric first"),
}).readonly().meta({
  id: "LeaderboardExperiment",
  description: "Arms that can be compared: same settings but for arm and seed, same model, prompt, grader, problems " +
    "and number of samples",
});

/** The content of results/leaderboard.json. */
export const LEADERBOARD = z.strictObject({
  schemaVersion: z.literal(2).describe("the version of this schema"),
  experiments: z.array(EXPERIMENT).readonly().describe("by name"),
}).readonly();

/** The published JSON Schema of the leaderboard: `results/schema/leaderboard-v2.schema.json`. */
export function leaderboardJsonSchema(): JsonSchema {
  return publishedSchema(LEADERBOARD, {
    $id: "urn:soft-grpo-bench:leaderboard-v2",
    title: "soft-grpo-bench leaderboard, schema version 2",
    description: "Derived from results/ by `deno task leaderboard`; fields are explained in results/README.md.",
  });
}
