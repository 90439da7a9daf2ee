/**
 * Paths of one experiment's work below its run folder, and the names by which an arm under a seed goes in them.
 *
 * @module
 */
import { basename } from "node:path";
import type { Domain } from "../datasets/problem_kind.ts";
import { jsonSha256 } from "../files/hash.ts";
import type { ArmRun, ResolvedEvaluation } from "./resolve.ts";

/** Digits of a hash that tell names apart. */
export const HASH_DIGITS = 8;

/** Paths below one run folder; nothing is made. */
export class RunPaths {
  /** @param path of the run folder */
  constructor(readonly path: string) {}

  /** Names an arm under a seed in this folder and no other. */
  identityOf(run: ArmRun): string {
    return `${basename(this.path)}/${fileLabel(run)}`;
  }

  /** Checkpoints of one arm, `step-N` each. */
  checkpoints(run: ArmRun): string {
    return `${this.path}/checkpoints/${fileLabel(run)}`;
  }

  /** What a backend's own program wrote. */
  get logFile(): string {
    return `${this.path}/torch.log`;
  }

  /** One line a training step. */
  metricsFile(run: ArmRun): string {
    return `${this.path}/metrics/${fileLabel(run)}.jsonl`;
  }

  /** One line a completion that a training drew. */
  rolloutsFile(run: ArmRun): string {
    return `${this.path}/rollouts/${fileLabel(run)}.jsonl`;
  }

  /** Samples of one evaluation of an arm on one dataset. */
  samplesFile(run: ArmRun, { label }: ResolvedEvaluation, dataset: string): string {
    return `${this.path}/samples/${fileLabel(run, label)}/${datasetFileName(dataset)}`;
  }

  /** Whose samples those are: rows of any other file do not fit into it. */
  samplesOwner(run: ArmRun, { label }: ResolvedEvaluation, dataset: string): string {
    return `${this.identityOf(run)}/${label}/${dataset}`;
  }

  /** The finished result of one evaluation of an arm in one domain, before it is published. */
  resultFile(run: ArmRun, { label }: ResolvedEvaluation, domain: Domain = "mathematics"): string {
    const folder = domain === "mathematics" ? "results" : `results/${domain}`;
    return `${this.path}/${folder}/${fileLabel(run, label)}.json`;
  }
}

/** `discrete-grpo-s1`. */
export function runLabel({ arm, seed }: ArmRun): string {
  return `${arm.label}-s${seed}`;
}

/** The label with a hash of the arm's settings, so that an arm that was edited starts anew. */
export function fileLabel({ arm, seed }: ArmRun, label = arm.label): string {
  return `${label}-s${seed}-${jsonSha256(arm).slice(0, HASH_DIGITS)}`;
}

/** The file of a dataset's samples; a dataset that was named by a path is one name too. */
export function datasetFileName(dataset: string): string {
  return `${dataset.replace(/[^\w.+-]+/g, "_")}.jsonl`;
}
