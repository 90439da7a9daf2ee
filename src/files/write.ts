/**
 * Folders that can be written, and files that are there in full or not at all.
 *
 * @module
 */
import { dirname } from "node:path";
import { BenchError } from "../errors.ts";
import { isFolder, reasonOf, unlessHidden } from "./read.ts";

/**
 * Creates a folder and those above it, if it is not there. One that is there needs no permission.
 *
 * @throws {BenchError} If something else has its name, or it may not be created
 */
export function makeFolder(path: string): void {
  try {
    // A folder that this program may not look at is there: the launcher gives leave for those that are missing.
    if (!(unlessHidden(() => isFolder(path)) ?? true)) Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    throw new BenchError(
      `Cannot create the folder ${path}: ${reasonOf(error)}; move what is in the way, or name another`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Creates a folder, if it is not there, and finds out whether files can be written into it, before work that ends in one.
 *
 * @throws {BenchError} If it cannot be created or written
 */
export function requireWritableFolder(path: string): void {
  makeFolder(path);
  // Always the same name, so that what a killed program leaves behind is cleared away by the next.
  const trial = `${path}/.writable`;
  try {
    Deno.writeFileSync(trial, new Uint8Array());
    Deno.removeSync(trial);
  } catch (error) {
    // Another program that tries at the same time has removed it already.
    if (error instanceof Deno.errors.NotFound && isFolder(path)) return;
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    throw new BenchError(`Cannot write into ${path}: ${reasonOf(error)}; make it writable, or name another folder`, {
      cause: error,
    });
  }
}

/**
 * Finds out, before any work, whether files can be written into a folder; leaves nothing behind.
 *
 * @throws {BenchError} If it cannot be created or written
 */
export function tryFolder(path: string): void {
  const made = isFolder(path) ? [] : ancestors(path).filter(isAbsent);
  requireWritableFolder(path);
  try {
    made.forEach((folder) => Deno.removeSync(folder));
  } catch (error) {
    // Another run has put something there, or only the folder itself may be touched.
    if (!(error instanceof Deno.errors.NotCapable) && (error as { code?: string }).code !== "ENOTEMPTY") throw error;
  }
}

/** Whether no folder is there; what may not be looked at is left alone. */
function isAbsent(folder: string): boolean {
  try {
    return !isFolder(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return false;
    throw error;
  }
}

/** `a/b/c`, `a/b`, `a`. */
function ancestors(path: string): string[] {
  const parts = path.replace(/\/+$/, "").split("/");
  return parts.map((_, i) => parts.slice(0, parts.length - i).join("/")).filter((folder) => folder !== "");
}

/**
 * Writes a whole file so that it is there in full or not at all, whoever else writes it at the same time and whenever the
 * power goes: the content is on the disk before its name is, and its name before this returns.
 *
 * Writers of one file take turns: each holds a lock on the temporary file, which ends with its process, so that what a
 * killed one leaves behind is written over by the next.
 *
 * @throws {BenchError} If it cannot be written; the file that was there is then as it was
 */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  withDiskErrors(path, () => {
    const file = lockedFile(temporary);
    try {
      file.truncateSync();
      writeAll(file, content);
      file.syncSync();
      Deno.renameSync(temporary, path);
    } catch (error) {
      removeIfPresent(temporary);
      throw error;
    } finally {
      file.close();
    }
    syncFolder(dirname(path));
  });
}

/** Writes a file that has no readers yet, as a part of a folder that gets its name later, and flushes it to the disk. */
export function writeDurably(path: string, content: string | Uint8Array): void {
  withDiskErrors(path, () => {
    using file = Deno.openSync(path, { create: true, write: true, truncate: true });
    writeAll(file, content);
    file.syncSync();
  });
}

/**
 * Gives a file or a folder its final name, once it is on the disk, and waits until the name is there too. Files in a folder
 * must be flushed already.
 */
export function renameDurably(from: string, to: string): void {
  withDiskErrors(to, () => {
    if (isFolder(from)) syncFolder(from);
    else syncFile(from);
    Deno.renameSync(from, to);
    syncFolder(dirname(to));
  });
}

function syncFile(path: string): void {
  using file = Deno.openSync(path, { read: true, write: true });
  file.syncSync();
}

/** Waits until what a folder lists is on the disk, where the system can do that and the task may read the folder. */
export function syncFolder(path: string): void {
  // Windows opens no folders; there names are on the disk in the order of their making.
  if (Deno.build.os === "windows") return;
  try {
    using folder = Deno.openSync(path, { read: true });
    folder.syncSync();
  } catch (error) {
    const { code } = error as { code?: string };
    if (!(error instanceof Deno.errors.NotCapable) && !UNSYNCED_FOLDERS.includes(code ?? "")) throw error;
  }
}

/** What file systems answer that flush no folders, or let no one list them. */
const UNSYNCED_FOLDERS = ["EINVAL", "ENOTSUP", "EOPNOTSUPP", "EBADF", "EACCES", "EPERM"];

/**
 * Puts what the disk refuses into words that name the file and the remedy.
 *
 * @throws {BenchError} In place of the system's error
 */
export function withDiskErrors<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw inWords(path, error);
  }
}

/** As {@link withDiskErrors}, of a write during which other work goes on. */
export async function withDiskErrorsMeanwhile<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw inWords(path, error);
  }
}

function inWords(path: string, error: unknown): unknown {
  const remedy = error instanceof Error ? DISK_REMEDIES[String((error as { code?: unknown }).code)] : undefined;
  if (remedy === undefined) return error;
  return new BenchError(`Cannot write ${path}: ${reasonOf(error as Error)}; ${remedy}`, { cause: error });
}

const AGAIN = "and repeat the command, which continues from what is saved";
const DISK_REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: `make room on that disk ${AGAIN}`,
  EDQUOT: `make room within your quota ${AGAIN}`,
  EFBIG: "raise the limit on the size of files (ulimit -f)",
  EIO: `look after that disk ${AGAIN}`,
  EROFS: "name a folder on a disk that can be written",
  EACCES: "make it writable, or name another place",
  EPERM: "make it writable, or name another place",
  EISDIR: "move that folder away, or name another file",
  ENOTDIR: "a part of its path is a file; move that away, or name another place",
  ENOTEMPTY: "move that folder away, or name another file",
  ENAMETOOLONG: "give a shorter name",
};

/** The temporary file, open under a lock, and still the one that has this name. */
function lockedFile(path: string): Deno.FsFile {
  for (;;) {
    const file = Deno.openSync(path, { create: true, write: true });
    try {
      lock(file);
      if (isNamed(file, path)) return file;
    } catch (error) {
      file.close();
      throw error;
    }
    // Another writer has renamed this very file while we waited for it.
    file.close();
  }
}

function lock(file: Deno.FsFile): void {
  try {
    file.lockSync(true);
  } catch {
    // Some network file systems have no locks; two writers there are as safe as their user is careful.
  }
}

function isNamed(file: Deno.FsFile, path: string): boolean {
  try {
    return Deno.statSync(path).ino === file.statSync().ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Bytes that are on their way to the disk at once while other work goes on. */
const PIECE_BYTES = 2 ** 22;

/** As {@link writeAll}, while other work goes on: a signal is heard. */
export async function writeAllMeanwhile(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.slice(at, at + PIECE_BYTES));
}

/** Writes all of a content where the file stands; a system may take less than it is given. */
export function writeAll(file: Deno.FsFile, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
}

function removeIfPresent(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // The error that led here says more.
  }
}
