/**
 * A table as its paper prints it: numbers in percent without the counts behind them, `{source, passAt, rows: [{training,
 * decoding, datasets, base_model?, protocol?, average?}], note?}`, as JSON.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { check, faultError, type Subject } from "../files/check.ts";
import { type ProtocolName, PROTOCOLS } from "./protocols.ts";

const percent = z.number().min(0).max(100);

/** Schema of the name of a protocol. */
export const protocolSchema = z.enum(Object.keys(PROTOCOLS) as ProtocolName[]);

/** Schema of {@link PrintedTable}. */
const PRINTED_TABLE = z.strictObject({
  source: z.string().min(1).describe("authors, work and number of the table"),
  note: z.string().min(1).exactOptional().describe("what of the table is left out"),
  passAt: z.array(z.int().min(1)).min(1).readonly(),
  rows: z.array(
    z.strictObject({
      base_model: z.string().min(1).exactOptional(),
      training: z.string().min(1).describe("`none`, `grpo`, … in the publisher's words"),
      decoding: z.string().min(1),
      protocol: protocolSchema.exactOptional().describe("how the row was evaluated"),
      datasets: z.record(z.string(), z.array(percent).readonly()).readonly()
        .describe("percent, one for each k of `passAt`; a dataset whose numbers are not at hand is absent"),
      average: z.array(percent).readonly().exactOptional(),
    }).readonly(),
  ).min(1).readonly(),
}).readonly();

/** A table as printed, in percent: cells hold one number for each k of `passAt`. */
export type PrintedTable = z.infer<typeof PRINTED_TABLE>;

/** One arm of it. */
export type PrintedRow = PrintedTable["rows"][number];

/** Whether a JSON document means to be a {@link PrintedTable}: result files and counts are told by other keys. */
export function isPrintedTable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "passAt" in value && "rows" in value;
}

/**
 * @throws {BenchError} If the value is not a printed table, if a cell has not one number for each k, or if two rows are of
 * one arm; the message names the place
 */
export function parsePrintedTable(value: unknown, file: string): PrintedTable {
  const subject: Subject = { cannot: "read", of: `${file} as a printed table` };
  const table = check(PRINTED_TABLE, value, subject);
  const refuse = (path: readonly PropertyKey[], found: string, expected: string) => {
    throw faultError(subject, { path: ["rows", ...path], found, expected });
  };
  const seen = new Set<string>();
  table.rows.forEach((row, i) => {
    const cells = { ...row.datasets, ...(row.average !== undefined && { average: row.average }) };
    for (const [name, numbers] of Object.entries(cells)) {
      if (numbers.length !== table.passAt.length) {
        const path = name === "average" && row.average === numbers ? [i, "average"] : [i, "datasets", name];
        refuse(path, `${numbers.length} numbers`, `${table.passAt.length}, one for each k of passAt`);
      }
    }
    const arm = JSON.stringify([row.base_model, row.training, row.decoding]);
    if (seen.has(arm)) refuse([i], "an arm that is there already", "each base_model, training and decoding once");
    seen.add(arm);
  });
  return table;
}
