/**
 * Markdown that names from files cannot break, and blocks of text that a program renews.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { visible } from "./visible.ts";

/** Text as itself: characters with a meaning are escaped, line breaks are spaces, what acts unseen is shown. */
export function escapeMarkdown(text: string): string {
  return visible(text.replace(/[\r\n]+/g, " ")).replace(/[|<>\\`*_[\]]/g, (character) => `\\${character}`);
}

/**
 * Text in a code span, as itself: between more backticks than it holds in a row, one line, no end of a table's cell.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(codeSpan("deno task bench tiny"), "`deno task bench tiny`");
 * assertEquals(codeSpan("a`b"), "`` a`b ``");
 * ```
 */
export function codeSpan(text: string): string {
  // Nothing is escaped in a code span; a comment there would be taken for a mark of this program's own.
  const line = visible(text.replace(/[\r\n]+/g, " ")).replaceAll("|", "\\|").replaceAll("<!--", "<! --");
  if (!line.includes("`")) return `\`${line}\``;
  const longest = Math.max(...line.match(/`+/g)!.map(({ length }) => length));
  const fence = "`".repeat(longest + 1);
  return `${fence} ${line} ${fence}`;
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
