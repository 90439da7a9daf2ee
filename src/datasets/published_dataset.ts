/**
 * What is known of a dataset that others published: where its file lies, what its bytes and its rows must be, its
 * licence, and its known faults.
 *
 * @module
 */
import type { Pin } from "./pin.ts";
import type { ProblemKind } from "./problem_kind.ts";
import type { RowReader } from "./rows.ts";

/** One published file that holds exactly the dataset's rows, in order. */
export interface PublishedFile {
  /** Addresses that serve these bytes; each names a full commit. */
  readonly urls: readonly string[];
  /** What the bytes must be. */
  readonly pin: Pin;
  /** From bytes to rows. */
  readonly read: RowReader;
}

/** One correction of a published row: `published` is replaced by `correct` inside `field`, everywhere it occurs. */
export interface Erratum {
  /** Of the problem. */
  readonly id: string;
  /** Which part of it is wrong. */
  readonly field: "question" | "answer";
  /** The wrong text. */
  readonly published: string;
  /** The right text. */
  readonly correct: string;
  /** Why it is known to be wrong. */
  readonly evidence: string;
}

/** A dataset of the registry, without its rows. */
export interface PublishedDataset {
  /** As on the command line. */
  readonly name: string;
  /** What it is for; sets out of domain are fetched by name alone. */
  readonly use: DatasetUse;
  /** What its problems ask for; absent: mathematics. */
  readonly kind?: ProblemKind;
  /** Which publication of the rows. */
  readonly version: string;
  /** Rows in the dataset; absent where it was never counted. */
  readonly rows?: number;
  /** Hash of the normalised rows, as published; absent where they were never read when this file was written. */
  readonly rowsSha256?: string;
  /** Licence of the rows. */
  readonly licence: string;
  /** Files in order of preference. */
  readonly files: readonly PublishedFile[];
  /** Known faults of the rows. */
  readonly errata: readonly Erratum[];
  /** Whether `$` stands for dollars in its questions rather than for formulas. */
  readonly currency?: true;
  /** Whether its owners ask that no problem be shown in plain text: no report holds samples of it. */
  readonly withheld?: true;
}

/** What a dataset is for. */
export type DatasetUse = "evaluation" | "out-of-domain" | "training";

const GITHUB_RAW = "https://raw.githubusercontent.com";
/** Serves files that a repository keeps in Git LFS. */
const GITHUB_MEDIA = "https://media.githubusercontent.com/media";

/** Hosts that the registry's addresses name: all that fetching needs the network for. */
export const PUBLISHED_HOSTS = [GITHUB_RAW, GITHUB_MEDIA].map((origin) => new URL(origin).host);

/** Address of a file in a repository at a commit; `+` and spaces in the path are escaped. */
export function githubFile(repository: string, commit: string, path: string): string {
  return `${GITHUB_RAW}/${repository}/${commit}/${escapePath(path)}`;
}

/** The same for a file in Git LFS. */
export function githubLargeFile(repository: string, commit: string, path: string): string {
  return `${GITHUB_MEDIA}/${repository}/${commit}/${escapePath(path)}`;
}

/** Address of a file that the SofT-GRPO code evaluates or trains on. */
export function softGrpoFile(name: string): string {
  return githubFile(
    "zz1358m/SofT-GRPO-master",
    "2b9d8ec6d8f022f2aefe7a1c2512dcb9924cddfe",
    `Soft-Thinking+noise+loss-main/datasets/${name}`,
  );
}

/** Address of the same file in the Soft Thinking repository, from which those files come. */
export function softThinkingFile(name: string): string {
  return githubFile("eric-ai-lab/Soft-Thinking", "b97407c60d5e971da4a4fe76f405d6e236d0ddfa", `datasets/${name}`);
}

/** Address of an evaluation file of Open-Reasoner-Zero. */
export function openReasonerZeroFile(name: string): string {
  return githubFile(
    "Open-Reasoner-Zero/Open-Reasoner-Zero",
    "3fdd9a07b4fb01e06005e6e74fc56690cde8a341",
    `data/eval_data/${name}`,
  );
}

/** Address of an evaluation file of evalchemy. */
export function evalchemyFile(path: string): string {
  return githubFile(
    "mlfoundations/evalchemy",
    "6ed674159b37f740f2353a86f596f49f6ac13c19",
    `eval/chat_benchmarks/${path}`,
  );
}

/** Address of a data file of Qwen2.5-Math. */
export function qwenMathFile(path: string): string {
  return githubFile("QwenLM/Qwen2.5-Math", "a45202bd16f1ec06f433442dc1152d0074773465", `evaluation/data/${path}`);
}

function escapePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
