/**
 * Which result files were found valid before, so that their metrics need not be derived again.
 *
 * A file is known by the SHA-256 of its bytes, and only to the code that checked it: what was valid under other sources is
 * checked again. The list is the program's own note. It belongs beside the code and never comes with results: whoever can
 * write it can vouch for any file.
 *
 * @module
 */
import { readBytesIfPresent } from "../files/read.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";

const SHA256 = /^[0-9a-f]{64}$/;
/** Hashes kept: the latest. */
const MOST_FILES = 50_000;

/** Files known to be valid results. */
export class CheckedFiles {
  private readonly known: Set<string>;
  private changed = false;

  /**
   * @param folder of the lists; absent: nothing is known at first, and nothing is kept
   * @param code what decides whether a file is valid, as a name of a file
   */
  constructor(private readonly folder?: string, private readonly code = "") {
    const text = this.folder === undefined ? "" : new TextDecoder().decode(readBytesIfPresent(this.path));
    this.known = new Set(text.split("\n").filter((line) => SHA256.test(line)));
  }

  /** Whether a file of these bytes was found valid. */
  has(sha256: string): boolean {
    return this.known.has(sha256);
  }

  /** Notes that a file of these bytes is valid. */
  add(sha256: string): void {
    this.changed ||= !this.known.has(sha256);
    this.known.add(sha256);
  }

  /** Keeps the list for the next time, and no list of other code. */
  save(): void {
    const { folder, known } = this;
    if (folder === undefined || !this.changed) return;
    makeFolder(folder);
    for (const { name } of [...Deno.readDirSync(folder)]) {
      if (`${folder}/${name}` !== this.path) Deno.removeSync(`${folder}/${name}`, { recursive: true });
    }
    writeFileAtomically(this.path, [...known].slice(-MOST_FILES).map((sha256) => `${sha256}\n`).join(""));
    this.changed = false;
  }

  private get path(): string {
    return `${this.folder}/${this.code}.txt`;
  }
}
