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
import { causalArchitecture, parseCheckpointConfig } from "./config.ts";
import type { NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { parameterCount } from "../models/parameters.ts";
import { readEndTokens } from "./end_tokens.ts";
import { hasOwnHead, LazyTensors, locateTensors, selectTensors } from "./stored_tensors.ts";
import { fileSha256 } from "../files/hash.ts";

const UNTIED =
  "config.json ties the head to the embedding table, but the weights hold another head; that head is used, as transformers 5 does";

/** A loaded checkpoint. */
export interface Checkpoint {
  /** Where it lies. */
  readonly folder: string;
  /** Shape of the model. */
  readonly config: ModelConfig;
  /** `config.json` as it was found, for saving a trained model; what it said against the weights is mended. */
  readonly configJson: JsonRecord;
  /** Every tensor of `config`, read from the disk at each `get`. */
  readonly weights: NamedTensors;
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
export async function loadCheckpoint(folder: string): Promise<Checkpoint> {
  const configPath = `${folder}/config.json`;
  const configJson = await readJsonIfPresent(configPath);
  if (configJson === undefined) {
    throw new BenchError(`Cannot load ${folder}: it is not a model folder, config.json is missing`);
  }
  const parsed = parseCheckpointConfig(configJson, configPath);
  const stored = await locateTensors(folder);
  const untied = parsed.tiedEmbeddings && hasOwnHead(stored);
  const config = untied ? { ...parsed, tiedEmbeddings: false } : parsed;
  const weightFiles = [...new Set(stored.values().map((tensor) => tensor.file))].sort();
  const ends = await readEndTokens(folder, configJson);
  return {
    folder,
    config,
    configJson: {
      ...configJson,
      ...("architectures" in configJson && { architectures: [causalArchitecture(config.family)] }),
      ...(untied && { tie_word_embeddings: false }),
    },
    weights: new LazyTensors(selectTensors(stored, config, folder)),
    endTokens: ends.ids,
    notes: [
      ...(untied ? [UNTIED] : []),
      ...positionNotes(configJson, config),
      ...ends.notes,
    ].map((text) => `${folder}: ${text}`),
    parameters: parameterCount(config),
    weightFiles,
    companionFiles: companionsOf(folder),
    weightsSha256: () => hashWeights(folder, weightFiles),
  };
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
