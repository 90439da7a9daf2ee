/**
 * Result schema v2: what one evaluated arm of an experiment leaves behind. Counts and votes per problem are the truth;
 * `metrics` and `average` follow from them. From this come the types, the published JSON Schema, the table of fields in
 * `results/README.md`, the order of keys in a file, and the error that names the place of a fault.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { PROBLEM_KINDS } from "../datasets/problem_kind.ts";
import type { JsonValue } from "../files/json.ts";
import { type JsonSchema, publishedSchema } from "../files/json_schema.ts";
import { INTERVALS_VERSION } from "../metrics/estimate.ts";
import type { Reproducibility } from "../models/language_model.ts";

const COUNT = z.int().min(0);
const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
const JSON_VALUE = z.custom<JsonValue>();
const JSON_OBJECT = z.record(z.string(), JSON_VALUE).readonly();

const REPRODUCIBILITY = ["bitwise", "same-shape", "statistical"] as const satisfies readonly Reproducibility[];

const STATUS = z.enum(["completed", "failed", "smoke", "imported"]).meta({
  id: "ResultStatus",
  description: "What became of a run",
});

const EXPERIMENT = z.strictObject({
  name: z.string().min(1).describe("of the experiment"),
  config: JSON_OBJECT.describe("the resolved configuration of this arm and seed, whole"),
  configSha256: SHA256.describe("its hash"),
}).readonly();

const ARM = z.strictObject({
  label: z.string().regex(/^[A-Za-z0-9._-]+$/).describe(
    "unique among the arms of the experiment, decoding included",
  ),
  algorithm: z.string().describe("what trained it, as the configuration names it; `base` where nothing was trained"),
  preset: z.string().nullable().describe("named settings of the algorithm, such as `paper`, `release`"),
  decoding: z.string().describe("name of its decoding in the experiment: `matched`, `soft-thinking`, …"),
  seed: z.int().describe("of training and sampling"),
  objective: JSON_OBJECT.nullable().describe(
    "what it was trained for, as it ran: advantage, loss, reward, and `training` with optimizer, batch and updates; " +
      "null where nothing was trained",
  ),
}).readonly();

const DECODING = z.object({
  text: z.string().min(1).describe("in words, as tables name it"),
  matched: z.boolean().describe("whether it is the one under which the experiment compares arms like for like"),
}).catchall(JSON_VALUE).readonly();

/** Of a figure over thought positions. */
const SPREAD = z.strictObject({
  mean: z.number().describe("over positions"),
  quartiles: z.tuple([z.number(), z.number(), z.number()]).readonly().describe(
    "25, 50 and 75 %, to the thousandth",
  ),
}).readonly().meta({ id: "Spread", description: "A figure over thought positions" });

const SOFTNESS = z.strictObject({
  positions: z.int().min(1).describe("thought positions of all samples"),
  topWeight: SPREAD.describe("weight of the heaviest entry of a mixture; 1 for a token"),
  entropy: SPREAD.describe("of a mixture, nats"),
  divergence: SPREAD.describe("Jensen-Shannon, of a mixture from its heaviest token, nats"),
  entries: SPREAD.describe("entries with a weight of at least 0.01"),
  oneToken: z.number().min(0).max(1).describe("share of positions whose heaviest entry weighs more than 0.99"),
  noiseShare: z.number().min(0).exactOptional().describe(
    "length of the added noise over that of the mean embedding, where noise is added to embeddings",
  ),
}).readonly().meta({ id: "Softness", description: "How soft the thoughts were" });

const MISMATCH = z.strictObject({
  mean: z.number().min(0).describe("mean over steps"),
  max: z.number().min(0).describe("largest of any position"),
}).readonly();

const MODEL = z.strictObject({
  name: z.string().describe("of the base model"),
  source: z.string().describe("where it is from: `org/name@revision` or a folder"),
  sha256: SHA256.nullable().describe("of its weights"),
  parameters: COUNT.nullable().describe("number of weights"),
  tokenizerSha256: SHA256.nullable().describe("of the tokenizer"),
  promptSha256: SHA256.nullable().describe("of the prompt template"),
  trained: JSON_OBJECT.describe(
    "`sha256` of the trained weights and `steps`, of an adapter its `sha256` and how many `parameters` it has; empty where nothing was trained",
  ),
}).readonly();

const CODE = z.strictObject({
  version: z.string().describe("of this program"),
  commit: z.string().regex(/^[0-9a-f]{7,64}$/).nullable().describe("of the code that ran"),
  dirty: z.boolean().describe("whether it differed from the commit"),
  lockSha256: SHA256.nullable().describe("of the lock file of packages"),
}).readonly();

const DEVICE = z.object({
  backend: z.string().describe("where the model computed"),
  reproducibility: z.enum(REPRODUCIBILITY).describe(
    "`bitwise`: same bytes on any machine and number of workers; `same-shape`: for the same batch shapes",
  ),
}).catchall(JSON_VALUE).readonly();

const SHARE = z.number().min(0).max(1);

const VOTE = z.tuple([
  z.string().describe("answer"),
  z.int().min(1).describe("count"),
  z.boolean().describe("correct"),
]).readonly()
  .meta({
    id: "Vote",
    description: "One canonical answer of a problem, how many samples gave it, and whether it is right",
  });

const TOKENS = z.strictObject({
  mean: z.number().min(0).describe("of a sample, thought and answer together"),
  correctMean: z.number().min(0).nullable().describe("of a correct sample; null where there is none"),
}).readonly();

const PROBLEM_COUNTS = z.strictObject({
  id: z.string().min(1).describe("of the dataset, unique in it"),
  n: z.int().min(1).describe("samples: `n = Σ votes + unextracted + graderErrors`"),
  c: COUNT.describe("correct samples: the sum of the right votes"),
  votes: z.array(VOTE).readonly().exactOptional().describe(
    "`[answer, count, correct]` of each distinct answer in canonical form, most frequent first, equal counts by " +
      "answer; absent where answers are programs, on which there is no vote",
  ),
  tokens: TOKENS.exactOptional().describe("mean number of tokens"),
  truncated: COUNT.exactOptional().describe("samples cut off at the length limit"),
  unextracted: COUNT.exactOptional().describe("samples in which no answer was found"),
  graderErrors: COUNT.exactOptional().describe(
    "samples on which the grader itself failed: blank ballots in the vote, not correct in Pass@k",
  ),
}).readonly().meta({
  id: "ProblemCounts",
  description: "What the samples of one problem came to; an imported problem may have `id`, `n` and `c` alone",
});

const ESTIMATE = z.strictObject({
  value: SHARE.describe("mean over problems"),
  low: SHARE.describe("lower end of the 95 % interval for new problems of the same kind"),
  high: SHARE.describe("its upper end"),
  seNew: z.number().min(0).nullable().describe("standard error for new problems; null for a single problem"),
  seSet: z.number().min(0).nullable().describe(
    "standard error on these very problems, sampling noise alone; null where the samples cannot tell",
  ),
  seSetMethod: z.enum(["unbiased", "jackknife", "plug-in"]).nullable().describe(
    "Pass@k: `unbiased` where 2k ≤ n; majority@k: `jackknife` there, which errs on the large side; else `plug-in`, " +
      "which takes the observed frequencies for the true ones and is too small near 0 and 1",
  ),
}).readonly().meta({
  id: "Estimate",
  description: "A mean over problems with its interval and two standard errors",
});

const ESTIMATES_BY_K = z.record(z.string().regex(/^[1-9][0-9]*$/), ESTIMATE).readonly()
  .meta({ id: "EstimatesByK", description: "Estimates by number of samples k, a decimal string" });

const DATASET_METRICS = z.strictObject({
  passAt: ESTIMATES_BY_K.describe("Pass@k by k"),
  majorityAt: ESTIMATES_BY_K.describe("majority@k by k; empty where a problem has no votes"),
  meanTokens: z.number().min(0).nullable().describe("mean over problems of the mean tokens of a sample"),
  meanTokensCorrect: z.number().min(0).nullable().describe(
    "the same of correct samples, over the problems that have one",
  ),
  truncated: SHARE.nullable().describe("share of samples cut off at the length limit"),
  unextracted: SHARE.nullable().describe("share of samples in which no answer was found"),
  graderErrors: SHARE.nullable().describe("share of samples on which the grader itself failed"),
}).readonly().meta({
  id: "DatasetMetrics",
  description: "What follows from the counts of one dataset, or of all",
});

const CURVE_POINT = z.object({
  step: z.int().min(1).describe("from 1"),
  reward: z.number().describe("mean of what completions were paid, those left out on which the grader failed"),
}).catchall(z.number()).readonly().meta({
  id: "CurvePoint",
  description:
    "One training step; other figures are means over the first draw of its completions: `correct` (share of " +
    "right answers), `tokens`, `thoughtTokens`, `answerTokens` (from the end of thinking on), `truncated`, `equalGroups` " +
    "(share of groups whose rewards are all equal); of those that the update takes: `excluded` (share without loss), " +
    "`loss` (what it minimised), `gradientNorm` (before clipping), `learningRate` (of its last update), `kl` (to the reference policy, nats), " +
    "`entropy` (of the softmax before any filter, nats), `clippedLow`, `clippedHigh`, `clippedDual` and their sum " +
    "`clipped` (shares of positions at which a bound of the ratio held), `mismatchMean` and `mismatchMax` (of |log-density " +
    "when drawn - when replayed before the update|) and others; where equal groups are drawn again: " +
    "`redrawnGroups` (how often, per group), `leftOutGroups` (share). A figure that a step has no value of is absent, " +
    "such as `gradientNorm` where no group had a gradient",
});

const DATASET_RESULT = z.strictObject({
  name: z.string().min(1).describe("as on the command line"),
  version: z.string().describe("names a publication of the rows, errata included"),
  sha256: SHA256.nullable().describe("of the rows, whatever file they came from"),
  kind: z.enum(PROBLEM_KINDS).exactOptional().describe(
    "what its problems ask for; absent: mathematics, which stands in no result beside other kinds",
  ),
  coverage: z.strictObject({
    scored: z.int().min(1).describe("problems of this result"),
    of: z.int().min(1).nullable().describe("problems of the dataset; null where that is not known"),
  }).readonly().describe("how much of the dataset the result is about"),
  problems: z.array(PROBLEM_COUNTS).min(1).readonly().describe("counts by problem, in the dataset's order"),
  metrics: DATASET_METRICS.describe("what follows from `problems`"),
}).readonly().meta({ id: "DatasetResult", description: "One dataset under one arm" });

const RUN = z.object({
  startedAt: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/).describe("ISO 8601, UTC"),
  durationSeconds: z.number().min(0).describe(
    "wall time since `startedAt`; of a run that was interrupted, its last start",
  ),
  host: z.string().describe("name of the machine"),
}).catchall(JSON_VALUE).readonly();

/** A result file. */
export const RESULT = z.strictObject({
  schemaVersion: z.literal(2).describe("the version of this schema"),
  lacks: z.array(z.string()).min(1).readonly().exactOptional().describe(
    "what the file of an earlier version from which this was made could not say",
  ),
  intervals: z.literal(INTERVALS_VERSION).exactOptional().describe(
    "version of the rule of `low` and `high` (docs/statistics.md); absent: an earlier one, and whoever reads the file " +
      "derives them anew",
  ),
  status: STATUS.describe(
    "`smoke`: ran on fewer problems than the datasets hold (`--limit`); `imported`: counts that others published",
  ),
  error: z.string().exactOptional().describe("why it failed; present exactly where `status` is `failed`"),
  source: z.string().exactOptional().describe(
    "where imported counts were published; present exactly where `status` is `imported`",
  ),
  experiment: EXPERIMENT.describe("what was asked for"),
  arm: ARM.describe("which competitor, under which seed"),
  decoding: DECODING.describe("how it was decoded, in full: thoughts, answers, end of thinking, longest completion"),
  model: MODEL.describe("what was trained and sampled"),
  grader: z.strictObject({
    name: z.string().describe("of the grader"),
    version: z.string().describe("results of different versions are not compared"),
  }).readonly().describe("what decided right and wrong"),
  code: CODE.describe("which code ran"),
  device: DEVICE.describe(
    "and further facts by backend; nothing that may differ between two equal runs, such as the workers",
  ),
  datasets: z.array(DATASET_RESULT).readonly().describe("one entry per dataset"),
  average: DATASET_METRICS.describe("unweighted means over the datasets of what all of them have"),
  thoughtTokens: z.number().min(0).nullable().describe("mean over samples of the positions before the end of thinking"),
  answerTokens: z.number().min(0).nullable().describe("and from there on"),
  softness: SOFTNESS.nullable().describe("how soft the thoughts were; null where there were none"),
  likeMatched: SHARE.nullable().describe(
    "share of samples that are letter for letter those of the matched decoding under the same noise; null where there " +
      "is no such decoding",
  ),
  training: z.strictObject({
    steps: COUNT.describe("training steps; 0 where nothing was trained"),
    curve: z.array(CURVE_POINT).readonly().describe("a point per step"),
    mismatch: MISMATCH.nullable().describe(
      "|log-density as drawn - as replayed before the update|; null where nothing was trained",
    ),
    leftOutProblems: COUNT.exactOptional().describe(
      "training problems that did not fit the model, where those are left out",
    ),
    notes: z.array(z.string()).readonly().describe("what a reader has to know: a run that learned nothing, …"),
  }).readonly().describe("what training did"),
  overlap: z.strictObject({
    trainingProblems: COUNT.describe("distinct training problems"),
    sharedWithEvaluation: COUNT.describe("how many of them are evaluation problems, by id or question"),
  }).readonly().describe("evaluation problems that training may have seen"),
  run: RUN.describe("all that may differ between two equal runs"),
}).readonly();

/** The published JSON Schema of result files: `results/schema/result-v2.schema.json`. */
export function resultJsonSchema(): JsonSchema {
  return publishedSchema(RESULT, {
    $id: "urn:soft-grpo-bench:result-v2",
    title: "soft-grpo-bench result, schema version 2",
    description: "One evaluated arm of an experiment. Every field is explained in results/README.md.",
  });
}
