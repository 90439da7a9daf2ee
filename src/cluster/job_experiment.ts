/**
 * An experiment as it goes to another machine: as data, with the small files that it names beside it. Weights do not go
 * along: the nodes have them, or fetch them.
 *
 * @module
 */
import { basename, isAbsolute } from "node:path";
import { UsageError } from "../errors.ts";
import { type CheckedRows, DEFAULT_CACHE, readMirrorFolder } from "../datasets/cache.ts";
import type { DownloadSource } from "../datasets/cache.ts";
import { ARITHMETIC_SOURCE, isPath, publishedDataset } from "../datasets/registry.ts";
import { ARITHMETIC_TASKS } from "../datasets/arithmetic/tasks.ts";
import { checkExperiment, type ExperimentConfig } from "../experiment/config.ts";
import { readBytesBounded } from "../files/read.ts";

/** An experiment for another machine. */
export interface JobExperiment {
  /** The experiment, and what it names, by path in the job's folder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Name of the experiment's file there. */
  readonly file: string;
  /** Folder there in which published datasets lie; absent where the experiment needs none. */
  readonly mirror?: string;
  /** A checkpoint of the hub that the nodes fetch. */
  readonly fetchedModel?: string;
}

const EXPERIMENT = "experiment.ts", DATASETS = "datasets", OWN_DATASETS = "own_datasets";
const LARGEST_DATASET = 64 << 20;
const SHIPPED_MODEL = /^models\/tiny\/?$/;
const ON_HUB = /^[^/.][^/]*\/[^/]+$/;

/** Where published datasets are looked for. */
export interface DatasetPlaces {
  /** Of downloads (default `.data/datasets`). */
  readonly cache?: string;
  /** A folder beside. */
  readonly mirror?: string | undefined;
}

/**
 * Makes an experiment ready to go to another machine.
 *
 * @throws {UsageError} If its model or one of its datasets is where no other machine can have it
 */
export async function jobExperiment(config: ExperimentConfig, places: DatasetPlaces = {}): Promise<JobExperiment> {
  const files = new Map<string, Uint8Array>();
  let mirror: string | undefined;
  const carry = async (name: string): Promise<string> => {
    if (name === ARITHMETIC_SOURCE || ARITHMETIC_TASKS.some((task) => task.name === name)) return name;
    if (isPath(name)) {
      const path = `${OWN_DATASETS}/${basename(name)}`;
      if (files.has(path)) throw new UsageError(`Cannot send two datasets of the name ${basename(name)}: rename one`);
      files.set(path, readBytesBounded(name, LARGEST_DATASET));
      return path;
    }
    const { candidate, bytes } = await publishedRows(name, places);
    files.set(`${DATASETS}/${candidate.path}`, bytes);
    mirror = DATASETS;
    return name;
  };
  const carried = new Map<string, string>();
  for (const name of new Set([...config.datasets, config.training.source])) carried.set(name, await carry(name));
  const experiment = {
    ...config,
    datasets: config.datasets.map((name) => carried.get(name)!),
    training: { ...config.training, source: carried.get(config.training.source)! },
  };
  const text = JSON.stringify(experiment, null, 2);
  // What is no data would be lost on the way.
  checkExperiment(JSON.parse(text));
  files.set(EXPERIMENT, new TextEncoder().encode(`export default ${text};\n`));
  return {
    files,
    file: EXPERIMENT,
    ...(mirror !== undefined && { mirror }),
    ...(isFetched(config.model) && { fetchedModel: config.model }),
  };
}

/** Whether nodes fetch a model; what is neither that nor there already is refused. */
function isFetched(model: string): boolean {
  if (SHIPPED_MODEL.test(model) || isAbsolute(model)) return false;
  if (ON_HUB.test(model)) return true;
  throw new UsageError(
    `Cannot send the model ${model} to a cluster: expected its absolute path on the nodes, org/name@revision, ` +
      "which they fetch, or models/tiny, which goes along",
  );
}

async function publishedRows(
  name: string,
  { cache = DEFAULT_CACHE, mirror }: DatasetPlaces,
): Promise<CheckedRows & { readonly candidate: DownloadSource; readonly bytes: Uint8Array }> {
  const published = publishedDataset(name);
  const faults: string[] = [];
  for (const folder of [cache, ...(mirror === undefined || /^https?:/.test(mirror) ? [] : [mirror])]) {
    const found = await readMirrorFolder(published, folder, faults);
    if (found !== undefined) return found;
  }
  throw new UsageError(
    `Cannot send ${name} to a cluster: ${faults[0] ?? `found no file of it in ${cache}`}; ` +
      `fetch it here first: deno task datasets fetch ${published.name}`,
  );
}
