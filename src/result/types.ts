/**
 * Result schema v1 as types: what one evaluated arm of an experiment leaves behind. Counts and votes per problem are the
 * truth; `metrics` and `average` follow from them. `results/README.md` explains every field with its unit.
 *
 * @module
 */

/** The version of the schema that this code writes. */
export const SCHEMA_VERSION = 1;

/** Any JSON value. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  /** A value by its key. */
  readonly [key: string]: JsonValue;
}

/** `smoke`: ran on fewer problems than the datasets hold; `imported`: counts published by others. */
export type ResultStatus = "completed" | "failed" | "smoke" | "imported";

/** How exactly the same configuration gives the same counts again. */
export type Reproducibility = "bitwise" | "same-shape" | "statistical";

/** One canonical answer of a problem, how many samples gave it, and whether it is right. */
export type Vote = readonly [answer: string, count: number, correct: boolean];

/** What the samples of one problem came to. `n = Σ votes + unextracted + graderErrors`, `c = Σ right votes`. */
export interface ProblemCounts {
  /** Unique in its dataset. */
  readonly id: string;
  /** Samples. */
  readonly n: number;
  /** Correct samples. */
  readonly c: number;
  /** Distinct canonical answers, most frequent first, equal counts by answer. Absent only where imported. */
  readonly votes?: readonly Vote[];
  /** Tokens a sample, thought and answer together; `correctMean` is null where no sample is correct. */
  readonly tokens?: { readonly mean: number; readonly correctMean: number | null };
  /** Samples that met the length limit. */
  readonly truncated?: number;
  /** Samples in which no answer was found. */
  readonly unextracted?: number;
  /** Samples on which the grader itself failed. */
  readonly graderErrors?: number;
}

/** A mean over problems, in [0, 1], with its 95 % interval for new problems and two standard errors. */
export interface Estimate {
  /** The mean. */
  readonly value: number;
  /** Lower end of the 95 % interval. */
  readonly low: number;
  /** Upper end of the 95 % interval. */
  readonly high: number;
  /** Standard error for new problems of the same kind; null for a single problem. */
  readonly seNew: number | null;
  /** Standard error on these very problems: sampling noise alone; null where the samples cannot tell. */
  readonly seSet: number | null;
  /**
   * Pass@k: `unbiased` where 2k ≤ n. Majority@k: `jackknife` there, which errs on the large side. Else `plug-in`, which
   * takes the observed frequencies for the true ones and is too small near 0 and 1.
   */
  readonly seSetMethod: "unbiased" | "jackknife" | "plug-in" | null;
}

/** Estimates by number of samples k, a decimal string. */
export type EstimatesByK = Readonly<Record<string, Estimate>>;

/** What follows from the counts of one dataset. */
export interface DatasetMetrics {
  /** Pass@k. */
  readonly passAt: EstimatesByK;
  /** Empty where a problem has no votes. */
  readonly majorityAt: EstimatesByK;
  /** Mean over problems of the mean tokens of a sample. */
  readonly meanTokens: number | null;
  /** The same of correct samples, over the problems that have one. */
  readonly meanTokensCorrect: number | null;
  /** Shares of all samples, in [0, 1]. */
  readonly truncated: number | null;
  /** Share without an answer that could be read. */
  readonly unextracted: number | null;
  /** Share on which the grader itself failed. */
  readonly graderErrors: number | null;
}

/** One dataset under one arm. */
export interface DatasetResult {
  /** As on the command line. */
  readonly name: string;
  /** Which publication of the rows. */
  readonly version: string;
  /** Of the problems' rows, whatever file they came from. */
  readonly sha256: string | null;
  /** In the dataset's order. */
  readonly problems: readonly ProblemCounts[];
  /** What follows from `problems`. */
  readonly metrics: DatasetMetrics;
}

/** One training step: `step` counts from 1; every other number is a mean over the step's completions. */
export interface CurvePoint {
  /** From 1. */
  readonly step: number;
  /** In [0, 1]. */
  readonly reward: number;
  /** What the update minimised. */
  readonly loss?: number;
  /** Norm of the gradient before clipping. */
  readonly gradientNorm?: number;
  /** Of the optimizer in this step. */
  readonly learningRate?: number;
  /** Tokens a completion. */
  readonly tokens?: number;
  /** Share of completions at the length limit. */
  readonly truncated?: number;
  /** Share of groups whose rewards are all equal. */
  readonly equalGroups?: number;
  /** Divergence to the reference policy, nats. */
  readonly kl?: number;
  /** Further figures by name. */
  readonly [figure: string]: number | undefined;
}

/** A result file, schema v1. */
export interface Result {
  /** The version of the schema. */
  readonly schemaVersion: 1;
  /** What became of the run. */
  readonly status: ResultStatus;
  /** Why it failed; only where `status` is `failed`. */
  readonly error?: string;
  /** What was asked for. */
  readonly experiment: {
    readonly name: string;
    /** The resolved configuration. */
    readonly config: JsonObject;
    readonly configSha256: string;
  };
  /** Which competitor, under which seed. */
  readonly arm: {
    /** Unique among the arms of its experiment, decoding included; letters, digits, `.`, `_`, `-`. */
    readonly label: string;
    /** An algorithm's name, or `base` where nothing was trained. */
    readonly algorithm: string;
    /** `paper`, `release`, …; null where the algorithm has none. */
    readonly preset: string | null;
    /** `discrete`, `soft-thinking`, … */
    readonly decoding: string;
    readonly seed: number;
    /** Sampling settings as they were in force: temperature, topP, topK, maxTokens, … */
    readonly sampling: JsonObject;
  };
  /** What was trained and sampled. */
  readonly model: {
    readonly name: string;
    /** Where the base model is from: `org/name@revision`, or a folder of the repository. */
    readonly source: string;
    /** Of the base model's weights. */
    readonly sha256: string | null;
    readonly parameters: number | null;
    readonly tokenizerSha256: string | null;
    readonly promptSha256: string | null;
    /** What training left: `sha256` of the trained weights, `steps`; empty where nothing was trained. */
    readonly trained: JsonObject;
  };
  /** What judged the answers. */
  readonly grader: { readonly name: string; readonly version: string };
  /** The program that computed it. */
  readonly code: {
    readonly version: string;
    readonly commit: string | null;
    readonly dirty: boolean;
    readonly lockSha256: string | null;
  };
  /** `backend`, `reproducibility`, versions; nothing that may differ between two equal runs, such as the workers. */
  readonly device: {
    readonly backend: string;
    readonly reproducibility: Reproducibility;
    readonly [fact: string]: JsonValue;
  };
  /** One entry a dataset. */
  readonly datasets: readonly DatasetResult[];
  /** Unweighted means over the datasets, for every k that all of them have. */
  readonly average: DatasetMetrics;
  /** What training did; no steps where nothing was trained. */
  readonly training: { readonly steps: number; readonly curve: readonly CurvePoint[] };
  /** Evaluation problems that training may have seen. */
  readonly overlap: { readonly trainingProblems: number; readonly sharedWithEvaluation: number };
  /** Where imported counts were published. */
  readonly source?: string;
  /** Alone in holding what differs between two equal runs. */
  readonly run: {
    /** ISO 8601, UTC. */
    readonly startedAt: string;
    readonly durationSeconds: number;
    readonly host: string;
    readonly [fact: string]: JsonValue;
  };
}

/** A result before its metrics are derived. */
export type ResultCounts = Omit<Result, "datasets" | "average"> & {
  readonly datasets: readonly Omit<DatasetResult, "metrics">[];
};
