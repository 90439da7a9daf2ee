/**
 * Where an experiment's work lies until it is published: `runs/<experiment>-<hash8>/`, git-ignored.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { jsonSha256 } from "../files/hash.ts";
import { writeHashedFile } from "../files/hashed_file.ts";
import { isPresent, parseJsonRecord } from "../files/read.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";
import { HASH_DIGITS, RunPaths } from "./run_paths.ts";

/** What decides the numbers of a run. */
export const IDENTITY_FILE = "identity.json";
/** What the last command was to do. */
export const CONFIG_FILE = "config.json";
/** The words of that command; absent where a program of the user's called the library. */
export const COMMAND_FILE = "command.json";
const LOCK_FILE = "lock";
/** How often, and how far apart, a lock that is held is tried. */
const LOOKS = 3, INSTANT_MS = 20;
/** Most changes that are named. */
const SHOWN_CHANGES = 3;

/** What decides the numbers of a run: other values mean other work. */
export type RunIdentity = Readonly<Record<string, unknown>>;

/** One experiment's work under way. */
export class RunFolder extends RunPaths {
  readonly #root: string;
  readonly #name: string;
  readonly #identity: RunIdentity;

  /**
   * @param root folder of all runs
   * @param identity everything that decides the numbers: resolved configuration, hashes of model, datasets and code
   */
  constructor(root: string, name: string, identity: RunIdentity) {
    super(`${root}/${runFolderName(name, identity)}`);
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
    return `${earlier.path} is not continued, ${changesText(changedParts(earlier.identity, this.#identity))}`;
  }

  /**
   * Creates the folder, with what it was made from in `config.json`, and keeps other processes out of it until the
   * returned lock is disposed of or this process ends, however it ends.
   *
   * @param command the words that go on with this work, where a command line does it
   * @throws {BenchError} If another process works there, or the folder cannot be made
   */
  prepare(description: unknown, command?: readonly string[]): Disposable {
    makeFolder(this.path);
    const lock = lockRun(this.path);
    if (lock === undefined) {
      throw new BenchError(
        `Cannot work in ${this.path}: another process works there\nWait until it has ended, or give --runs another folder`,
      );
    }
    writeHashedFile(`${this.path}/${CONFIG_FILE}`, jsonText(description));
    // Its hash is in the folder's name.
    writeFileAtomically(`${this.path}/${IDENTITY_FILE}`, jsonText(this.#identity));
    if (command !== undefined) writeHashedFile(`${this.path}/${COMMAND_FILE}`, jsonText(command));
    return lock;
  }
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

/** Name of the folder of that identity: `tiny-0123abcd`. */
export function runFolderName(experiment: string, identity: RunIdentity): string {
  return `${experiment}-${jsonSha256(identity).slice(0, HASH_DIGITS)}`;
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

/** Why work is not continued, of what has changed since it was begun. */
export function changesText(changed: readonly string[]): string {
  const shown = changed.slice(0, SHOWN_CHANGES).join(", ");
  const more = changed.length > SHOWN_CHANGES ? ` and ${changed.length - SHOWN_CHANGES} more` : "";
  return `as these have changed since: ${shown}${more}`;
}

/** Names of what differs: of files of the code by their path, of everything else by its own. */
export function changedParts(before: RunIdentity, after: RunIdentity): string[] {
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

/** Keeps other processes out of a run folder until it is disposed of or this one ends; undefined where another works there. */
export function lockRun(path: string): Disposable | undefined {
  const file = Deno.openSync(`${path}/${LOCK_FILE}`, { create: true, write: true });
  for (let look = 0; look < LOOKS; look++) {
    if (isFree(file, "exclusive")) return { [Symbol.dispose]: () => file.close() };
    // Who only asks whether it is held holds it for an instant.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, INSTANT_MS);
  }
  file.close();
  return undefined;
}

/** Whether a process works in a run folder; asking writes nothing. */
export function isRunning(path: string): boolean {
  try {
    using file = Deno.openSync(`${path}/${LOCK_FILE}`, { read: true });
    return !isFree(file, "shared");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function isFree(file: Deno.FsFile, lock: "exclusive" | "shared"): boolean {
  try {
    return file.tryLockSync(lock === "exclusive");
  } catch {
    // Some network file systems have no locks; work there is as safe as its user is careful.
    return true;
  }
}
