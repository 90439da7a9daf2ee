/**
 * A GGUF file that lies on this machine -> a model of the cache, under a name that its owner chooses. It is pinned like one
 * of the hub; its commit is the first 40 digits of its SHA-256, so that a name with a revision means these bytes.
 *
 * @module
 */
import { BenchError, UsageError } from "../../errors.ts";
import { isGguf } from "../../files/gguf.ts";
import { fileSha256 } from "../../files/hash.ts";
import { loadTokenizer } from "../../prompt/tokenizer.ts";
import { loadCheckpoint } from "../checkpoint.ts";
import { DEFAULT_MODEL_CACHE, findCached } from "./cache.ts";
import { GGUF_FILE } from "./file_list.ts";
import { copyChecked, type FetchedModel, gather } from "./gather.ts";
import { DEFAULT_REVISION, formatModelReference, type ModelReference } from "./reference.ts";

const COMMIT_DIGITS = 40;

/** Options of {@link takeGguf}. */
export interface TakeGgufOptions {
  /** Folder of fetched models (default `.data/models`). */
  readonly cache?: string;
  /** Told about bytes as they arrive. */
  readonly onBytes?: (file: string, bytes: number) => void;
}

/**
 * Copies a GGUF file into the cache, unless it is there; its configuration, tensors and tokenizer are checked first.
 *
 * @param reference the name it gets; a revision, where one is given, must be that of its bytes
 * @throws {UsageError} If the path is not of a GGUF file, or the revision is another
 * @throws {BenchError} If it is no model that this program can load, or the copy is not what was read
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { modelFolder } from "./cache.ts";
 * const cache = await Deno.makeTempDir();
 * const { commit } = await takeGguf({ model: "own/llama", revision: "main" }, "tests/golden/gguf/llama3.gguf", { cache });
 * assertEquals(modelFolder("own/llama", cache), `${cache}/own/llama/${commit}/model.gguf`);
 * ```
 */
export async function takeGguf(
  reference: ModelReference,
  path: string,
  options: TakeGgufOptions = {},
): Promise<FetchedModel> {
  const { cache = DEFAULT_MODEL_CACHE, onBytes } = options;
  const { model, revision } = reference;
  if (!isGguf(path)) {
    throw new UsageError(
      `Cannot take ${path} as ${model}: expected a .gguf file; a folder in Hugging Face format needs no fetching, name it by --model`,
    );
  }
  // What cannot be loaded is refused before a byte of it is copied.
  await loadCheckpoint(path);
  await loadTokenizer(path);
  const sha256 = await fileSha256(path);
  const commit = sha256.slice(0, COMMIT_DIGITS);
  if (revision !== DEFAULT_REVISION && !commit.startsWith(revision)) {
    throw new UsageError(
      `Cannot take ${path} as ${
        formatModelReference(reference)
      }: its bytes are revision ${commit}; give ${model} alone`,
    );
  }
  const { size: bytes } = await Deno.stat(path);
  const there = findCached({ model, revision: commit }, cache);
  if (there !== undefined) return { ...there, from: "cache", bytes };
  const list = { model, commit, files: [{ name: GGUF_FILE, pin: { bytes, sha256 } }] };
  try {
    return await gather(list, cache, path, async ({ name, pin }, part) => {
      await copyChecked(path, part, pin);
      onBytes?.(name, bytes);
    });
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    throw new BenchError(`Cannot take ${path} as ${model}: ${error.message}`);
  }
}
