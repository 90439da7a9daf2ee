/**
 * A file that begins whole and grows record by record.
 *
 * @module
 */
import { dirname } from "node:path";
import { makeFolder, withDiskErrors, writeAll, writeFileAtomically } from "../../files/write.ts";

/** Writes the beginning of a file in place of what was there, then appends. */
export class AppendFile implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;

  constructor(path: string, beginning: Uint8Array) {
    makeFolder(dirname(path));
    writeFileAtomically(path, beginning);
    this.#path = path;
    this.#file = withDiskErrors(path, () => Deno.openSync(path, { append: true }));
  }

  append(bytes: Uint8Array): void {
    withDiskErrors(this.#path, () => writeAll(this.#file, bytes));
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
