/**
 * JSON Lines in which every row ends with a hash of itself and all rows before it, its link, so that a row that was
 * changed, moved, doubled or taken out is seen.
 *
 * @module
 */
import { sha256 } from "./hash.ts";
import { JsonLinesWriter, parseLine, readWholeLines, type WholeLines } from "./json_lines.ts";

const LINK_DIGITS = 16;
/** A row whose last key is its link. */
const LINKED = /^(\{.*),"link":"([0-9a-f]{16})"\}$/s;

/** What was read of a chain of rows. */
export interface ChainedLines<T> {
  /** Rows up to the first that does not fit. */
  readonly rows: T[];
  /** Bytes that those rows take. */
  readonly goodBytes: number;
  /** What the next row continues. */
  readonly link: string;
  /** What is wrong behind them, with its place; absent where nothing is. */
  readonly fault?: string;
}

/**
 * Reads a chain as far as it is whole. A missing file is an empty one.
 *
 * @param name what the chain began from; rows of a file of another name do not fit. Absent where it is not known: the
 * first row is then believed
 */
export function readChainedLines<T>(path: string, name?: string): ChainedLines<T> {
  return chainOf(path, readWholeLines(path), name);
}

/** The same of lines that were read already. */
export function chainOf<T>(path: string, { lines, torn }: WholeLines, name?: string): ChainedLines<T> {
  const encoder = new TextEncoder();
  const rows: T[] = [];
  let [goodBytes, link] = [0, beginning(name)];
  for (const [i, line] of lines.entries()) {
    const place = `${path}:${i + 1}`;
    const [, start, found] = LINKED.exec(line) ?? [];
    const believed = i === 0 && name === undefined;
    if (start === undefined || !(believed || found === linkOf(link, `${start}}`))) {
      return { rows, goodBytes, link, fault: `${place} has changed since it was written` };
    }
    rows.push(parseLine<T>(`${start}}`, place));
    link = found;
    goodBytes += encoder.encode(line).length + 1;
  }
  return { rows, goodBytes, link, ...(torn && { fault: `${path}:${lines.length + 1} is torn` }) };
}

/** Rows of a chain as far as it is whole; where the first has no link, as in files of others, all whole lines. */
export function readRows<T>(path: string): T[] {
  const whole = readWholeLines(path);
  const { lines: [first] } = whole;
  if (first === undefined || isLinked(first)) return chainOf<T>(path, whole).rows;
  return whole.lines.map((line, i) => parseLine<T>(line, `${path}:${i + 1}`));
}

/** Whether a line is of a chain, as those of this program are. */
export function isLinked(line: string): boolean {
  return LINKED.test(line);
}

/** Appends rows to a chain; each call is one write, flushed to the disk. */
export class ChainedLinesWriter {
  readonly #writer: JsonLinesWriter;
  #link: string;

  /** Opens a chain for appending; whatever follows its good bytes is cut off. */
  constructor(path: string, { goodBytes, link }: Pick<ChainedLines<unknown>, "goodBytes" | "link">) {
    this.#writer = new JsonLinesWriter(path, goodBytes);
    this.#link = link;
  }

  append(rows: readonly object[]): void {
    this.#writer.append(rows.map((row) => {
      this.#link = linkOf(this.#link, JSON.stringify(row));
      return { ...row, link: this.#link };
    }));
  }

  close(): void {
    this.#writer.close();
  }
}

function beginning(name = ""): string {
  return sha256(name).slice(0, LINK_DIGITS);
}

function linkOf(before: string, row: string): string {
  return sha256(before + row).slice(0, LINK_DIGITS);
}
