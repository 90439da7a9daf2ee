/**
 * What `doctor` finds out, one thing at a time.
 *
 * @module
 */

/** What a fact is about; in the order in which a table shows them. */
export type FactArea = "machine" | "backends" | "tools" | "storage" | "permissions" | "network";

/**
 * `ok`: there and working; `missing`: not there, and something needs it; `absent`: not there, and only what is optional
 * needs it; `damaged`: there, and not as it was written; `info`: neither good nor bad.
 */
export type FactState = "ok" | "missing" | "absent" | "damaged" | "info";

/** One thing that was looked at. */
export interface Fact {
  /** What it is about. */
  readonly area: FactArea;
  /** What was looked at. */
  readonly name: string;
  /** How it stands. */
  readonly state: FactState;
  /** What was found, in a line. */
  readonly found: string;
  /** What to do about it. */
  readonly fix?: string;
}
