/**
 * Tables that are known as printed alone, among the files to score: shown, and not recomputed.
 *
 * @module
 */
import { isPrintedTable, parsePrintedTable, type PrintedTable } from "../published/printed.ts";
import { AS_PRINTED } from "../published/printed_document.ts";
import { protocolText } from "../published/protocol.ts";
import { PROTOCOLS } from "../published/protocols.ts";
import { armTitle } from "../published/table.ts";
import { type OnSkipped, unlessSkipped } from "../result/skipped.ts";
import { readJson } from "../result/store.ts";
import { NOTHING } from "../text/numbers.ts";
import type { Column, TextTable } from "../text/table.ts";

/** A printed table, and its file. */
export interface PrintedSource {
  /** The file. */
  readonly source: string;
  /** What it holds. */
  readonly table: PrintedTable;
}

/**
 * The files apart: those that hold a printed table, and the others.
 *
 * @param onSkipped is told of files that are not JSON, or that hold a faulty table; they are in neither list
 * @throws {BenchError} If there is one, and nobody is told
 */
export function separatePrinted(
  paths: readonly string[],
  onSkipped?: OnSkipped,
): { printed: PrintedSource[]; others: string[] } {
  const printed: PrintedSource[] = [];
  const others: string[] = [];
  for (const path of paths) {
    unlessSkipped(path, () => {
      const value = path.endsWith(".json") ? readJson(path) : undefined;
      if (isPrintedTable(value)) printed.push({ source: path, table: parsePrintedTable(value, path) });
      else others.push(path);
    }, onSkipped);
  }
  return { printed, others };
}

/** One text table for each: rows by datasets, in percent, with the protocol of each row below. */
export function printedTextTables(printed: readonly PrintedSource[]): TextTable[] {
  return printed.map(({ source, table }) => {
    const { passAt, rows } = table;
    const datasets = [...new Set(rows.flatMap((row) => Object.keys(row.datasets)))];
    const averaged = rows.some(({ average }) => average !== undefined);
    const cells = (numbers: readonly number[] | undefined) => passAt.map((_, i) => numbers?.[i].toFixed(1) ?? NOTHING);
    const protocols = [...new Set(rows.flatMap(({ protocol }) => protocol ?? []))];
    return {
      title: `${table.source} (${source})\n${AS_PRINTED}`,
      columns: [
        { header: "row", align: "left" },
        { header: "model", align: "left" },
        { header: "protocol", align: "left" },
        ...[...datasets, ...(averaged ? ["average"] : [])]
          .flatMap((name) => passAt.map((k): Column => ({ header: `${name}\npass@${k}`, align: "right" }))),
      ],
      rows: rows.map((row) => [
        armTitle(row),
        row.base_model ?? "",
        row.protocol ?? NOTHING,
        ...datasets.flatMap((name) => cells(row.datasets[name])),
        ...(averaged ? cells(row.average) : []),
      ]),
      notes: [
        ...(table.note === undefined ? [] : [`${table.note}.`]),
        ...protocols.map((name) => `${name}: ${protocolText(PROTOCOLS[name])}.`),
      ],
    };
  });
}
