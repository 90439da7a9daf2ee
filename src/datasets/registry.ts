/**
 * Datasets by name: the six generated ones, the five real ones, three out of domain, the training sets, and anybody's
 * own JSONL file by its path. Nothing here uses the network; `fetch.ts` does.
 *
 * @module
 */
import { BenchError, nearestName, UsageError } from "../errors.ts";
import { aime2024 } from "./aime2024.ts";
import { aime2025 } from "./aime2025.ts";
import { amc23 } from "./amc23.ts";
import { ARITHMETIC_TASKS, GENERATED_TASKS } from "./arithmetic/tasks.ts";
import { heldOut } from "./arithmetic/held_out.ts";
import { type CheckedRows, DEFAULT_CACHE, readCached, readMirrorFolder } from "./cache.ts";
import { type Dataset, dataset } from "./dataset.ts";
import { deepscaler, deepscalerSoftGrpo } from "./deepscaler.ts";
import { applyErrata, ERRATA_SUFFIX } from "./errata.ts";
import { isAddress } from "./fetch.ts";
import { gpqaDiamond } from "./gpqa_diamond.ts";
import { gsm8k, gsm8kTrain } from "./gsm8k.ts";
import { humaneval } from "./humaneval.ts";
import { math500 } from "./math500.ts";
import { mathTrain } from "./math_train.ts";
import { mbpp } from "./mbpp.ts";
import { readOwnDataset } from "./own_dataset.ts";
import type { PublishedDataset } from "./published_dataset.ts";
import { arithmeticSource, datasetSource, type DatasetSourceOptions, type TrainingSource } from "./training_source.ts";

/** Everything that is downloaded, evaluation sets first. */
export const PUBLISHED_DATASETS: readonly PublishedDataset[] = [
  aime2024,
  aime2025,
  amc23,
  math500,
  gsm8k,
  gpqaDiamond,
  humaneval,
  mbpp,
  gsm8kTrain,
  mathTrain,
  deepscaler,
  deepscalerSoftGrpo,
];

/** Name of the training source that draws from the embedded model's families in turn. */
export const ARITHMETIC_SOURCE = "arithmetic";

/** Where {@link loadDataset} looks for files that were downloaded. */
export interface LoadOptions {
  /** Folder of downloads (default `.data/datasets`). */
  readonly cache?: string;
  /** Folder that is read in place where the cache has nothing; an address is used by fetching alone. */
  readonly mirror?: string;
}

/**
 * Every name that {@link loadDataset} knows.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * assert(datasetNames().includes("gsm8k"));
 * ```
 */
export function datasetNames(): string[] {
  return [
    ...GENERATED_TASKS.map(({ name }) => name),
    ...PUBLISHED_DATASETS.flatMap(({ name, errata }) => errata.length > 0 ? [name, name + ERRATA_SUFFIX] : [name]),
  ];
}

/**
 * Loads a dataset; a name that ends in `+errata1` is the view with known faults corrected.
 *
 * @param name of the registry, or the path of a JSONL file: one that holds a `/` or ends in `.jsonl`
 * @throws {UsageError} If there is no such name
 * @throws {BenchError} If it was not fetched, or its file is not what it must be
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { problems } = await loadDataset("arith-add");
 * assertEquals(problems.length, 200);
 * ```
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  if (isPath(name)) return readOwnDataset(name);
  const task = GENERATED_TASKS.find((task) => task.name === name);
  if (task) return heldOut(task);
  const published = publishedDataset(name);
  const { problems, path } = await readPublished(published, options);
  return publishedView(published, problems, { source: path, errata: name.endsWith(ERRATA_SUFFIX) });
}

/**
 * Several datasets at once; of those that cannot be loaded all are named, so that one command can fix it.
 *
 * @throws {UsageError} If there is no such name
 * @throws {BenchError} If any was not fetched, or its file is not what it must be
 */
export async function loadDatasets(names: readonly string[], options: LoadOptions = {}): Promise<Dataset[]> {
  const loaded = await Promise.allSettled(names.map((name) => loadDataset(name, options)));
  const errors = loaded.flatMap((outcome) => outcome.status === "rejected" ? [outcome.reason] : []);
  const absent = errors.filter((error) => error instanceof AbsentDataset);
  if (absent.length < errors.length) throw errors.find((error) => !absent.includes(error));
  if (absent.length > 0) {
    throw new AbsentDataset(absent.flatMap((error) => error.names), options.cache ?? DEFAULT_CACHE);
  }
  return loaded.flatMap((outcome) => outcome.status === "fulfilled" ? [outcome.value] : []);
}

/** Published datasets of which there is no file here. */
class AbsentDataset extends BenchError {
  constructor(readonly names: readonly string[], cache: string) {
    super(
      `Cannot load ${names.join(", ")}: found no file of ${names.length > 1 ? "them" : "it"} in ${cache}\n` +
        `run: deno task datasets fetch ${names.join(" ")}`,
    );
  }
}

/**
 * The training source of that name: `arithmetic`, a generated family, a dataset, or the path of a JSONL file.
 *
 * @param options.fits rows of a dataset that are a part of the source; what is generated has no rows to leave out
 * @throws {UsageError} If there is no such name, or its problems are not of mathematics
 */
export async function loadTrainingSource(
  name: string,
  { seed, fits, ...options }: LoadOptions & Pick<DatasetSourceOptions, "seed" | "fits">,
): Promise<TrainingSource> {
  if (name === ARITHMETIC_SOURCE) return arithmeticSource({ seed, tasks: ARITHMETIC_TASKS });
  const tasks = GENERATED_TASKS.filter((task) => task.name === name);
  if (tasks.length > 0) return arithmeticSource({ seed, tasks });
  const dataset = await loadDataset(name, options);
  if (dataset.kind !== undefined && dataset.kind !== "mathematics") {
    throw new UsageError(
      `Cannot train on ${name}: its problems are of kind ${dataset.kind}, expected mathematics; ` +
        `name it among the datasets to score a model on it`,
    );
  }
  return datasetSource({ seed, dataset, ...(fits && { fits }) });
}

/**
 * The registry's entry of a name, with or without the suffix of its errata.
 *
 * @throws {UsageError} If there is none; it names the nearest
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(publishedDataset("gsm8k").rows, 1319);
 * ```
 */
export function publishedDataset(name: string): PublishedDataset {
  const found = PUBLISHED_DATASETS.find((entry) =>
    entry.name === name || (entry.errata.length > 0 && entry.name + ERRATA_SUFFIX === name)
  );
  if (found) return found;
  const near = nearestName(name.replace(/\+.*/, ""), [...datasetNames(), ARITHMETIC_SOURCE]);
  throw new UsageError(
    `Unknown dataset "${name}"${near ? `, did you mean "${near}"?` : ""}\n` +
      `known are ${datasetNames().join(", ")}, and JSONL files by path (./problems.jsonl)`,
  );
}

/** Whether the owners of a dataset ask that nothing of it be shown; a completion may repeat its question. */
export function isWithheld(dataset: string): boolean {
  return PUBLISHED_DATASETS.some(({ name, withheld }) => name === dataset && withheld === true);
}

/** The dataset of rows that were read and checked: as published, or with its errata applied. */
export function publishedView(
  { name, version, licence, kind, errata: known }: PublishedDataset,
  problems: CheckedRows["problems"],
  { source, errata }: { source: string; errata: boolean },
): Dataset {
  const suffix = errata ? ERRATA_SUFFIX : "";
  return dataset({
    name: name + suffix,
    version: version + suffix,
    licence,
    source,
    ...(kind !== undefined && { kind }),
    problems: errata ? applyErrata(problems, known) : problems,
  });
}

async function readPublished(
  published: PublishedDataset,
  { cache = DEFAULT_CACHE, mirror }: LoadOptions,
): Promise<CheckedRows> {
  const cached = await readCached(published, cache);
  if (cached) return cached;
  const faults: string[] = [];
  if (mirror !== undefined && !isAddress(mirror)) {
    const mirrored = await readMirrorFolder(published, mirror, faults);
    if (mirrored) return mirrored;
  }
  if (faults.length === 0) throw new AbsentDataset([published.name], cache);
  throw new BenchError(
    `Cannot load ${published.name}: ${faults.join("; ")}\n` +
      `run: deno task datasets fetch ${published.name}`,
  );
}

/** Whether a name is the path of a file of one's own. */
export function isPath(name: string): boolean {
  return /[/\\]|\.jsonl$/.test(name);
}
