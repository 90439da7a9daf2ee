/**
 * How commands read the results of a folder: what is no result is named and left out, and what was checked before is not
 * checked again.
 *
 * @module
 */
import { sourceHashes } from "../experiment/source_hashes.ts";
import { jsonSha256 } from "../files/hash.ts";
import { CheckedFiles } from "../result/checked_files.ts";
import { ResultReader } from "../result/reader.ts";
import type { OnSkipped } from "../result/skipped.ts";
import { countText } from "../text/numbers.ts";
import { visible } from "../text/visible.ts";
import { EXIT } from "./command.ts";
import { CODE_FOLDER } from "./places.ts";

/** Beside the code, where nothing comes with results. */
const CHECKED_FOLDER = `${CODE_FOLDER}/.cache/checked-results`;
/** So many files are named, and the others counted. */
const MOST_NAMED = 10;

/**
 * Runs a command that reads results; whatever becomes of it, what was left out is named in the end.
 *
 * @param work gives the command's exit code
 * @returns 1 in the place of 0 where something was left out: what the command made is not of all
 */
export async function whileReading(work: (reading: Reading) => number | Promise<number>): Promise<number> {
  const reading = new Reading();
  try {
    const code = await work(reading);
    return code === EXIT.ok && reading.leftOut ? EXIT.failed : code;
  } finally {
    reading.end();
  }
}

/** One command's reading. */
export class Reading {
  // Another version of V8 may round otherwise.
  private readonly checked = new CheckedFiles(
    CHECKED_FOLDER,
    jsonSha256({ ...sourceHashes(), deno: Deno.version.deno }),
  );
  private readonly reasons = new Map<string, string>();

  /** Knows what this program, as it is, has checked. */
  readonly reader: ResultReader = new ResultReader(this.checked);

  /** Takes note of a file that is no result. */
  readonly onSkipped: OnSkipped = ({ path, reason }) => {
    this.reasons.set(path, reason);
  };

  /** Whether something was. */
  get leftOut(): boolean {
    return this.reasons.size > 0;
  }

  /** Names what was left out, and keeps what was checked where the command may write that. */
  end(): void {
    const reasons = [...this.reasons.values()];
    for (const reason of reasons.slice(0, MOST_NAMED)) console.error(`left out a file: ${visible(reason)}`);
    if (reasons.length > MOST_NAMED) console.error(`left out ${countText(reasons.length - MOST_NAMED, "more file")}`);
    if (Deno.permissions.querySync({ name: "write", path: CHECKED_FOLDER }).state === "granted") this.checked.save();
  }
}
