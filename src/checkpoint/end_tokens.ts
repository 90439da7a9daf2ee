/**
 * Which tokens end a completion. Three files of a checkpoint may say so, and each of them is believed: a model that was
 * tuned with one of them never writes another's.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { type JsonRecord, readJsonIfPresent } from "../files/read.ts";

/** End tokens, and what is odd about them. */
export interface EndTokens {
  /** Each once. */
  readonly ids: readonly number[];
  readonly notes: readonly string[];
}

/**
 * Joins `eos_token_id` of `generation_config.json` and `config.json` with `eos_token` of `tokenizer_config.json`.
 *
 * @throws {BenchError} If one of them is no token
 */
export async function readEndTokens(folder: string, configJson: JsonRecord): Promise<EndTokens> {
  const generation = await readJsonIfPresent(`${folder}/generation_config.json`);
  return joinEndTokens([
    ["generation_config.json", tokenIds(folder, generation?.eos_token_id)],
    ["config.json", tokenIds(folder, configJson.eos_token_id)],
    ["tokenizer_config.json", await tokenizerEnd(folder)],
  ]);
}

/** Joins what several places say, by their names. */
export function joinEndTokens(sources: readonly (readonly [place: string, ids: readonly number[]])[]): EndTokens {
  const ids = [...new Set(sources.flatMap(([, own]) => own))];
  if (ids.length === 0) {
    return {
      ids,
      notes: [
        "it names no end token, so that every completion runs to its limit; add eos_token_id to generation_config.json",
      ],
    };
  }
  const whole = sources.some(([, own]) => ids.every((id) => own.includes(id)));
  if (whole) return { ids, notes: [] };
  const told = sources.filter(([, own]) => own.length > 0).map(([file, own]) => `${file} ${own.join(" ")}`);
  return { ids, notes: [`its files name different end tokens (${told.join(", ")}); each of them ends a completion`] };
}

function tokenIds(folder: string, value: unknown): number[] {
  const list = Array.isArray(value) ? value : [value ?? []].flat();
  if (list.every((id) => Number.isSafeInteger(id) && id >= 0)) return list;
  throw new BenchError(`Cannot load ${folder}: eos_token_id is ${JSON.stringify(value)}, expected token ids`);
}

/** The id of the tokenizer's own end token, where it has one. */
async function tokenizerEnd(folder: string): Promise<number[]> {
  const config = await readJsonIfPresent(`${folder}/tokenizer_config.json`);
  const entry = config?.eos_token;
  const text = typeof entry === "object" ? (entry as { content?: unknown } | null)?.content : entry;
  if (typeof text !== "string") return [];
  const added = Object.entries((config?.added_tokens_decoder ?? {}) as Record<string, { content?: unknown } | null>);
  const own = added.find(([, token]) => token?.content === text)?.[0];
  if (own !== undefined && /^\d{1,15}$/.test(own)) return [Number(own)];
  const tokenizer = await readJsonIfPresent(`${folder}/tokenizer.json`);
  const tokens = (tokenizer?.added_tokens ?? []) as ({ id?: unknown; content?: unknown } | null)[];
  const vocabulary = ((tokenizer?.model ?? {}) as { vocab?: unknown }).vocab;
  const id = Array.isArray(tokens) ? tokens.find((token) => token?.content === text)?.id : undefined;
  const found = id ?? (vocabulary as Record<string, unknown> | undefined)?.[text];
  return Number.isSafeInteger(found) ? [found as number] : [];
}
