/**
 * A Hugging Face checkpoint folder -> configuration, weights and end tokens.
 *
 * Weights are read tensor by tensor when they are asked for, and not kept: a model that copies them once into its own
 * memory never holds the checkpoint twice.
 *
 * @module
 */
import { sep } from "node:path";
import { createHash } from "node:crypto";
import { BenchError } from "../errors.ts";
import { isPresent, type JsonRecord, readJsonIfPresent } from "../files/read.ts";
import { parseCheckpointConfig, parseForeignConfig } from "./config.ts";
import type { HostTensor, NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { elementCount, HEAD_NAME, parameterCount, parameterShapes } from "../models/parameters.ts";
import { readSafetensorsHeader, readStoredTensor, type StoredTensor } from "./safetensors.ts";
import { fileSha256 } from "../files/hash.ts";

/** A loaded checkpoint. */
export interface Checkpoint {
  /** Where it lies. */
  readonly folder: string;
  /** Shape of the model. */
  readonly config: ModelConfig;
  /** `config.json` as it was found, for saving a trained model. */
  readonly configJson: JsonRecord;
  /** Every tensor of `config`, read from the disk at each `get`; of a foreign architecture every tensor that is stored. */
  readonly weights: NamedTensors;
  /** Why no backend but torch can hold it; absent where all can. */
  readonly foreign?: string;
  /** Tokens that end a completion, of `generation_config.json` or else `config.json`; may be empty. */
  readonly endTokens: readonly number[];
  /** Learned numbers; a tied head counts once. */
  readonly parameters: number;
  /** Weight files, in order of name. */
  readonly weightFiles: readonly string[];
  /** Names of the files beside the weights that tokenizer, template and generation need, as far as they exist. */
  readonly companionFiles: readonly string[];
  /**
   * Identity of the weights: the SHA-256 of the one weight file, or of the lines `<sha256>  <name>\n` of all shards.
   * Reads the files once.
   */
  weightsSha256(): Promise<string>;
}

/** The weight file of a checkpoint that is not sharded. */
export const WEIGHTS_FILE = "model.safetensors";
const INDEX_FILE = "model.safetensors.index.json";

/** Files that belong to a checkpoint beside `config.json` and its weights. */
export const COMPANION_FILES: readonly string[] = [
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
  "added_tokens.json",
  "vocab.json",
  "merges.txt",
  "chat_template.jinja",
  "generation_config.json",
];

/** Buffers that old Llama checkpoints carry; they follow from the configuration. */
const DERIVED_TENSOR = /\.rotary_emb\.inv_freq$/;

/** What is taken. */
export interface CheckpointOptions {
  /** Whether an architecture is taken that only a backend of its own knows (default false: an error). */
  readonly foreign?: boolean;
}

/**
 * Loads a checkpoint folder; the weights' names and shapes are checked now, their values when they are read.
 *
 * @throws {BenchError} If a file is missing or damaged, the architecture is unsupported, or a tensor is missing, of
 * the wrong shape, or not part of the architecture
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const { config, weights } = await loadCheckpoint("models/tiny");
 * assertEquals(weights.get("model.embed_tokens.weight")!.shape, [config.vocabularySize, config.hiddenSize]);
 * ```
 */
export async function loadCheckpoint(folder: string, options: CheckpointOptions = {}): Promise<Checkpoint> {
  const configPath = `${folder}/config.json`;
  const configJson = await readJsonIfPresent(configPath);
  if (configJson === undefined) {
    throw new BenchError(`Cannot load ${folder}: it is not a model folder, config.json is missing`);
  }
  const stored = await locateTensors(folder);
  const { config, located, foreign } = readArchitecture(configJson, configPath, stored, folder, options);
  const weights = new StoredTensors(located);
  const weightFiles = [...new Set(stored.values().map((tensor) => tensor.file))].sort();
  return {
    folder,
    config,
    configJson,
    weights,
    ...(foreign !== undefined && { foreign }),
    endTokens: await readEndTokens(folder, configJson),
    parameters: foreign === undefined ? parameterCount(config) : storedCount(located),
    weightFiles,
    companionFiles: companionsOf(folder),
    weightsSha256: () => hashWeights(folder, weightFiles),
  };
}

/** Sizes and tensors of an architecture: one of ours, whose tensors must be those that it has, or a foreign one. */
function readArchitecture(
  configJson: JsonRecord,
  configPath: string,
  stored: ReadonlyMap<string, LocatedTensor>,
  folder: string,
  options: CheckpointOptions,
): { config: ModelConfig; located: ReadonlyMap<string, LocatedTensor>; foreign?: string } {
  try {
    const config = parseCheckpointConfig(configJson, configPath);
    return { config, located: selectTensors(stored, config, folder) };
  } catch (error) {
    if (!options.foreign || !(error instanceof BenchError)) throw error;
    return { config: parseForeignConfig(configJson, configPath), located: stored, foreign: error.message };
  }
}

function storedCount(located: ReadonlyMap<string, LocatedTensor>): number {
  return located.values().reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

/** Companions that are there; they are copied with every checkpoint that is saved, and published with it. */
function companionsOf(folder: string): string[] {
  const names = COMPANION_FILES.filter((name) => isPresent(`${folder}/${name}`));
  if (names.length === 0) return [];
  const home = Deno.realPathSync(folder);
  // The hub's own cache keeps files apart, and links to them.
  const hubCache = HUB_SNAPSHOT.exec(home)?.[1];
  const roots = [home, ...(hubCache === undefined ? [] : [`${hubCache}${sep}blobs`])];
  for (const name of names) {
    const real = Deno.realPathSync(`${folder}/${name}`);
    if (roots.some((root) => real.startsWith(`${root}${sep}`))) continue;
    throw new BenchError(
      `Cannot load ${folder}: ${name} is a link out of it, to ${real}; put the file itself there if it belongs to the model`,
    );
  }
  return names;
}

const HUB_SNAPSHOT = /^(.*)[/\\]snapshots[/\\][^/\\]+$/;

interface LocatedTensor extends StoredTensor {
  readonly folder: string;
  readonly file: string;
}

/** Tensors that are read from the disk at each `get`. */
class StoredTensors implements NamedTensors {
  readonly #located: ReadonlyMap<string, LocatedTensor>;

  constructor(located: ReadonlyMap<string, LocatedTensor>) {
    this.#located = located;
  }

  get size(): number {
    return this.#located.size;
  }

  has(name: string): boolean {
    return this.#located.has(name);
  }

  get(name: string): HostTensor | undefined {
    const tensor = this.#located.get(name);
    return tensor && readStoredTensor(`${tensor.folder}/${tensor.file}`, name, tensor);
  }

  keys(): MapIterator<string> {
    return this.#located.keys();
  }

  *values(): MapIterator<HostTensor> {
    for (const name of this.keys()) yield this.get(name)!;
  }

  *entries(): MapIterator<[string, HostTensor]> {
    for (const name of this.keys()) yield [name, this.get(name)!];
  }

  [Symbol.iterator](): MapIterator<[string, HostTensor]> {
    return this.entries();
  }

  forEach(visit: (tensor: HostTensor, name: string, map: NamedTensors) => void): void {
    for (const [name, tensor] of this) visit(tensor, name, this);
  }
}

/** All tensors of the folder's one weight file or of its shards. */
async function locateTensors(folder: string): Promise<ReadonlyMap<string, LocatedTensor>> {
  if (isPresent(`${folder}/${WEIGHTS_FILE}`)) return locateInFile(folder, WEIGHTS_FILE);
  const index = await readJsonIfPresent(`${folder}/${INDEX_FILE}`);
  if (index === undefined) {
    throw new BenchError(`Cannot load ${folder}: it holds neither ${WEIGHTS_FILE} nor ${INDEX_FILE}`);
  }
  const shards = new Set<string>();
  for (const shard of Object.values((index.weight_map ?? {}) as Record<string, unknown>)) {
    if (typeof shard !== "string" || !/^[\w.-]+\.safetensors$/.test(shard)) {
      throw new BenchError(`Cannot load ${folder}: ${INDEX_FILE} names the shard ${JSON.stringify(shard)}`);
    }
    shards.add(shard);
  }
  const located = new Map<string, LocatedTensor>();
  for (const shard of [...shards].sort()) {
    if (!isPresent(`${folder}/${shard}`)) {
      throw new BenchError(
        `Cannot load ${folder}: shard ${shard} is missing, ${INDEX_FILE} names ${shards.size} shards`,
      );
    }
    for (const [name, tensor] of locateInFile(folder, shard)) located.set(name, tensor);
  }
  return located;
}

function locateInFile(folder: string, file: string): ReadonlyMap<string, LocatedTensor> {
  const header = readSafetensorsHeader(`${folder}/${file}`);
  return new Map(header.entries().map(([name, tensor]) => [name, { ...tensor, folder, file }]));
}

/** The architecture's tensors, in its order, each checked against its shape. */
function selectTensors(
  stored: ReadonlyMap<string, LocatedTensor>,
  config: ModelConfig,
  folder: string,
): ReadonlyMap<string, LocatedTensor> {
  const shapes = parameterShapes(config);
  const selected = new Map<string, LocatedTensor>();
  for (const [name, shape] of shapes) {
    const tensor = stored.get(name);
    if (tensor === undefined) {
      throw new BenchError(`Cannot load ${folder}: tensor "${name}" of shape [${shape}] is missing`);
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new BenchError(
        `Cannot load ${folder}: tensor "${name}" has shape [${tensor.shape}], config.json implies [${shape}]`,
      );
    }
    selected.set(name, tensor);
  }
  for (const name of stored.keys()) {
    // A tied head may be stored a second time; the table is what counts.
    if (shapes.has(name) || name === HEAD_NAME || DERIVED_TENSOR.test(name)) continue;
    throw new BenchError(`Cannot load ${folder}: tensor "${name}" is not part of a ${config.family} model`);
  }
  return selected;
}

async function readEndTokens(folder: string, configJson: JsonRecord): Promise<readonly number[]> {
  const generation = await readJsonIfPresent(`${folder}/generation_config.json`);
  const ends = generation?.eos_token_id ?? configJson.eos_token_id ?? [];
  const list = Array.isArray(ends) ? ends : [ends];
  if (!list.every((id) => Number.isSafeInteger(id) && id >= 0)) {
    throw new BenchError(`Cannot load ${folder}: eos_token_id is ${JSON.stringify(ends)}, expected token ids`);
  }
  return list;
}

async function hashWeights(folder: string, files: readonly string[]): Promise<string> {
  if (files.length === 1) return await fileSha256(`${folder}/${files[0]}`);
  const lines = createHash("sha256");
  for (const file of files) lines.update(`${await fileSha256(`${folder}/${file}`)}  ${file}\n`);
  return lines.digest("hex");
}
