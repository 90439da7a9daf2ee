/**
 * The samples of one dataset on the disk. The file holds them in order, so that its bytes are the same however often the
 * work was interrupted; what is finished before its turn lies in a second file until then.
 *
 * @module
 */
import { ChainedLinesWriter, readChainedLines } from "../files/chained_lines.ts";
import { isPresent } from "../files/read.ts";
import type { Sample } from "./sample.ts";

/** What names a sample within its dataset. */
export interface SampleName {
  /** Id of the problem. */
  readonly problem: string;
  readonly sample: number;
}

/** What the second file's name adds to the first's. */
export const EARLY_SUFFIX = ".early";

/** Samples under way; dispose of it to close its files. */
export class SampleStore implements Disposable {
  readonly #order: readonly SampleName[];
  readonly #known = new Map<string, Sample>();
  /** Keys of those that the first file holds. */
  readonly #placed: Set<string>;
  readonly #writer: ChainedLinesWriter;
  readonly #early: EarlySamples;
  /** Keys of those that are wanted and not there. */
  readonly #missing: Set<string>;
  #correct = 0;
  /** Samples before this one are in their place. */
  #next = 0;

  /**
   * @param owner whose samples those are; what lies in the file of anybody else is not taken
   * @param order all samples that there will be
   * @param onDamage told what is wrong with a file, in one line
   */
  constructor(file: string, owner: string, order: readonly SampleName[], onDamage: (text: string) => void) {
    const again = (fault: string) => onDamage(`${fault}: samples from there on are drawn again`);
    const stored = readChainedLines<Sample>(file, owner);
    if (stored.fault !== undefined) again(stored.fault);
    this.#order = order;
    this.#placed = new Set(stored.rows.map(keyOf));
    this.#early = new EarlySamples(file + EARLY_SUFFIX, owner, again);
    this.#missing = new Set(order.map(keyOf));
    for (const row of [...this.#early.rows, ...stored.rows]) this.#know(row);
    this.#writer = new ChainedLinesWriter(file, stored);
    this.add([]);
  }

  /** How many samples there are, and how many of them are right. */
  get count(): { readonly done: number; readonly correct: number } {
    return { done: this.#order.length - this.#missing.size, correct: this.#correct };
  }

  /** A sample; undefined where it is not there yet. */
  get(name: SampleName): Sample | undefined {
    return this.#known.get(keyOf(name));
  }

  /** Keeps samples; they are on the disk when this returns. */
  add(rows: readonly Sample[]): void {
    for (const row of rows) this.#know(row);
    const ready: Sample[] = [];
    for (let row = this.#nextRow(); row !== undefined; row = this.#nextRow()) {
      this.#next++;
      if (this.#placed.has(keyOf(row))) continue;
      this.#placed.add(keyOf(row));
      ready.push(row);
    }
    if (ready.length > 0) this.#writer.append(ready);
    this.#early.keep(rows.filter((row) => !this.#placed.has(keyOf(row))));
    if (this.#placed.size === this.#known.size) this.#early.clear();
  }

  #know(row: Sample): void {
    const key = keyOf(row);
    this.#known.set(key, row);
    if (this.#missing.delete(key) && row.correct) this.#correct++;
  }

  #nextRow(): Sample | undefined {
    return this.#next < this.#order.length ? this.get(this.#order[this.#next]) : undefined;
  }

  [Symbol.dispose](): void {
    this.#writer.close();
    this.#early.close();
  }
}

/** Samples that wait for those before them, in the order in which they were finished; the file is there only while it is needed. */
class EarlySamples {
  readonly rows: readonly Sample[];
  readonly #path: string;
  readonly #owner: string;
  #writer: ChainedLinesWriter | undefined;

  constructor(path: string, owner: string, onFault: (fault: string) => void) {
    this.#path = path;
    this.#owner = owner;
    const stored = readChainedLines<Sample>(path, owner);
    if (stored.fault !== undefined) onFault(stored.fault);
    this.rows = stored.rows;
  }

  keep(rows: readonly Sample[]): void {
    if (rows.length === 0) return;
    this.#writer ??= new ChainedLinesWriter(this.#path, readChainedLines(this.#path, this.#owner));
    this.#writer.append(rows);
  }

  clear(): void {
    this.close();
    if (isPresent(this.#path)) Deno.removeSync(this.#path);
  }

  close(): void {
    this.#writer?.close();
    this.#writer = undefined;
  }
}

function keyOf({ problem, sample }: SampleName): string {
  return `${sample} ${problem}`;
}
