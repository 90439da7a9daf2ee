/**
 * Result schema v1 as types: what one evaluated arm of an experiment leaves behind. Counts and votes per problem are the
 * truth; `metrics` and `average` follow from them. `results/README.md` explains every field with its unit.
 *
 * @module
 */
import type { Reproducibility } from "../models/language_model.ts";
import type { JsonObject, JsonValue } from "../files/json.ts";
import type { DatasetMetrics, ProblemCounts } from "../metrics/types.ts";
import type { CurvePoint } from "../training/curve.ts";

/** The version of the schema that this code writes. */
export const SCHEMA_VERSION = 1;
/** `smoke`: ran on fewer problems than the datasets hold; `imported`: counts published by others. */
export type ResultStatus = "completed" | "failed" | "smoke" | "imported";

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
  /** One entry per dataset. */
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
