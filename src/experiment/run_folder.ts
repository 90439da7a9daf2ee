/**
 * Where an experiment's work lies until it is published: `runs/<experiment>-<hash8>/`, git-ignored.
 *
 * @module
 */
import type { Domain } from "../datasets/problem_kind.ts";
import { type ArmRun, type ResolvedEvaluation } from "./resolve.ts";
import { BenchError } from "../errors.ts";
import { jsonSha256 } from "../files/hash.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";

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

  /**
   * Creates the folder, with what it was made from in `config.json`, and keeps other processes out of it until the
   * returned lock is disposed of or this process ends, however it ends.
   *
   * @throws {BenchError} If another process works there, or the folder cannot be made
   */
  prepare(description: unknown): Disposable {
    makeFolder(this.path);
    const lock = lockFile(`${this.path}/lock`);
    if (lock === undefined) {
      throw new BenchError(
        `Cannot work in ${this.path}: another process works there\nWait until it has ended, or give --runs another folder`,
      );
    }
    writeFileAtomically(`${this.path}/config.json`, JSON.stringify(description, null, 2) + "\n");
    return lock;
  }

  /** Names an arm under a seed in this folder and no other. */
  identityOf(run: ArmRun): string {
    return `${this.path.slice(this.path.lastIndexOf("/") + 1)}/${fileLabel(run)}`;
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

  /** The finished result of one evaluation of an arm in one domain, before it is published. */
  resultFile(run: ArmRun, { label }: ResolvedEvaluation, domain: Domain = "mathematics"): string {
    return this.#file(domain === "mathematics" ? "results" : `results/${domain}`, `${fileLabel(run, label)}.json`);
  }

  #file(folder: string, name: string): string {
    makeFolder(`${this.path}/${folder}`);
    return `${this.path}/${folder}/${name}`;
  }
}

/** Holds an advisory lock, which ends with the process; undefined where another holds it. */
function lockFile(path: string): Disposable | undefined {
  const file = Deno.openSync(path, { create: true, write: true });
  if (!isFree(file)) {
    file.close();
    return undefined;
  }
  return { [Symbol.dispose]: () => file.close() };
}

function isFree(file: Deno.FsFile): boolean {
  try {
    return file.tryLockSync(true);
  } catch {
    // Some network file systems have no locks; work there is as safe as its user is careful.
    return true;
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
