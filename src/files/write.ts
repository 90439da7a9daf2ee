/**
 * Folders that can be written, and files that are there in full or not at all.
 *
 * @module
 */
import { BenchError } from "../errors.ts";

/**
 * Creates a folder and those above it, if it is not there. One that is there needs no permission.
 *
 * @throws {BenchError} If something else has its name, or it may not be created
 */
export function makeFolder(path: string): void {
  try {
    if (!isFolder(path)) Deno.mkdirSync(path, { recursive: true });
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
  const trial = `${path}/.writable-${Deno.pid}`;
  try {
    Deno.writeFileSync(trial, new Uint8Array());
    Deno.removeSync(trial);
  } catch (error) {
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
  const made = isFolder(path) ? [] : ancestors(path).filter((folder) => !isFolder(folder));
  requireWritableFolder(path);
  try {
    made.forEach((folder) => Deno.removeSync(folder));
  } catch (error) {
    // Another run has put something there, or only the folder itself may be touched.
    if (!(error instanceof Deno.errors.NotCapable) && (error as { code?: string }).code !== "ENOTEMPTY") throw error;
  }
}

/** `a/b/c`, `a/b`, `a`. */
function ancestors(path: string): string[] {
  const parts = path.replace(/\/+$/, "").split("/");
  return parts.map((_, i) => parts.slice(0, parts.length - i).join("/")).filter((folder) => folder !== "");
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

function reasonOf(error: Error): string {
  if (error instanceof Deno.errors.AlreadyExists) return "a file has that name";
  if (error instanceof Deno.errors.NotADirectory) return "a part of the path is a file";
  return error.message.replace(/ \(os error \d+\)/, "").replace(/: \w+ '.*'$/, "");
}

/** Writes a whole file so that it is there in full or not at all: temporary file in the same folder, flush, rename. */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  const file = Deno.openSync(temporary, { create: true, write: true, truncate: true });
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    file.syncSync();
  } finally {
    file.close();
  }
  Deno.renameSync(temporary, path);
}
