/**
 * A Hugging Face checkpoint folder, or a GGUF file -> configuration, weights and end tokens.
 *
 * Weights are read tensor by tensor when they are asked for, and not kept: a model that copies them once into its own
 * memory never holds the checkpoint twice.
 *
 * @module
 */
import { sep } from "node:path";
import { createHash } from "node:crypto";
import { BenchError } from "../errors.ts";
import { isGguf, readGguf } from "../files/gguf.ts";
import { isFolder, isPresent, type JsonRecord, readJsonIfPresent } from "../files/read.ts";
import { causalArchitecture, parseCheckpointConfig, parseForeignConfig } from "./config.ts";
import type { NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { elementCount, parameterCount } from "../models/parameters.ts";
import { type EndTokens, joinEndTokens, readEndTokens } from "./end_tokens.ts";
import { ggufConfig } from "./gguf_config.ts";
import { locateGgufTensors } from "./gguf_tensors.ts";
import {
  ADAPTER_CONFIG_FILE,
  hasOwnHead,
  LazyTensors,
  locateTensors,
  selectTensors,
  type TensorsOnDisk,
} from "./stored_tensors.ts";
import { fileSha256 } from "../files/hash.ts";

const UNTIED =
  "config.json ties the head to the embedding table, but the weights hold another head; that head is used, as transformers 5 does";

/** A loaded checkpoint. */
export interface Checkpoint {
  /** Where it lies: a folder, or a GGUF file. */
  readonly folder: string;
  /** Shape of the model. */
  readonly config: ModelConfig;
  /** `config.json` as it was found, for saving a trained model; what it said against the weights is mended. */
  readonly configJson: JsonRecord;
  /** Every tensor of `config`, read from the disk at each `get`; of a foreign architecture every tensor that is stored. */
  readonly weights: NamedTensors;
  /** Why no backend but torch can hold it; absent where all can. */
  readonly foreign?: string;
  /**
   * Tokens that end a completion: those of `generation_config.json`, `config.json` and the tokenizer together; may be
   * empty.
   */
  readonly endTokens: readonly number[];
  /** What a user of the model should know of how it was read, a sentence each. */
  readonly notes: readonly string[];
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

/** What is taken. */
export interface CheckpointOptions {
  /** Whether an architecture is taken that only a backend of its own knows (default false: an error). */
  readonly foreign?: boolean;
}

/**
 * Loads a checkpoint folder or a GGUF file; the weights' names and shapes are checked now, their values when they are read.
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
  const read = isGguf(folder) ? readGgufParts(folder) : await readFolderParts(folder, options);
  const { stored, ends, architecture: { config, tensors, untied, foreign } } = read;
  const weightFiles = [...new Set(stored.values().map((tensor) => tensor.file))].sort();
  return {
    folder,
    config,
    configJson: {
      ...read.configJson,
      ...(foreign === undefined && "architectures" in read.configJson &&
        { architectures: [causalArchitecture(config.family)] }),
      ...(untied && { tie_word_embeddings: false }),
    },
    weights: new LazyTensors(tensors),
    ...(foreign !== undefined && { foreign }),
    endTokens: ends.ids,
    notes: [
      ...(untied ? [UNTIED] : []),
      ...(foreign === undefined ? positionNotes(read.configJson, config) : []),
      ...ends.notes,
    ].map((text) => `${folder}: ${text}`),
    parameters: foreign === undefined ? parameterCount(config) : storedCount(tensors),
    weightFiles,
    companionFiles: read.companionFiles,
    weightsSha256: () => isGguf(folder) ? fileSha256(folder) : hashWeights(folder, weightFiles),
  };
}

/**
 * Which tokens end a completion of a checkpoint; its weights need not be there.
 *
 * @throws {BenchError} If a file is damaged, or one of them is no token
 */
export async function loadEndTokens(folder: string): Promise<EndTokens> {
  if (isGguf(folder)) return readGgufParts(folder).ends;
  return await readEndTokens(folder, await readJsonIfPresent(`${folder}/config.json`) ?? {});
}

/** What a checkpoint consists of, wherever it is from. */
interface Parts {
  readonly configJson: JsonRecord;
  readonly architecture: Architecture;
  readonly stored: TensorsOnDisk;
  readonly ends: EndTokens;
  readonly companionFiles: readonly string[];
}

/** Sizes and tensors of a model: of one of our architectures those tensors that it has, of a foreign one all. */
interface Architecture {
  readonly config: ModelConfig;
  readonly tensors: TensorsOnDisk;
  /** Whether the weights hold a head that the configuration denies. */
  readonly untied: boolean;
  /** Why it is foreign. */
  readonly foreign?: string;
}

function ownArchitecture(config: ModelConfig, stored: TensorsOnDisk, source: string): Architecture {
  const untied = config.tiedEmbeddings && hasOwnHead(stored);
  const own = untied ? { ...config, tiedEmbeddings: false } : config;
  return { config: own, tensors: selectTensors(stored, own, source), untied };
}

function readArchitecture(
  json: JsonRecord,
  stored: TensorsOnDisk,
  folder: string,
  options: CheckpointOptions,
): Architecture {
  const source = `${folder}/config.json`;
  try {
    return ownArchitecture(parseCheckpointConfig(json, source), stored, folder);
  } catch (error) {
    if (!options.foreign || !(error instanceof BenchError)) throw error;
    return { config: parseForeignConfig(json, source), tensors: stored, untied: false, foreign: error.message };
  }
}

function storedCount(tensors: TensorsOnDisk): number {
  return tensors.values().reduce((sum, { shape }) => sum + elementCount(shape), 0);
}

async function readFolderParts(folder: string, options: CheckpointOptions): Promise<Parts> {
  const configJson = await readJsonIfPresent(`${folder}/config.json`);
  if (configJson === undefined) {
    if (isPresent(`${folder}/${ADAPTER_CONFIG_FILE}`)) {
      throw new BenchError(
        `Cannot load ${folder}: it is an adapter, which stands beside the weights of another model; add it to them first: ` +
          `deno task merge ${folder} OUTPUT`,
      );
    }
    const gguf = isFolder(folder)
      ? [...Deno.readDirSync(folder)].find(({ name }) => name.endsWith(".gguf"))
      : undefined;
    throw new BenchError(
      `Cannot load ${folder}: it is not a model folder, config.json is missing` +
        (gguf === undefined ? "" : `; ${gguf.name} in it is a model by itself: give its path`),
    );
  }
  const stored = await locateTensors(folder);
  return {
    configJson,
    architecture: readArchitecture(configJson, stored, folder, options),
    stored,
    ends: await readEndTokens(folder, configJson),
    companionFiles: companionsOf(folder),
  };
}

function readGgufParts(path: string): Parts {
  const gguf = readGguf(path);
  const configJson = ggufConfig(gguf);
  const config = parseCheckpointConfig(configJson, path);
  const ends = joinEndTokens([["its metadata", (configJson.eos_token_id ?? []) as number[]]]);
  const stored = locateGgufTensors(gguf, config);
  return { configJson, architecture: ownArchitecture(config, stored, path), stored, ends, companionFiles: [] };
}

/** Where fewer positions are used than the configuration gives. */
function positionNotes(json: JsonRecord, config: ModelConfig): string[] {
  if (json.max_position_embeddings === config.maxPositions) return [];
  return [
    `sequences end at ${config.maxPositions} positions, not ${json.max_position_embeddings}: beyond, LongRoPE gives ` +
    `every position of a sequence another rotation`,
  ];
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

async function hashWeights(folder: string, files: readonly string[]): Promise<string> {
  if (files.length === 1) return await fileSha256(`${folder}/${files[0]}`);
  const lines = createHash("sha256");
  for (const file of files) lines.update(`${await fileSha256(`${folder}/${file}`)}  ${file}\n`);
  return lines.digest("hex");
}
