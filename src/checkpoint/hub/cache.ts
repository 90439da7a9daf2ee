/**
 * Where fetched models lie: `<cache>/<org>/<name>/<commit>/`, with `files.json`, which pins every file. A folder is
 * under its name only when it is whole. A mirror folder has the same layout.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { BenchError } from "../../errors.ts";
import { isPresent, isVisible, readJsonIfPresent } from "../../files/read.ts";
import { GGUF_FILE, type HubFileList, isFileList } from "./file_list.ts";
import { formatModelReference, isCommit, type ModelReference, parseModelReference } from "./reference.ts";

/** Folder of fetched models, unless told otherwise. */
export const DEFAULT_MODEL_CACHE = ".data/models";
/** Where `models/` lies that comes with the code; an experiment names it by its path there. */
const SHIPPED = new URL("../../../", import.meta.url);
/** The file that pins the others. */
export const FILE_LIST = "files.json";

/** A whole model in a cache. */
export interface CachedModel {
  /** `org/name`. */
  readonly model: string;
  /** Whole hash of the commit. */
  readonly commit: string;
  /** Where it lies. */
  readonly folder: string;
}

/**
 * All models of a cache folder, in order of name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(cachedModels("no/such/folder"), []);
 * ```
 */
export function cachedModels(cache: string): CachedModel[] {
  return foldersIn(cache).flatMap((org) =>
    foldersIn(`${cache}/${org}`).flatMap((name) =>
      foldersIn(`${cache}/${org}/${name}`).filter(isCommit).map((commit) => ({
        model: `${org}/${name}`,
        commit,
        folder: `${cache}/${org}/${name}/${commit}`,
      }))
    )
  );
}

/**
 * The cached model that a reference means: the commit, the one commit that begins so, or, for a branch or tag, the one
 * commit that is there.
 *
 * @throws {BenchError} If several would do
 */
export function findCached(reference: ModelReference, cache: string): CachedModel | undefined {
  const { model, revision } = reference;
  const all = cachedModels(cache).filter((cached) => cached.model === model);
  const isHex = /^[0-9a-f]{7,40}$/.test(revision);
  const fitting = isHex ? all.filter(({ commit }) => commit.startsWith(revision)) : all;
  if (fitting.length > 1) {
    throw new BenchError(
      `Cannot tell which ${formatModelReference(reference)} is meant: ${cache} has commits ` +
        `${fitting.map(({ commit }) => commit).join(", ")}; name one of them`,
    );
  }
  return fitting[0];
}

/** `org/name`, maybe with a revision. */
const ON_HUB = /^[^/.][^/]*\/[^/]+$/;

/**
 * The folder, or the GGUF file, of a model that is given as a folder or file, here or among those that come with the code (`models/tiny`), or as
 * `org/name@revision`.
 *
 * @throws {BenchError} If it is neither here as a folder nor fetched
 */
export function modelFolder(given: string, cache: string = DEFAULT_MODEL_CACHE): string {
  // What could be a name on the hub is a folder only where the program may look: it reads what its command line names.
  if (ON_HUB.test(given) ? isVisible(given) : isPresent(given)) return given;
  const shipped = shippedFolder(given);
  if (shipped !== undefined) return shipped;
  if (!ON_HUB.test(given)) {
    throw new BenchError(
      `Cannot find the model ${given}: there is no such folder, and it is not of the form org/name@revision`,
    );
  }
  const cached = findCached(parseModelReference(given), cache);
  if (cached !== undefined) return checkpointIn(cached.folder);
  throw new BenchError(
    `Cannot find the model ${given}: there is no such folder here, and no download of that name in ${cache}\n` +
      `run it in the folder where ${given} lies, or fetch it from the hub: deno task models fetch ${given}`,
  );
}

/** What is loaded of a cached model: its folder, or the GGUF file that it was taken from. */
function checkpointIn(folder: string): string {
  const file = `${folder}/${GGUF_FILE}`;
  return isPresent(file) ? file : folder;
}

function shippedFolder(given: string): string | undefined {
  if (!/^models\/[\w-]+\/?$/.test(given)) return undefined;
  const folder = fileURLToPath(new URL(given, SHIPPED));
  return isPresent(folder) ? folder : undefined;
}

/**
 * The list that pins a cached model's files.
 *
 * @throws {BenchError} If it is missing or damaged
 */
export async function readFileList({ model, commit, folder }: CachedModel): Promise<HubFileList> {
  const list = await readJsonIfPresent(`${folder}/${FILE_LIST}`);
  if (list?.model !== model || list.commit !== commit || !isFileList(list.files)) {
    throw new BenchError(
      `Cannot use ${folder}: its ${FILE_LIST} is missing or not of ${model}@${commit}; remove the folder and fetch again`,
    );
  }
  return list as unknown as HubFileList;
}

function foldersIn(path: string): string[] {
  if (!isPresent(path)) return [];
  return [...Deno.readDirSync(path)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
}
