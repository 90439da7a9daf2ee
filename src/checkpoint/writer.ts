/**
 * A model -> a Hugging Face checkpoint folder that transformers, vLLM and SGLang load: `config.json`,
 * `model.safetensors`, the tokenizer's files and a card. The folder appears under its name when it is whole.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { isGguf, readGguf } from "../files/gguf.ts";
import { isPresent, type JsonRecord } from "../files/read.ts";
import { COMPANION_FILES } from "./checkpoint.ts";
import { WEIGHTS_FILE } from "./stored_tensors.ts";
import { formatCheckpointConfig } from "./config.ts";
import type { NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { elementCount, parameterShapes } from "../models/parameters.ts";
import { ggufTokenizerFiles } from "../prompt/gguf_tokenizer.ts";
import { writeSafetensorsMeanwhile } from "./safetensors.ts";
import { fileSha256 } from "../files/hash.ts";
import { renameDurably, writeDurably } from "../files/write.ts";

/** What a saved checkpoint consists of. */
export interface CheckpointContents {
  readonly config: ModelConfig;
  readonly weights: NamedTensors;
  /** Shapes by name, in the order of the file (default those of `config`). */
  readonly shapes?: ReadonlyMap<string, readonly number[]>;
  readonly dtype: "F32" | "BF16";
  /** The `config.json` of the model that was trained, whose other fields are kept; absent for a new model. */
  readonly configJson?: JsonRecord;
  /** Fields of `config.json` to set beside the architecture's, e.g. `eos_token_id`. */
  readonly configFields?: JsonRecord;
  /** Folder whose tokenizer, template and generation files are copied, or the GGUF file that holds them. */
  readonly companionsFrom?: string;
  /** Further files by name: e.g. a new tokenizer, an optimizer state. */
  readonly files?: ReadonlyMap<string, string | Uint8Array>;
  /**
   * Fills the folder further, as the last before it gets its name: e.g. with an optimizer state too large for memory. It
   * flushes what it writes. It is told the SHA-256 of the weights.
   */
  readonly populate?: (folder: string, weightsSha256: string) => Promise<void>;
  readonly card: ModelCard;
}

/** What the README of a checkpoint tells. */
export interface ModelCard {
  readonly title: string;
  /** One paragraph: what the model is and what it came from. */
  readonly summary: string;
  /** The recipe and every hash, as name and value. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly license?: string;
}

const DTYPE_NAMES = { F32: "float32", BF16: "bfloat16" } as const;

/**
 * Writes a checkpoint folder: into a temporary folder beside it first, then renamed. Every file is on the disk before the
 * name is, and the name before an earlier folder goes.
 *
 * @param options.replace whether an existing folder gives way, which otherwise is an error
 * @returns the SHA-256 of `model.safetensors`
 * @throws {BenchError} If the folder exists, or a weight is NaN or infinite
 */
export async function saveCheckpoint(
  path: string,
  contents: CheckpointContents,
  options: { readonly replace?: boolean } = {},
): Promise<string> {
  const { config, weights, dtype, shapes = parameterShapes(config) } = contents;
  return await saveWhole(path, options, async (temporary) => {
    await writeSafetensorsMeanwhile(`${temporary}/${WEIGHTS_FILE}`, weights, shapes, dtype);
    const sha256 = await fileSha256(`${temporary}/${WEIGHTS_FILE}`);
    if (contents.companionsFrom !== undefined) await copyCompanions(contents.companionsFrom, temporary);
    writeDurably(`${temporary}/config.json`, JSON.stringify(configFor(contents), null, 2) + "\n");
    for (const [name, data] of contents.files ?? []) writeDurably(`${temporary}/${name}`, data);
    writeDurably(`${temporary}/README.md`, formatCard(contents, sha256));
    await contents.populate?.(temporary, sha256);
    return sha256;
  });
}

/**
 * Writes a folder that appears under its name when it is whole, see `saveCheckpoint`.
 *
 * @param fill writes the files, and flushes them, into a folder of another name
 * @param options.replace whether an existing folder gives way, which otherwise is an error
 * @returns what `fill` returns
 * @throws {BenchError} If the folder exists
 */
export async function saveWhole<Result>(
  path: string,
  options: { readonly replace?: boolean },
  fill: (temporary: string) => Promise<Result>,
): Promise<Result> {
  const folder = path.replace(/\/+$/, "");
  const replaced = isPresent(folder);
  if (replaced && !options.replace) throw new BenchError(`Cannot save the model to ${folder}: it exists already`);
  // Always the same name, so that what a killed run left behind is cleared away by the next.
  const temporary = `${folder}.saving`;
  if (isPresent(temporary)) await Deno.remove(temporary, { recursive: true });
  await Deno.mkdir(temporary, { recursive: true });
  try {
    const result = await fill(temporary);
    await putInPlace(temporary, folder, replaced);
    return result;
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw error;
  }
}

function configFor({ config, configJson, configFields, dtype }: CheckpointContents): Record<string, unknown> {
  const name = DTYPE_NAMES[dtype];
  return { ...(configJson ?? formatCheckpointConfig(config, name)), ...configFields, dtype: name, torch_dtype: name };
}

async function copyCompanions(from: string, to: string): Promise<void> {
  if (isGguf(from)) {
    for (const [name, text] of ggufTokenizerFiles(readGguf(from))) writeDurably(`${to}/${name}`, text);
    return;
  }
  for (const name of COMPANION_FILES) {
    if (isPresent(`${from}/${name}`)) writeDurably(`${to}/${name}`, await Deno.readFile(`${from}/${name}`));
  }
}

function formatCard(
  { config, card, dtype, shapes = parameterShapes(config) }: CheckpointContents,
  sha256: string,
): string {
  const parameters = [...shapes.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const facts: [string, string][] = [
    ["architecture", config.family],
    ["parameters", parameters.toLocaleString("en")],
    ["dtype", DTYPE_NAMES[dtype]],
    [`${WEIGHTS_FILE} sha256`, `\`${sha256}\``],
  ];
  const rows = [...facts, ...card.facts].map(([name, value]) => `| ${name} | ${value.replaceAll("|", "\\|")} |`);
  const license = card.license === undefined ? "" : `license: ${card.license}\n`;
  return `---\n${license}library_name: transformers\npipeline_tag: text-generation\n---\n\n# ${card.title}\n\n` +
    `${card.summary}\n\n| | |\n|---|---|\n${rows.join("\n")}\n`;
}

/** Renames; an old folder steps aside first and goes last, so that a whole one is on the disk at every moment. */
async function putInPlace(temporary: string, folder: string, replaced: boolean): Promise<void> {
  const old = `${folder}.replaced`;
  if (isPresent(old)) await Deno.remove(old, { recursive: true });
  if (replaced) renameDurably(folder, old);
  renameDurably(temporary, folder);
  if (replaced) await Deno.remove(old, { recursive: true });
}
