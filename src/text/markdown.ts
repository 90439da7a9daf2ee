/**
 * Markdown that names from files cannot break, and blocks of text that a program renews.
 *
 * @module
 */
import { BenchError } from "../errors.ts";

/** Text as itself: characters with a meaning are escaped, line breaks are spaces. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[|<>\\`*_[\]\r\n]/g, (character) => /[\r\n]/.test(character) ? " " : `\\${character}`);
}

/**
 * A table whose first columns are aligned left and the others right. Cells are Markdown already.
 *
 * @param left number of left-aligned columns
 */
export function markdownTable(header: readonly string[], rows: readonly (readonly string[])[], left = 1): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(header), line(header.map((_, i) => i < left ? ":--" : "--:")), ...rows.map(line)].join("\n");
}

/**
 * A document with the text between `<!-- NAME:start -->` and `<!-- NAME:end -->` replaced.
 *
 * @throws {BenchError} If it lacks one of the markers, or has them in the other order
 */
export function replaceMarked(document: string, name: string, block: string, file: string): string {
  return replaceBetween(document, `<!-- ${name}:start -->`, `<!-- ${name}:end -->`, block, file);
}

/**
 * A document with the text between two marks replaced.
 *
 * @throws {BenchError} If it lacks one of the marks, or has them in the other order
 */
export function replaceBetween(document: string, start: string, end: string, block: string, file: string): string {
  const [from, to] = [document.indexOf(start) + start.length, document.indexOf(end)];
  if (from < start.length || to < from) {
    throw new BenchError(`Cannot renew ${file}: expected ${start} before ${end}`);
  }
  return `${document.slice(0, from)}\n${block}\n${document.slice(to)}`;
}
