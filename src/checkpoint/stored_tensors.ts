/**
 * The tensors of a checkpoint folder: which file holds each, and which of them a model takes.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { isPresent, readJsonIfPresent } from "../files/read.ts";
import type { HostTensor, NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { EMBEDDING_NAME, HEAD_NAME, parameterShapes } from "../models/parameters.ts";
import { readSafetensorsHeader, readStoredTensor } from "./safetensors.ts";

/** The weight file of a checkpoint that is not sharded. */
export const WEIGHTS_FILE = "model.safetensors";
/** What tells an adapter's folder from a model's. */
export const ADAPTER_CONFIG_FILE = "adapter_config.json";
const INDEX_FILE = "model.safetensors.index.json";

/** A tensor on the disk. */
export interface TensorOnDisk {
  /** Name of its file in the folder. */
  readonly file: string;
  readonly shape: readonly number[];
  /** Reads it; nothing is kept. */
  read(): HostTensor;
}

/** Tensors by name. */
export type TensorsOnDisk = ReadonlyMap<string, TensorOnDisk>;

/** What every tensor but the head begins with. */
const PREFIX = "model.";
/** What torch.compile puts in front of a module's names. */
const COMPILED_PREFIX = "_orig_mod.";
/** Buffers that old Llama checkpoints carry; they follow from the configuration. */
const DERIVED_TENSOR = /(^|\.)rotary_emb\.inv_freq$/;

/**
 * All tensors of the folder's one weight file or of its shards, by the names that a model with a head has.
 *
 * @throws {BenchError} If there is none, or one is damaged
 */
export async function locateTensors(folder: string): Promise<TensorsOnDisk> {
  const found = isPresent(`${folder}/${WEIGHTS_FILE}`)
    ? locateInFile(folder, WEIGHTS_FILE)
    : await locateInShards(folder);
  const compiled = found.keys().find((name) => name.startsWith(COMPILED_PREFIX));
  if (compiled !== undefined) {
    throw new BenchError(
      `Cannot load ${folder}: its tensors are those of a compiled module, "${compiled}"; ` +
        `save the module itself, model._orig_mod.save_pretrained(…)`,
    );
  }
  // A model that was saved without its head, as LlamaModel is, has no prefix.
  const isBare = found.has(EMBEDDING_NAME.slice(PREFIX.length)) && !found.has(EMBEDDING_NAME);
  return isBare ? new Map(found.entries().map(([name, tensor]) => [prefixed(name), tensor])) : found;
}

function prefixed(name: string): string {
  return name === HEAD_NAME ? name : PREFIX + name;
}

async function locateInShards(folder: string): Promise<TensorsOnDisk> {
  const index = await readJsonIfPresent(`${folder}/${INDEX_FILE}`);
  if (index === undefined) {
    const pickled = [...Deno.readDirSync(folder)].find(({ name }) => /\.(bin|pt|pth|ckpt)$/.test(name));
    throw new BenchError(
      `Cannot load ${folder}: it holds neither ${WEIGHTS_FILE} nor ${INDEX_FILE}` +
        (pickled === undefined
          ? ""
          : `; ${pickled.name} may run code when it is read: load it with transformers where ` +
            `you trust it, and save it again by save_pretrained, which writes safetensors`),
    );
  }
  const shards = new Set<string>();
  for (const shard of Object.values((index.weight_map ?? {}) as Record<string, unknown>)) {
    if (typeof shard !== "string" || !/^[\w.-]+\.safetensors$/.test(shard)) {
      throw new BenchError(`Cannot load ${folder}: ${INDEX_FILE} names the shard ${JSON.stringify(shard)}`);
    }
    shards.add(shard);
  }
  const located = new Map<string, TensorOnDisk>();
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

function locateInFile(folder: string, file: string): TensorsOnDisk {
  const path = `${folder}/${file}`;
  return new Map(
    readSafetensorsHeader(path).entries().map(([name, stored]) => [
      name,
      { file, shape: stored.shape, read: () => readStoredTensor(path, name, stored) },
    ]),
  );
}

/**
 * The architecture's tensors, in its order, each checked against its shape.
 *
 * @throws {BenchError} If one is missing, of another shape, or not part of the architecture
 */
export function selectTensors(stored: TensorsOnDisk, config: ModelConfig, source: string): TensorsOnDisk {
  const shapes = parameterShapes(config);
  const selected = new Map<string, TensorOnDisk>();
  for (const [name, shape] of shapes) {
    const tensor = stored.get(name);
    if (tensor === undefined) {
      const advice = name === HEAD_NAME
        ? "; where the head is the embedding table, set tie_word_embeddings to true in config.json"
        : "";
      throw new BenchError(`Cannot load ${source}: tensor "${name}" of shape [${shape}] is missing${advice}`);
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new BenchError(
        `Cannot load ${source}: tensor "${name}" has shape [${tensor.shape}], config.json implies [${shape}]`,
      );
    }
    selected.set(name, tensor);
  }
  for (const name of stored.keys()) {
    // The head of tied embeddings may be stored a second time: `hasOwnHead` has compared it.
    if (shapes.has(name) || name === HEAD_NAME || DERIVED_TENSOR.test(name)) continue;
    throw new BenchError(`Cannot load ${source}: tensor "${name}" is not part of a ${config.family} model`);
  }
  return selected;
}

/** Whether the tensors hold a head that is not the embedding table, whatever the configuration says of ties. */
export function hasOwnHead(stored: TensorsOnDisk): boolean {
  const [head, table] = [stored.get(HEAD_NAME)?.read().data, stored.get(EMBEDDING_NAME)?.read().data];
  return head !== undefined && table !== undefined && !head.every((value, i) => value === table[i]);
}

/** Tensors that are read, or made, at each `get`. */
export class LazyTensors implements NamedTensors {
  readonly #stored: ReadonlyMap<string, Pick<TensorOnDisk, "read">>;

  constructor(stored: ReadonlyMap<string, Pick<TensorOnDisk, "read">>) {
    this.#stored = stored;
  }

  get size(): number {
    return this.#stored.size;
  }

  has(name: string): boolean {
    return this.#stored.has(name);
  }

  get(name: string): HostTensor | undefined {
    return this.#stored.get(name)?.read();
  }

  keys(): MapIterator<string> {
    return this.#stored.keys();
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
