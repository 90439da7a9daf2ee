/**
 * What results/leaderboard.json holds. Made from the schema by `deno task schemas`; do not edit.
 *
 * @module
 */

/**
 * Arms that can be compared: same settings but for arm and seed, same model, prompt, grader, problems and number of
 * samples.
 */
export interface LeaderboardExperiment {
  /** Of the experiment. */
  readonly name: string;
  /** Name of the base model. */
  readonly model: string;
  /** Where it is from. */
  readonly modelSource: string;
  /** Of its weights. */
  readonly modelSha256: string | null;
  /** Its name and version. */
  readonly grader: string;
  /** Per problem (an integer of at least 1). */
  readonly samples: number;
  /** With their number of problems. */
  readonly datasets: readonly {
    /** As on the command line. */
    readonly name: string;
    /** Of its rows. */
    readonly version: string;
    /** How many (an integer of at least 1). */
    readonly problems: number;
  }[];
  /** The one that orders the rows first. */
  readonly metrics: readonly string[];
  /** Where imported counts were published; else the command that runs it again. */
  readonly from: string;
  /** Best average of the first metric first. */
  readonly rows: readonly LeaderboardRow[];
}

/** One arm under all its seeds. */
export interface LeaderboardRow {
  /** Label of the arm. */
  readonly arm: string;
  /** What it is and whose; null where the results do not say. */
  readonly title?: string | null;
  /** What trained it; `base` where nothing did. */
  readonly algorithm: string;
  /** Named settings of the algorithm. */
  readonly preset: string | null;
  /** How its thoughts are decoded. */
  readonly decoding: string;
  /** Ascending; they stand together in one row. */
  readonly seeds: readonly number[];
  /** Why it is not an ordinary row; `one seed` of a trained arm. */
  readonly marks: readonly Mark[];
  /** Unweighted mean over the datasets, by metric. */
  readonly average: LeaderboardMetrics;
  /** The same by dataset, in the order of `datasets`. */
  readonly byDataset: readonly LeaderboardMetrics[];
  /** Tokens per sample, mean over seeds and datasets, as those below (a number of at least 0). */
  readonly meanTokens: number | null;
  /** Share of samples cut off at the length limit (a number in [0, 1]). */
  readonly truncated: number | null;
  /** Share of samples without an answer that could be found (a number in [0, 1]). */
  readonly unextracted: number | null;
  /** Share of samples on which the grader failed (a number in [0, 1]). */
  readonly graderErrors: number | null;
  /** Day of the latest result, UTC. */
  readonly date: string;
  /** Of the code that ran. */
  readonly commits: readonly string[];
  /** Where the model computed. */
  readonly backends: readonly string[];
  /** Result files, relative to the results folder, by seed. */
  readonly files: readonly string[];
}

/** Why a row is not an ordinary one. */
export type Mark = "imported" | "smoke" | "uncommitted code" | "one seed" | "several commits";

/** A mean with its interval. */
export interface LeaderboardEstimate {
  /** Mean over problems, and over seeds where the arm was trained (a number in [0, 1]). */
  readonly value: number;
  /** Lower end of the 95 % interval for new problems and, with several trained seeds, new seeds (a number in [0, 1]). */
  readonly low: number;
  /** Its upper end (a number in [0, 1]). */
  readonly high: number;
  /** Between trained seeds; null for fewer than two (a number of at least 0). */
  readonly seedDeviation: number | null;
}

/** Estimates by metric: `pass@1`, `majority@32`. */
export type LeaderboardMetrics = Readonly<Record<string, LeaderboardEstimate>>;

/** The content of results/leaderboard.json. */
export interface Leaderboard {
  /** The version of this schema. */
  readonly schemaVersion: 1;
  /** By name. */
  readonly experiments: readonly LeaderboardExperiment[];
}
