/**
 * Leaderboard schema v1: the types, the published JSON Schema, the table of fields in `results/README.md`.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { type JsonSchema, publishedSchema } from "../files/json_schema.ts";

const SHARE = z.number().min(0).max(1);
const METRIC = z.string().regex(/^(pass|majority)@[1-9][0-9]*$/);

const MARK = z.enum(["imported", "smoke", "uncommitted code", "one seed", "several commits"])
  .meta({ id: "Mark", description: "Why a row is not an ordinary one" });

const ESTIMATE = z.strictObject({
  value: SHARE.describe("mean over problems, and over seeds where the arm was trained"),
  low: SHARE.describe("lower end of the 95 % interval for new problems and, with several trained seeds, new seeds"),
  high: SHARE.describe("its upper end"),
  seedDeviation: z.number().min(0).nullable().describe("between trained seeds; null for fewer than two"),
}).readonly().meta({ id: "LeaderboardEstimate", description: "A mean with its interval" });

const METRICS = z.record(METRIC, ESTIMATE).readonly()
  .meta({ id: "LeaderboardMetrics", description: "Estimates by metric: `pass@1`, `majority@32`" });

const ROW = z.strictObject({
  arm: z.string().describe("label of the arm"),
  title: z.string().nullable().exactOptional().describe("what it is and whose; null where the results do not say"),
  algorithm: z.string().describe("what trained it; `base` where nothing did"),
  preset: z.string().nullable().describe("named settings of the algorithm"),
  decoding: z.string().describe("how its thoughts are decoded"),
  seeds: z.array(z.int()).min(1).readonly().describe("ascending; they stand together in one row"),
  marks: z.array(MARK).readonly().describe("why it is not an ordinary row; `one seed` of a trained arm"),
  average: METRICS.describe("unweighted mean over the datasets, by metric"),
  byDataset: z.array(METRICS).min(1).readonly().describe("the same by dataset, in the order of `datasets`"),
  meanTokens: z.number().min(0).nullable().describe("tokens per sample, mean over seeds and datasets, as those below"),
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
  problems: z.int().min(1).describe("how many"),
}).readonly();

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
  rows: z.array(ROW).min(1).readonly().describe("best average of the first metric first"),
}).readonly().meta({
  id: "LeaderboardExperiment",
  description: "Arms that can be compared: same settings but for arm and seed, same model, prompt, grader, problems " +
    "and number of samples",
});

/** The content of results/leaderboard.json. */
export const LEADERBOARD = z.strictObject({
  schemaVersion: z.literal(1).describe("the version of this schema"),
  experiments: z.array(EXPERIMENT).readonly().describe("by name"),
}).readonly();

/** The published JSON Schema of the leaderboard: `results/schema/leaderboard-v1.schema.json`. */
export function leaderboardJsonSchema(): JsonSchema {
  return publishedSchema(LEADERBOARD, {
    $id: "urn:soft-grpo-bench:leaderboard-v1",
    title: "soft-grpo-bench leaderboard, schema version 1",
    description: "Derived from results/v1 by `deno task leaderboard`; fields are explained in results/README.md.",
  });
}
