/**
 * What `gpu:check` found, written after every section, so that a cut leaves what was done.
 *
 * @module
 */
import { escapeMarkdown, markdownTable } from "../../src/text/markdown.ts";
import { makeFolder, writeFileAtomically } from "../../src/files/write.ts";

/** A figure; absent where it was not measured. */
export type Figure = string | number | undefined;

/** One section: a table, and what it says of rates. */
export interface Section {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Figure[])[];
  /** Why it ended early, where it did. */
  readonly failed?: string;
}

/** Floating-point operations a second, by which `--dry-run` tells hours. */
export interface Rates {
  readonly decode?: number;
  readonly train?: number;
}

/** The whole of a check. */
export interface CheckRecord {
  readonly schemaVersion: 1;
  readonly date: string;
  /** Versions and device. */
  readonly machine: readonly string[];
  readonly device: "cpu" | "cuda";
  readonly sections: readonly Section[];
  readonly rates: Rates;
}

/** Files of a check's folder. */
export const RECORD_FILE = "gpu_check.json", TABLE_FILE = "gpu_check.md";

/** Writes both files. */
export function writeRecord(folder: string, record: CheckRecord): void {
  makeFolder(folder);
  writeFileAtomically(`${folder}/${RECORD_FILE}`, JSON.stringify(record, null, 2) + "\n");
  writeFileAtomically(`${folder}/${TABLE_FILE}`, recordText(record));
}

/** The tables in Markdown. */
export function recordText({ date, machine, device, sections }: CheckRecord): string {
  const sizes = device === "cpu" ? "No GPU: these are the sizes for CPUs, and say nothing of a GPU." : "On a GPU.";
  return [
    `# gpu:check, ${date}`,
    `${escapeMarkdown(machine.join(", "))}. ${sizes}`,
    ...sections.map(sectionText),
  ].join("\n\n") + "\n";
}

function sectionText({ title, columns, rows, failed }: Section): string {
  const table = markdownTable(columns, rows.map((row) => row.map(figureText)));
  return [`## ${title}`, table, ...(failed === undefined ? [] : [`Ended early: ${escapeMarkdown(failed)}`])].join(
    "\n\n",
  );
}

/** Below this a decimal fraction is mostly zeros. */
const LEAST_DECIMAL = 1e-3;

/** Whole numbers as they are, others by three digits: `3`, `1970`, `0.432`, `1.91e-6`. */
export function figureText(figure: Figure): string {
  if (figure === undefined) return "not measured";
  if (typeof figure === "string") return escapeMarkdown(figure);
  const size = Math.abs(figure);
  if (Number.isInteger(figure) || size >= 1000) return String(Math.round(figure));
  return size < LEAST_DECIMAL ? figure.toExponential(2) : figure.toPrecision(3);
}
