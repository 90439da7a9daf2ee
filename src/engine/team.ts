/**
 * Workers that go through the model together: each has rows of its own, and of every product with weights columns of its
 * own for the rows of all. Where few rows meet large weights, every weight is then read by one worker in place of all.
 *
 * @module
 */
import type { Kernels } from "./kernels.ts";
import { FLOAT_BYTES } from "./memory.ts";
import { PANEL_BYTES, type PanelDtype } from "./panels.ts";
import type { Sgemm } from "./weight_product.ts";

/** A worker's place in a team. */
export interface TeamPlace {
  /** Its place, and how many they are. */
  readonly index: number;
  readonly size: number;
  /** The first of its own rows, and the rows of all. */
  readonly firstRow: number;
  readonly allRows: number;
}

/** The place of a worker that has all rows. */
export function alone(rows: number): TeamPlace {
  return { index: 0, size: 1, firstRow: 0, allRows: rows };
}

/** A team at work. */
export interface Team extends TeamPlace {
  /** Returns once all are there. */
  readonly meet: () => void;
}

/** Which part of a total falls to a worker: neighbouring ones, none left out. */
export function shareOf(total: number, index: number, size: number): [first: number, last: number] {
  return [Math.floor(total * index / size), Math.floor(total * (index + 1) / size)];
}

/** A matrix that rows are multiplied with, (input, output), as it lies in the memory. */
export interface WeightPlace {
  readonly input: number;
  readonly output: number;
  readonly address: number;
  /** Columns of a panel; absent: it lies in rows. */
  readonly panelWidth?: number;
  /** What panels are stored as (default float32). */
  readonly dtype?: PanelDtype;
}

/** What multiplies. */
interface Multiplier {
  readonly sgemm: Sgemm;
  readonly kernels: Pick<Kernels, "productBf16">;
  readonly panelWidth: (columns: number) => number;
}

/**
 * y (rows, output) = x (rows, input) · weight, or y + … where `accumulate`; addresses are those of the worker's own rows.
 *
 * @param team absent: the worker has all rows
 */
export function multiplyRows(
  { sgemm, kernels, panelWidth: widthOf }: Multiplier,
  team: Team | undefined,
  rows: number,
  x: number,
  { input, output, address, panelWidth, dtype = "float32" }: WeightPlace,
  accumulate: boolean,
  y: number,
): void {
  const stride = panelWidth ?? output, panel = panelWidth === undefined ? 0 : input * panelWidth;
  const multiply = (rows: number, columns: number, x: number, weight: number, y: number) => {
    if (dtype === "bfloat16") kernels.productBf16(rows, columns, input, x, input, weight, accumulate, y, output);
    else sgemm(false, rows, columns, input, x, input, weight, stride, panel, accumulate, y, output);
  };
  if (team === undefined) return multiply(rows, output, x, address, y);
  const { firstRow, allRows, index, size, meet } = team;
  const width = panelWidth ?? widthOf(output);
  const [firstPanel, endPanel] = shareOf(Math.ceil(output / width), index, size);
  const first = firstPanel * width, columns = Math.min(output, endPanel * width) - first;
  const allX = x - firstRow * input * FLOAT_BYTES, allY = y + (first - firstRow * output) * FLOAT_BYTES;
  const weight = address + (panelWidth === undefined ? first : firstPanel * panel) * PANEL_BYTES[dtype];
  meet();
  multiply(allRows, columns, allX, weight, allY);
  meet();
}
