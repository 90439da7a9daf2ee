/**
 * Tables of aligned text: cells of several lines, widths as a terminal shows them, colour where it is wanted.
 *
 * @module
 */
import { visible } from "./visible.ts";
import { padWidth, textWidth } from "./width.ts";

/** How a cell stands out; shown by colour, so never the only sign of anything. */
export type Tone = "plain" | "strong" | "dim" | "good" | "bad";

/** One cell; lines are separated by `\n`, and `tones` colours them in turn. */
export interface Cell {
  readonly text: string;
  readonly tones?: readonly Tone[];
}

/** One column. */
export interface Column {
  readonly header: string;
  readonly align: "left" | "right";
}

/** A table; a shorter row ends in empty cells, and columns without any header have no head. */
export interface TextTable {
  /** Lines are separated by `\n`; those after the first say more of it. */
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (Cell | string)[])[];
  /** Lines under the table. */
  readonly notes?: readonly string[];
}

const GAP = "  ";
const ESCAPES: Readonly<Record<Tone, string>> = { plain: "", strong: "1", dim: "2", good: "32", bad: "31" };

/**
 * A table as text, without a line break at its end.
 *
 * Control characters in cells are shown as `�`: names come from files that others wrote.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const columns = [{ header: "arm", align: "left" }, { header: "Pass@1", align: "right" }] as const;
 * assertEquals(
 *   renderTextTable({ title: "Scores", columns, rows: [["base", "31.2"]] }, { colour: false }),
 *   "Scores\n\narm   Pass@1\n────────────\nbase    31.2",
 * );
 * ```
 */
export function renderTextTable(table: TextTable, { colour }: { colour: boolean }): string {
  const header = table.columns.map((column) => readCell(column.header));
  const body = table.rows.map((row) => table.columns.map((_, i) => readCell(row[i] ?? "")));
  const widths = table.columns.map((_, i) =>
    Math.max(...[header, ...body].flatMap((row) => row[i].lines.map((line) => textWidth(line))))
  );
  const paint = (text: string, tone: Tone) =>
    colour && ESCAPES[tone] !== "" && text.trim() !== "" ? `\x1b[${ESCAPES[tone]}m${text}\x1b[0m` : text;
  const renderRow = (row: readonly ReadCell[]) => {
    const height = Math.max(...row.map((cell) => cell.lines.length));
    return Array.from({ length: height }, (_, line) =>
      row.map((cell, i) => {
        const padded = padWidth(cell.lines[line] ?? "", widths[i], table.columns[i].align);
        return paint(i === row.length - 1 ? padded.trimEnd() : padded, cell.tones[line] ?? "plain");
      }).join(GAP).trimEnd());
  };
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width) + GAP.length * (widths.length - 1));
  return [
    ...table.title.split("\n").map((line, i) => paint(visible(line), i === 0 ? "strong" : "dim")),
    "",
    ...(table.columns.every((column) => column.header === "") ? [] : [...renderRow(header), rule]),
    ...body.flatMap(renderRow),
    ...(table.notes === undefined ? [] : ["", ...table.notes.map(visible)]),
  ].join("\n");
}

/** Whether standard output is a terminal that wants colour. */
export function stdoutHasColour(): boolean {
  return Deno.stdout.isTerminal() && !Deno.noColor;
}

interface ReadCell {
  readonly lines: readonly string[];
  readonly tones: readonly Tone[];
}

function readCell(cell: Cell | string): ReadCell {
  const { text, tones = [] } = typeof cell === "string" ? { text: cell } : cell;
  return { lines: text.split("\n").map(visible), tones };
}
