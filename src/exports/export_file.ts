/**
 * A file in a format that others ingest.
 *
 * @module
 */

/** One file of an export, its path relative to the folder that was asked for. */
export interface ExportFile {
  /** Below the folder of the export. */
  readonly path: string;
  /** Its whole content. */
  readonly text: string;
}
