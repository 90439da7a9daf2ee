/**
 * An adapter as a folder that peft loads: `adapter_config.json`, `adapter_model.safetensors` and a card. The weights beside
 * which it stands are not in it, only their name.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { BenchError } from "../errors.ts";
import { check } from "../files/check.ts";
import { fileSha256 } from "../files/hash.ts";
import { readJsonIfPresent } from "../files/read.ts";
import { writeDurably } from "../files/write.ts";
import { ADAPTER_TARGETS, adapterParameterCount, adapterShapes } from "../models/adapted_layers.ts";
import type { AdapterConfig } from "../models/adapter.ts";
import type { NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { readSafetensorsHeader, readStoredTensor, writeSafetensors } from "./safetensors.ts";
import { ADAPTER_CONFIG_FILE as CONFIG_FILE } from "./stored_tensors.ts";
import { type ModelCard, saveWhole } from "./writer.ts";

/** The tensors of an adapter. */
export const ADAPTER_FILE = "adapter_model.safetensors";

/** What a saved adapter consists of. */
export interface AdapterContents {
  /** Shape of the model beside which it stands. */
  readonly config: ModelConfig;
  readonly adapter: AdapterConfig;
  readonly tensors: NamedTensors;
  /** That model's name: a folder, or `org/name@revision`. */
  readonly base: string;
  readonly card: ModelCard;
  /** Further files by name. */
  readonly files?: ReadonlyMap<string, string | Uint8Array>;
  /** Fills the folder further, see `CheckpointContents`. */
  readonly populate?: (folder: string, adapterSha256: string) => Promise<void>;
}

/**
 * Writes an adapter's folder; it appears under its name when it is whole.
 *
 * @param options.replace whether an existing folder gives way, which otherwise is an error
 * @returns the SHA-256 of `adapter_model.safetensors`
 * @throws {BenchError} If the folder exists, or a number is NaN or infinite
 */
export async function saveAdapter(
  path: string,
  contents: AdapterContents,
  options: { readonly replace?: boolean } = {},
): Promise<string> {
  const { config, adapter, tensors } = contents;
  return await saveWhole(path, options, async (temporary) => {
    writeSafetensors(`${temporary}/${ADAPTER_FILE}`, tensors, adapterShapes(config, adapter), "F32");
    const sha256 = await fileSha256(`${temporary}/${ADAPTER_FILE}`);
    writeDurably(`${temporary}/${CONFIG_FILE}`, JSON.stringify(peftConfig(contents), null, 2) + "\n");
    for (const [name, data] of contents.files ?? []) writeDurably(`${temporary}/${name}`, data);
    writeDurably(`${temporary}/README.md`, formatCard(contents, sha256));
    await contents.populate?.(temporary, sha256);
    return sha256;
  });
}

/** `org/name@revision`, told apart from a folder by the revision. */
const HUB_NAME = /^([\w.-]+\/[\w.-]+)@([\w.-]+)$/;

function peftConfig({ adapter, base }: AdapterContents): Record<string, unknown> {
  const [, name = base, revision = null] = HUB_NAME.exec(base) ?? [];
  return {
    base_model_name_or_path: name,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
    init_lora_weights: true,
    lora_alpha: adapter.alpha,
    lora_dropout: 0,
    modules_to_save: null,
    peft_type: "LORA",
    r: adapter.rank,
    revision,
    target_modules: ADAPTER_TARGETS.filter((target) => (adapter.targets ?? ADAPTER_TARGETS).includes(target)),
    task_type: "CAUSAL_LM",
    use_dora: false,
    use_rslora: false,
  };
}

function formatCard({ config, adapter, base, card }: AdapterContents, sha256: string): string {
  const facts: (readonly [string, string])[] = [
    ["architecture", config.family],
    ["base model", base],
    ["rank", String(adapter.rank)],
    ["alpha", String(adapter.alpha)],
    ["parameters", adapterParameterCount(config, adapter).toLocaleString("en")],
    [`${ADAPTER_FILE} sha256`, `\`${sha256}\``],
    ...card.facts,
  ];
  const rows = facts.map(([name, value]) => `| ${name} | ${value.replaceAll("|", "\\|")} |`);
  return `---\nlibrary_name: peft\npipeline_tag: text-generation\n---\n\n# ${card.title}\n\n${card.summary}\n\n` +
    `| | |\n|---|---|\n${rows.join("\n")}\n`;
}

/** An adapter on the disk. */
export interface StoredAdapter {
  readonly adapter: AdapterConfig;
  /** Its base as it names it: a folder, or `org/name`, with `@revision` where it tells one. */
  readonly base?: string;
  /** By peft's names; read now. */
  readonly tensors: NamedTensors;
}

/** Anything else means that y = W x + (alpha / rank) · B A x does not hold, or not for all layers alike. */
const PEFT = z.object({
  peft_type: z.literal("LORA"),
  r: z.int().min(1),
  lora_alpha: z.number().positive(),
  target_modules: z.array(z.enum(ADAPTER_TARGETS)).min(1),
  base_model_name_or_path: z.string().nullish(),
  revision: z.string().nullish(),
  bias: z.literal("none").nullish(),
  fan_in_fan_out: z.literal(false).nullish(),
  use_dora: z.literal(false).nullish(),
  use_rslora: z.literal(false).nullish(),
  lora_bias: z.literal(false).nullish(),
  modules_to_save: z.null().optional(),
  layers_to_transform: z.null().optional(),
  layer_replication: z.null().optional(),
  trainable_token_indices: z.null().optional(),
  target_parameters: z.null().optional(),
  rank_pattern: z.strictObject({}).nullish(),
  alpha_pattern: z.strictObject({}).nullish(),
});

/**
 * Reads an adapter that stands beside a model of this shape.
 *
 * @throws {BenchError} If a file is missing or damaged, its law is another than plain LoRA's, or a tensor is missing, of
 * another shape, or not part of it
 */
export async function loadAdapter(folder: string, config: ModelConfig): Promise<StoredAdapter> {
  const { adapter, base } = await readAdapterConfig(folder);
  const shapes = adapterShapes(config, adapter);
  const path = `${folder}/${ADAPTER_FILE}`;
  const stored = readSafetensorsHeader(path);
  const foreign = stored.keys().find((name) => !shapes.has(name));
  if (foreign !== undefined) {
    throw new BenchError(
      `Cannot use ${path}: found a tensor "${foreign}", expected those of the layers of ${CONFIG_FILE}`,
    );
  }
  const tensors = [...shapes].map(([name, shape]) => {
    const found = stored.get(name);
    if (found?.shape.join() === shape.join()) return [name, readStoredTensor(path, name, found)] as const;
    throw new BenchError(
      `Cannot use ${path}: tensor "${name}" ${found ? `has shape [${found.shape}]` : "is missing"}, expected ` +
        `[${shape}] beside a model of this size`,
    );
  });
  return { adapter, ...(base !== undefined && { base }), tensors: new Map(tensors) };
}

/**
 * What an adapter is, and beside which model it stands.
 *
 * @throws {BenchError} If the file is missing or damaged, or its law is another than plain LoRA's
 */
export async function readAdapterConfig(folder: string): Promise<Omit<StoredAdapter, "tensors">> {
  const path = `${folder}/${CONFIG_FILE}`;
  const json = await readJsonIfPresent(path);
  if (json === undefined) {
    throw new BenchError(`Cannot read ${path}: there is no such file, expected an adapter of peft`);
  }
  const peft = check(PEFT, json, { cannot: "read", of: path });
  const { base_model_name_or_path: name, revision } = peft;
  return {
    adapter: { rank: peft.r, alpha: peft.lora_alpha, targets: [...new Set(peft.target_modules)] },
    ...(name && { base: revision ? `${name}@${revision}` : name }),
  };
}
