/**
 * Markdown that names from files cannot break.
 *
 * @module
 */

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
