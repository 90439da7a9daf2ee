/**
 * A named, versioned list of problems with the facts a result file states about it.
 *
 * @module
 */
import { type Problem, rowsSha256 } from "./problem.ts";
import type { ProblemKind } from "./problem_kind.ts";

/** Problems to train on or to be scored on. */
export interface Dataset {
  /** As on the command line and in a result file, with the view's suffix where errata are applied. */
  readonly name: string;
  /** Which publication of the rows this is, e.g. `softgrpo-2b9d8ec` or `softgrpo-2b9d8ec+errata1`. */
  readonly version: string;
  /** SHA-256 of the normalised rows, see `rowsSha256`. */
  readonly sha256: string;
  /** Licence of the rows. */
  readonly licence: string;
  /** Where the rows came from: an address, a path, or the law that generates them. */
  readonly source: string;
  /** What all of its problems ask for; absent: mathematics. */
  readonly kind?: ProblemKind;
  /** In the order of the publication. */
  readonly problems: readonly Problem[];
}

/** A dataset whose hash is computed from its rows. */
export function dataset(facts: Omit<Dataset, "sha256">): Dataset {
  return { ...facts, sha256: rowsSha256(facts.problems) };
}
