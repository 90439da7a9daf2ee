/**
 * A format that holds samples: files one by one, as all of them would not fit into memory.
 *
 * @module
 */
import type { CommandOf } from "../export_file.ts";
import type { StoredSamples } from "./stored_samples.ts";

/** One file of an export, its path relative to the folder that was asked for. */
export interface SampleFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** Writes one result with its samples. */
export type SampleExportWriter = (stored: StoredSamples, commandOf: CommandOf) => AsyncIterable<SampleFile>;
