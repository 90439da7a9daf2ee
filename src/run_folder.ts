/**
 * Where an experiment's work lies until it is published: `runs/<experiment>-<hash8>/`, git-ignored.
 *
 * @module
 */
import { type ArmRun, jsonSha256, type ResolvedEvaluation } from "./config.ts";

const HASH_DIGITS = 8;

/** Paths of one experiment's work. */
export class RunFolder {
  readonly path: string;

  /**
   * @param root folder of all runs
   * @param identity everything that decides the numbers: resolved configuration, hashes of model and datasets, version
   */
  constructor(root: string, name: string, identity: unknown) {
    this.path = `${root}/${name}-${jsonSha256(identity).slice(0, HASH_DIGITS)}`;
  }

  /** Creates the folder, with what it was made from in `config.json`. */
  prepare(description: unknown): void {
    Deno.mkdirSync(this.path, { recursive: true });
    Deno.writeTextFileSync(`${this.path}/config.json`, JSON.stringify(description, null, 2) + "\n");
  }

  /** Checkpoints of one arm, `step-N` each. */
  checkpoints(run: ArmRun): string {
    return `${this.path}/checkpoints/${fileLabel(run)}`;
  }

  /** One line a training step. */
  metricsFile(run: ArmRun): string {
    return this.#file("metrics", `${fileLabel(run)}.jsonl`);
  }

  /** Samples of one evaluation of an arm on one dataset. */
  samplesFile(run: ArmRun, { label }: ResolvedEvaluation, dataset: string): string {
    return this.#file(`samples/${fileLabel(run, label)}`, datasetFileName(dataset));
  }

  /** The finished result of one evaluation of an arm, before it is published. */
  resultFile(run: ArmRun, { label }: ResolvedEvaluation): string {
    return this.#file("results", `${fileLabel(run, label)}.json`);
  }

  #file(folder: string, name: string): string {
    Deno.mkdirSync(`${this.path}/${folder}`, { recursive: true });
    return `${this.path}/${folder}/${name}`;
  }
}

/** `discrete-grpo-s1`. */
export function runLabel({ arm, seed }: ArmRun): string {
  return `${arm.label}-s${seed}`;
}

/** The label with a hash of the arm's settings, so that an arm that was edited starts anew. */
function fileLabel({ arm, seed }: ArmRun, label = arm.label): string {
  return `${label}-s${seed}-${jsonSha256(arm).slice(0, HASH_DIGITS)}`;
}

/** The file of a dataset's samples; a dataset that was named by a path is one name too. */
export function datasetFileName(dataset: string): string {
  return `${dataset.replace(/[^\w.+-]+/g, "_")}.jsonl`;
}
