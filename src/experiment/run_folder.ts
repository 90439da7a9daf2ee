/**
 * Where an experiment's work lies until it is published: `runs/<experiment>-<hash8>/`, git-ignored.
 *
 * @module
 */
import type { Domain } from "../datasets/problem_kind.ts";
import { type ArmRun, type ResolvedEvaluation } from "./resolve.ts";
import { BenchError } from "../errors.ts";
import { jsonSha256 } from "../files/hash.ts";
import { isPresent, parseJsonRecord } from "../files/read.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";

const HASH_DIGITS = 8;
const IDENTITY_FILE = "identity.json";
const LOCK_FILE = "lock";
/** How often, and how far apart, a lock that is held is tried. */
const LOOKS = 3, INSTANT_MS = 20;
/** Most changes that are named. */
const SHOWN_CHANGES = 3;

/** What decides the numbers of a run: other values mean other work. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/** Paths of one experiment's work. */
export class RunFolder {
  readonly path: string;
  readonly #root: string;
  readonly #name: string;
  readonly #identity: RunIdentity;

  /**
   * @param root folder of all runs
   * @param identity everything that decides the numbers: resolved configuration, hashes of model, datasets and code
   */
  constructor(root: string, name: string, identity: RunIdentity) {
    this.path = `${root}/${name}-${jsonSha256(identity).slice(0, HASH_DIGITS)}`;
    this.#root = root;
    this.#name = name;
    this.#identity = identity;
  }

  /**
   * Why earlier work on the same configuration is not continued here: what of the model, the data or the code has changed
   * since.
   *
   * @returns one line; undefined where there is no such work, or this folder has some already
   */
  whyNew(): string | undefined {
    if (isPresent(`${this.path}/${IDENTITY_FILE}`)) return undefined;
    const earlier = latestOf(this.#root, this.#name, this.#identity);
    if (earlier === undefined) return undefined;
    const changed = changedParts(earlier.identity, this.#identity);
    const shown = changed.slice(0, SHOWN_CHANGES).join(", ");
    const more = changed.length > SHOWN_CHANGES ? ` and ${changed.length - SHOWN_CHANGES} more` : "";
    return `${earlier.path} is not continued, as these have changed since: ${shown}${more}`;
  }

  /**
   * Creates the folder, with what it was made from in `config.json`, and keeps other processes out of it until the
   * returned lock is disposed of or this process ends, however it ends.
   *
   * @throws {BenchError} If another process works there, or the folder cannot be made
   */
  prepare(description: unknown): Disposable {
    makeFolder(this.path);
    const lock = lockFile(`${this.path}/${LOCK_FILE}`);
    if (lock === undefined) {
      throw new BenchError(
        `Cannot work in ${this.path}: another process works there\nWait until it has ended, or give --runs another folder`,
      );
    }
    writeFileAtomically(`${this.path}/config.json`, JSON.stringify(description, null, 2) + "\n");
    writeFileAtomically(`${this.path}/${IDENTITY_FILE}`, JSON.stringify(this.#identity, null, 2) + "\n");
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

  /** Whose samples those are: rows of any other file do not fit into it. */
  samplesOwner(run: ArmRun, { label }: ResolvedEvaluation, dataset: string): string {
    return `${this.identityOf(run)}/${label}/${dataset}`;
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

interface EarlierRun {
  readonly path: string;
  readonly identity: RunIdentity;
}

/** The latest work of this name on the same configuration. */
function latestOf(root: string, name: string, { config }: RunIdentity): EarlierRun | undefined {
  const wanted = jsonSha256(config ?? null);
  const runs = isPresent(root) ? [...Deno.readDirSync(root)] : [];
  return runs.filter((entry) => entry.isDirectory && entry.name.slice(0, -HASH_DIGITS) === `${name}-`)
    .flatMap((entry) => {
      const path = `${root}/${entry.name}`;
      const identity = readIdentity(path);
      if (identity === undefined || jsonSha256(identity.config ?? null) !== wanted) return [];
      return [{ path, identity, time: Deno.statSync(`${path}/${IDENTITY_FILE}`).mtime?.getTime() ?? 0 }];
    })
    .sort((a, b) => a.time - b.time).at(-1);
}

function readIdentity(folder: string): RunIdentity | undefined {
  try {
    return parseJsonRecord(Deno.readTextFileSync(`${folder}/${IDENTITY_FILE}`), folder);
  } catch (error) {
    // A folder without one, or with a damaged one, has nothing to tell.
    if (error instanceof BenchError || error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Names of what differs: of files of the code by their path, of everything else by its own. */
function changedParts(before: RunIdentity, after: RunIdentity): string[] {
  const differing = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) =>
    [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) =>
      jsonSha256(a[key] ?? null) !== jsonSha256(b[key] ?? null)
    );
  return differing(before, after).flatMap((key) =>
    key === "code" && isRecord(before.code) && isRecord(after.code) ? differing(before.code, after.code) : [key]
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a process works in a run folder; asking disturbs none. */
export function isRunning(folder: string): boolean {
  const path = `${folder}/${LOCK_FILE}`;
  if (!isPresent(path)) return false;
  using file = Deno.openSync(path);
  return !isFree(file, "shared");
}

/** Holds an advisory lock, which ends with the process; undefined where another holds it. */
function lockFile(path: string): Disposable | undefined {
  const file = Deno.openSync(path, { create: true, write: true });
  for (let look = 0; look < LOOKS; look++) {
    if (isFree(file, "exclusive")) return { [Symbol.dispose]: () => file.close() };
    // Who only asks whether it is held holds it for an instant.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, INSTANT_MS);
  }
  file.close();
  return undefined;
}

function isFree(file: Deno.FsFile, lock: "exclusive" | "shared"): boolean {
  try {
    return file.tryLockSync(lock === "exclusive");
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
export function fileLabel({ arm, seed }: ArmRun, label = arm.label): string {
  return `${label}-s${seed}-${jsonSha256(arm).slice(0, HASH_DIGITS)}`;
}

/** The file of a dataset's samples; a dataset that was named by a path is one name too. */
export function datasetFileName(dataset: string): string {
  return `${dataset.replace(/[^\w.+-]+/g, "_")}.jsonl`;
}
