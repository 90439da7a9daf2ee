/**
 * Where the panels of each matrix lie and what numbers they hold: a table in the shared memory that the main thread writes
 * as it packs, and workers read as they multiply.
 *
 * A bf16 is the upper half of a float. Where every number of a matrix is one, panels of halves hold all of it in half the
 * bytes, and no result tells the difference.
 *
 * @module
 */
import { NUMBER_BYTES } from "./memory.ts";
import type { Matrix, ParameterLayout } from "./parameters.ts";
import { panelFloats } from "./parameters.ts";
import type { SharedMemory } from "./shared_memory.ts";

/** The projections of a layer, in the order of the table. */
export const PROJECTIONS = ["queryKeyValue", "attentionOutput", "gateUp", "down"] as const;
/** One of them. */
export type Projection = (typeof PROJECTIONS)[number];

/** What a panel's numbers are stored as. */
export type PanelDtype = "float32" | "bfloat16";

/** Bytes of a number of a panel. */
export const PANEL_BYTES = { float32: 4, bfloat16: 2 } as const satisfies Readonly<Record<PanelDtype, number>>;

/** The panels of one matrix. */
export interface Panels {
  readonly address: number;
  readonly dtype: PanelDtype;
}

/** Of a matrix: address and bytes of a number. */
const ENTRY_NUMBERS = 2;

/** Floats that the table of so many layers takes. */
export function panelTableFloats(layers: number): number {
  return tableNumbers(layers) * NUMBER_BYTES / Float32Array.BYTES_PER_ELEMENT;
}

function tableNumbers(layers: number): number {
  return (layers * PROJECTIONS.length + 1) * ENTRY_NUMBERS;
}

/** The table; the output head is its last matrix. */
export class PanelTable {
  readonly #numbers: Float64Array;
  readonly #head: number;

  /** @param address of {@link panelTableFloats} */
  constructor({ buffer }: SharedMemory, address: number, layers: number) {
    this.#numbers = new Float64Array(buffer, address, tableNumbers(layers));
    this.#head = this.#numbers.length - ENTRY_NUMBERS;
  }

  get head(): Panels {
    return this.#read(this.#head);
  }

  set head(panels: Panels) {
    this.#write(this.#head, panels);
  }

  projection(layer: number, name: Projection): Panels {
    return this.#read(entryOf(layer, name));
  }

  setProjection(layer: number, name: Projection, panels: Panels): void {
    this.#write(entryOf(layer, name), panels);
  }

  #read(entry: number): Panels {
    const isNarrow = this.#numbers[entry + 1] === PANEL_BYTES.bfloat16;
    return { address: this.#numbers[entry], dtype: isNarrow ? "bfloat16" : "float32" };
  }

  #write(entry: number, { address, dtype }: Panels): void {
    this.#numbers[entry] = address;
    this.#numbers[entry + 1] = PANEL_BYTES[dtype];
  }
}

function entryOf(layer: number, name: Projection): number {
  return (layer * PROJECTIONS.length + PROJECTIONS.indexOf(name)) * ENTRY_NUMBERS;
}

/** Bytes of a matrix in panels. */
export function panelBytes({ input, output }: Matrix, dtype: PanelDtype): number {
  return panelFloats(input, output) * PANEL_BYTES[dtype];
}

/** Floats that take as much room as the panels in bf16 of all projections. */
export function roundedFloats({ layers }: ParameterLayout): number {
  const bytes = layers.flatMap((layer) => PROJECTIONS.map((name) => panelBytes(layer[name], "bfloat16")));
  return bytes.reduce((sum, own) => sum + own, 0) / Float32Array.BYTES_PER_ELEMENT;
}

/** Bits of a float that a bf16 does not have. */
const LOWER_HALF = 0xffff;

/** Whether all of these floats, as words, are bf16; it stops at the first that is none. */
export function areBf16(words: Uint32Array): boolean {
  for (let i = 0; i < words.length; i++) {
    if ((words[i] & LOWER_HALF) !== 0) return false;
  }
  return true;
}
