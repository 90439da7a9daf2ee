/**
 * The state of every dataset on this machine, for `datasets list` and `datasets verify`.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { heldOut } from "./arithmetic/held_out.ts";
import type { ArithmeticTask } from "./arithmetic/task.ts";
import { GENERATED_TASKS } from "./arithmetic/tasks.ts";
import { readCached, readMirrorFolder } from "./cache.ts";
import type { Dataset } from "./dataset.ts";
import { type Damage, damagedQuestions } from "./errata.ts";
import { isAddress } from "./fetch.ts";
import { findLeaks, type LeakReport } from "./leak_check.ts";
import type { DatasetUse, PublishedDataset } from "./published_dataset.ts";
import { type LoadOptions, PUBLISHED_DATASETS, publishedDataset, publishedView } from "./registry.ts";

/** Where a dataset's rows are, or why they are not. */
export type DatasetState = "generated" | "cached" | "mirror" | "missing" | "broken";

/** One dataset as this machine has it. */
export interface DatasetStatus {
  /** As on the command line. */
  readonly name: string;
  /** What it is for. */
  readonly use: DatasetUse;
  /** Which publication of the rows. */
  readonly version: string;
  /** Licence of the rows. */
  readonly licence: string;
  /** Whether it is here. */
  readonly state: DatasetState;
  /** Where the rows lie, or the address they would be fetched from. */
  readonly source: string;
  /** What is wrong, in state `broken`. */
  readonly fault?: string;
  /** Hash of the published file, where one was checked. */
  readonly fileSha256?: string;
  /** Hash of the normalised rows; pinned, or of the rows found. */
  readonly rowsSha256?: string;
  /** Number of problems, where it is known. */
  readonly problems?: number;
  /** Questions whose published text is damaged; empty where there are no rows to look at. */
  readonly damaged: readonly Damage[];
  /** Corrections that the view `<name>+errata1` applies. */
  readonly errata: number;
}

/** A status, and the rows where there are any. */
export interface CheckedDataset {
  /** How it stands. */
  readonly status: DatasetStatus;
  /** The rows; absent where there are none. */
  readonly dataset?: Dataset;
}

/**
 * Reads and checks the named datasets, or all of the registry; whatever a file holds, it does not throw.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const [{ status, dataset }] = await checkDatasets(["arith-add"], {});
 * assertEquals([status.state, dataset!.problems.length], ["generated", status.problems]);
 * ```
 */
export async function checkDatasets(names: readonly string[], options: LoadOptions): Promise<CheckedDataset[]> {
  if (names.length === 0) {
    return [
      ...GENERATED_TASKS.map(checkGenerated),
      ...await Promise.all(PUBLISHED_DATASETS.map((entry) => checkPublished(entry, options))),
    ];
  }
  return await Promise.all(names.map((name) => {
    const task = GENERATED_TASKS.find((task) => task.name === name);
    return task ? checkGenerated(task) : checkPublished(publishedDataset(name), options);
  }));
}

/** Every training set that is there against every evaluation set that is there. */
export function checkLeaks(checked: readonly CheckedDataset[]): { name: string; report: LeakReport }[] {
  const evaluation = checked.flatMap(({ status, dataset }) => status.use !== "training" && dataset ? [dataset] : []);
  return checked.flatMap(({ status, dataset }) =>
    status.use === "training" && dataset ? [{ name: status.name, report: findLeaks(dataset.problems, evaluation) }] : []
  );
}

function checkGenerated(task: ArithmeticTask): CheckedDataset {
  const dataset = heldOut(task);
  return {
    dataset,
    status: {
      name: task.name,
      use: "evaluation",
      version: dataset.version,
      licence: dataset.licence,
      state: "generated",
      source: dataset.source,
      rowsSha256: dataset.sha256,
      problems: dataset.problems.length,
      damaged: [],
      errata: 0,
    },
  };
}

async function checkPublished(entry: PublishedDataset, { cache, mirror }: LoadOptions): Promise<CheckedDataset> {
  const facts = {
    name: entry.name,
    use: entry.use,
    version: entry.version,
    licence: entry.licence,
    errata: entry.errata.length,
  };
  const pinned = {
    source: entry.files[0].urls[0],
    ...(entry.rowsSha256 !== undefined && { rowsSha256: entry.rowsSha256 }),
    ...(entry.rows !== undefined && { problems: entry.rows }),
    damaged: [],
  };
  try {
    const cached = await readCached(entry, cache);
    const faults: string[] = [];
    const found = cached ??
      (mirror !== undefined && !isAddress(mirror) ? await readMirrorFolder(entry, mirror, faults) : undefined);
    if (!found) {
      const state = faults.length > 0 ? "broken" : "missing";
      return { status: { ...facts, ...pinned, state, ...(faults.length > 0 && { fault: faults.join("; ") }) } };
    }
    const dataset = publishedView(entry, found.problems, { source: found.path, errata: false });
    return {
      dataset,
      status: {
        ...facts,
        state: cached ? "cached" : "mirror",
        source: found.path,
        ...(found.fileSha256 !== undefined && { fileSha256: found.fileSha256 }),
        rowsSha256: dataset.sha256,
        problems: dataset.problems.length,
        damaged: damagedQuestions(dataset.problems, { currency: entry.currency ?? false }),
      },
    };
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    return { status: { ...facts, ...pinned, state: "broken", fault: error.message } };
  }
}
