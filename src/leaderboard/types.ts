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
  readonly datasets: readonly ({
    /** As on the command line. */
    readonly name: string;
    /** Of its rows. */
    readonly version: string;
    /** How many were scored (an integer of at least 1). */
    readonly problems: number;
    /** How many it holds; null where that is not known (an integer of at least 1). */
    readonly of: number | null;
    /** What its problems ask for; absent: mathematics. */
    readonly kind?: "mathematics" | "multiple-choice" | "python-function" | "python-tests";
  })[];
  /** The one that orders the rows first. */
  readonly metrics: readonly string[];
  /** Where imported counts were published; else the command that runs it again. */
  readonly from: string;
  /** The decoding under which arms are compared, in words; null where there is none. */
  readonly matched: string | null;
  /** What does what; empty without a matched decoding. */
  readonly attribution: readonly LeaderboardAttribution[];
  /** The same in sentences. */
  readonly statements: readonly string[];
  /** Best average of the first metric first. */
  readonly rows: readonly LeaderboardRow[];
}

/** What one thing does, as a difference of two rows. */
export interface LeaderboardAttribution {
  /** `filter`, `softness`, `training`, …: what the difference is about. */
  readonly question: string;
  /** Label of a row. */
  readonly arm: string;
  /** Label of the row that is taken off. */
  readonly reference: string;
  /** Names of all settings in which the two differ. */
  readonly differs: readonly string[];
  /** By metric. */
  readonly differences: Readonly<Record<string, LeaderboardDifference>>;
}

/** One row less another in one metric. */
export interface LeaderboardDifference {
  /** Mean of the paired differences. */
  readonly value: number;
  /** Lower end of the interval that belongs to the mark. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
  /** Whether it holds for new seeds too, for these trained models, or cannot be told. */
  readonly certainty: "clear" | "these-models" | "none";
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
  /** Name of its decoding. */
  readonly decoding: string;
  /** Its decoding in words: thoughts, temperature, filter, answers. */
  readonly decodingText: string;
  /** Whether that is the decoding under which arms are compared like for like. */
  readonly matched: boolean;
  /** Whether that is the decoding it was trained with. */
  readonly own: boolean;
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
  /** Of them before the end of thinking (a number of at least 0). */
  readonly thoughtTokens: number | null;
  /** And from there on (a number of at least 0). */
  readonly answerTokens: number | null;
  /** How soft its thoughts were; null where there were none, or it is not known. */
  readonly softness: {
    /** Mean weight of the heaviest entry of a thought (a number in [0, 1]). */
    readonly topWeight: number;
    /** Mean entropy of a thought's mixture, nats (a number of at least 0). */
    readonly entropy: number;
    /** Share of thoughts whose heaviest entry weighs more than 0.99 (a number in [0, 1]). */
    readonly oneToken: number;
  } | null;
  /**
   * Share of samples that are letter for letter those of the matched decoding; null where there is none (a number in
   * [0, 1]).
   */
  readonly likeMatched: number | null;
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
export type Mark =
  | "imported"
  | "smoke"
  | "part of a dataset"
  | "uncommitted code"
  | "one seed"
  | "several commits"
  | "trained on test problems";

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
  /** Lower end of where one more seed would land on these problems; null likewise (a number in [0, 1]). */
  readonly nextLow: number | null;
  /** Its upper end (a number in [0, 1]). */
  readonly nextHigh: number | null;
}

/** Estimates by metric: `pass@1`, `majority@32`. */
export type LeaderboardMetrics = Readonly<Record<string, LeaderboardEstimate>>;

/** The content of results/leaderboard.json. */
export interface Leaderboard {
  /** The version of this schema. */
  readonly schemaVersion: 2;
  /** By name. */
  readonly experiments: readonly LeaderboardExperiment[];
}
