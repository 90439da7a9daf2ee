/**
 * A file in a format that others ingest.
 *
 * @module
 */

import type { Result } from "../result/types.ts";

/** One file of an export, its path relative to the folder that was asked for. */
export interface ExportFile {
  /** Below the folder of the export. */
  readonly path: string;
  /** Its whole content. */
  readonly text: string;
}

/** The command line that runs a result again; undefined where there is none. */
export type CommandOf = (result: Result) => string | undefined;

/** All files of results in one format; without commands it leaves those out. */
export type ExportWriter = (results: readonly Result[], commandOf?: CommandOf) => ExportFile[];
