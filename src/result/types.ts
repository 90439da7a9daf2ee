/**
 * What a result file holds. Made from the schema by `deno task schemas`; do not edit.
 *
 * @module
 */
import type { JsonObject, JsonValue } from "../files/json.ts";
import type { DatasetMetrics, ProblemCounts, Softness } from "../metrics/types.ts";
import type { CurvePoint } from "../training/curve.ts";

/** What became of a run. */
export type ResultStatus = "completed" | "failed" | "smoke" | "imported";

/** One dataset under one arm. */
export interface DatasetResult {
  /** As on the command line. */
  readonly name: string;
  /** Names a publication of the rows, errata included. */
  readonly version: string;
  /** Of the rows, whatever file they came from. */
  readonly sha256: string | null;
  /** What its problems ask for; absent: mathematics, which stands in no result beside other kinds. */
  readonly kind?: "mathematics" | "multiple-choice" | "python-function" | "python-tests";
  /** How much of the dataset the result is about. */
  readonly coverage: {
    /** Problems of this result (an integer of at least 1). */
    readonly scored: number;
    /** Problems of the dataset; null where that is not known (an integer of at least 1). */
    readonly of: number | null;
  };
  /** Counts by problem, in the dataset's order. */
  readonly problems: readonly ProblemCounts[];
  /** What follows from `problems`. */
  readonly metrics: DatasetMetrics;
}

/** A result file, schema v2. */
export interface Result {
  /** The version of this schema. */
  readonly schemaVersion: 2;
  /** What the file of an earlier version from which this was made could not say. */
  readonly lacks?: readonly string[];
  /**
   * Version of the rule of `low` and `high` (docs/statistics.md); absent: an earlier one, and whoever reads the file
   * derives them anew.
   */
  readonly intervals?: 2;
  /** `smoke`: ran on fewer problems than the datasets hold (`--limit`); `imported`: counts that others published. */
  readonly status: ResultStatus;
  /** Why it failed; present exactly where `status` is `failed`. */
  readonly error?: string;
  /** Where imported counts were published; present exactly where `status` is `imported`. */
  readonly source?: string;
  /** What was asked for. */
  readonly experiment: {
    /** Of the experiment. */
    readonly name: string;
    /** The resolved configuration of this arm and seed, whole. */
    readonly config: JsonObject;
    /** Its hash. */
    readonly configSha256: string;
  };
  /** Which competitor, under which seed. */
  readonly arm: {
    /** Unique among the arms of the experiment, decoding included. */
    readonly label: string;
    /** What trained it, as the configuration names it; `base` where nothing was trained. */
    readonly algorithm: string;
    /** Named settings of the algorithm, such as `paper`, `release`. */
    readonly preset: string | null;
    /** Name of its decoding in the experiment: `matched`, `soft-thinking`, … */
    readonly decoding: string;
    /** Of training and sampling (an integer). */
    readonly seed: number;
    /**
     * What it was trained for, as it ran: advantage, loss, reward, and `training` with optimizer, batch and updates;
     * null where nothing was trained.
     */
    readonly objective: JsonObject | null;
  };
  /** How it was decoded, in full: thoughts, answers, end of thinking, longest completion. */
  readonly decoding: {
    /** In words, as tables name it. */
    readonly text: string;
    /** Whether it is the one under which the experiment compares arms like for like. */
    readonly matched: boolean;
    /** Others by name. */
    readonly [name: string]: JsonValue;
  };
  /** What was trained and sampled. */
  readonly model: {
    /** Of the base model. */
    readonly name: string;
    /** Where it is from: `org/name@revision` or a folder. */
    readonly source: string;
    /** Of its weights. */
    readonly sha256: string | null;
    /** Number of weights (an integer of at least 0). */
    readonly parameters: number | null;
    /** Of the tokenizer. */
    readonly tokenizerSha256: string | null;
    /** Of the prompt template. */
    readonly promptSha256: string | null;
    /**
     * `sha256` of the trained weights and `steps`, of an adapter its `sha256` and how many `parameters` it has; empty
     * where nothing was trained.
     */
    readonly trained: JsonObject;
  };
  /** What decided right and wrong. */
  readonly grader: {
    /** Of the grader. */
    readonly name: string;
    /** Results of different versions are not compared. */
    readonly version: string;
  };
  /** Which code ran. */
  readonly code: {
    /** Of this program. */
    readonly version: string;
    /** Of the code that ran. */
    readonly commit: string | null;
    /** Whether it differed from the commit. */
    readonly dirty: boolean;
    /** Of the lock file of packages. */
    readonly lockSha256: string | null;
  };
  /** And further facts by backend; nothing that may differ between two equal runs, such as the workers. */
  readonly device: {
    /** Where the model computed. */
    readonly backend: string;
    /** `bitwise`: same bytes on any machine and number of workers; `same-shape`: for the same batch shapes. */
    readonly reproducibility: "bitwise" | "same-shape" | "statistical";
    /** Others by name. */
    readonly [name: string]: JsonValue;
  };
  /** One entry per dataset. */
  readonly datasets: readonly DatasetResult[];
  /** Unweighted means over the datasets of what all of them have. */
  readonly average: DatasetMetrics;
  /** Mean over samples of the positions before the end of thinking (a number of at least 0). */
  readonly thoughtTokens: number | null;
  /** And from there on (a number of at least 0). */
  readonly answerTokens: number | null;
  /** How soft the thoughts were; null where there were none. */
  readonly softness: Softness | null;
  /**
   * Share of samples that are letter for letter those of the matched decoding under the same noise; null where there
   * is no such decoding (a number in [0, 1]).
   */
  readonly likeMatched: number | null;
  /** What training did. */
  readonly training: {
    /** Training steps; 0 where nothing was trained (an integer of at least 0). */
    readonly steps: number;
    /** A point per step. */
    readonly curve: readonly CurvePoint[];
    /** |log-density as drawn - as replayed before the update|; null where nothing was trained. */
    readonly mismatch: {
      /** Mean over steps (a number of at least 0). */
      readonly mean: number;
      /** Largest of any position (a number of at least 0). */
      readonly max: number;
    } | null;
    /** Training problems that did not fit the model, where those are left out (an integer of at least 0). */
    readonly leftOutProblems?: number;
    /** What a reader has to know: a run that learned nothing, … */
    readonly notes: readonly string[];
  };
  /** Evaluation problems that training may have seen. */
  readonly overlap: {
    /** Distinct training problems (an integer of at least 0). */
    readonly trainingProblems: number;
    /** How many of them are evaluation problems, by id or question (an integer of at least 0). */
    readonly sharedWithEvaluation: number;
  };
  /** All that may differ between two equal runs. */
  readonly run: {
    /** ISO 8601, UTC. */
    readonly startedAt: string;
    /** Wall time since `startedAt`; of a run that was interrupted, its last start (a number of at least 0). */
    readonly durationSeconds: number;
    /** Name of the machine. */
    readonly host: string;
    /** Others by name. */
    readonly [name: string]: JsonValue;
  };
}
