/**
 * Text <-> token ids, by the `tokenizer.json` of a checkpoint.
 *
 * @module
 */
import { Tokenizer as HubTokenizer } from "npm:@huggingface/tokenizers@0.2.0";
import { BenchError } from "../errors.ts";
import { sha256 } from "../files/hash.ts";
import { patternsOf, repeatsRepeats, withNumericDigits } from "./tokenizer_patterns.ts";
import { KnownCharacters, requireKnown } from "./known_characters.ts";
import { openCompanions } from "./companions.ts";
import { type JsonRecord, parseJsonRecord } from "../files/read.ts";

/** A checkpoint's tokenizer. */
export interface Tokenizer {
  /**
   * Token ids of a text. Special tokens written in the text (`<think>`, a chat template's markers) become their ids.
   *
   * @param options.addSpecialTokens whether the tokenizer's own frame (e.g. BOS) is added; false where absent. A text
   * that begins with BOS does not get a second one
   * @param options.allowUnknown whether characters without a token are left to the tokenizer, which leaves them out or
   * has one token for all of them; false where absent
   * @throws {BenchError} If the tokenizer has no token for a character, unless that is allowed
   */
  encode(text: string, options?: { readonly addSpecialTokens?: boolean; readonly allowUnknown?: boolean }): Int32Array;
  /** Text of token ids, special tokens included, spaces exactly as the tokens say; ids without a token give nothing. */
  decode(ids: ArrayLike<number>): string;
  /** Characters of a text that no token holds, each once. */
  unknownCharacters(text: string): readonly string[];
  /** Id of a token by its exact name, e.g. `</think>`. */
  tokenId(token: string): number | undefined;
  /** Named special tokens, e.g. `bos_token` -> `<|begin_of_text|>`, as chat templates refer to them. */
  readonly specialTokens: Readonly<Record<string, string>>;
  /** SHA-256 of `tokenizer.json`. */
  readonly sha256: string;
}

/** Characters of a pattern that an error shows. */
const MOST_SHOWN = 80;
const SPECIAL_TOKEN_KEYS = ["bos_token", "eos_token", "pad_token", "unk_token"];

/**
 * Loads `tokenizer.json` and the special tokens of `tokenizer_config.json` (or of `special_tokens_map.json`).
 *
 * @param folder a checkpoint's folder, or its GGUF file, which holds the same in its metadata
 * @throws {BenchError} If `tokenizer.json` is missing or damaged
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const tokenizer = await loadTokenizer("models/tiny");
 * assertEquals(tokenizer.decode(tokenizer.encode("<think>12+30")), "<think>12+30");
 * ```
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const path = `${folder}/tokenizer.json`;
  const companion = openCompanions(folder);
  const text = await companion("tokenizer.json");
  if (text === undefined) {
    throw new BenchError(
      `Cannot load the tokenizer of ${folder}: there is no tokenizer.json; convert the checkpoint with transformers`,
    );
  }
  const json = async (name: string): Promise<JsonRecord> => {
    const own = await companion(name);
    return own === undefined ? {} : parseJsonRecord(own, `${folder}/${name}`);
  };
  const config = {
    ...await json("special_tokens_map.json"),
    ...await json("tokenizer_config.json"),
  };
  const specialTokens = readSpecialTokens(config);
  return wrap(build(parseJsonRecord(text, path), config, path), specialTokens, sha256(text));
}

function wrap(hub: HubTokenizer, specialTokens: Record<string, string>, sha256: string): Tokenizer {
  const bos = specialTokens.bos_token === undefined ? undefined : hub.token_to_id(specialTokens.bos_token);
  const characters = new KnownCharacters(hub);
  return {
    specialTokens,
    sha256,
    encode(text, { addSpecialTokens = false, allowUnknown = false } = {}) {
      if (!allowUnknown) requireKnown(text, characters.unknownOf(text));
      const { ids } = unlessDamaged("encode", () => hub.encode(text, { add_special_tokens: addSpecialTokens }));
      const doubled = bos !== undefined && ids[0] === bos && ids[1] === bos;
      return Int32Array.from(doubled ? ids.slice(1) : ids);
    },
    decode(ids) {
      // A model may have more rows than its tokenizer tokens; the library fails at such ids, and at an empty list.
      const known = Array.from(ids).filter((id) => hub.id_to_token(id) !== undefined);
      if (known.length === 0) return "";
      const options = { skip_special_tokens: false, clean_up_tokenization_spaces: false };
      return unlessDamaged("decode", () => hub.decode(known, options));
    },
    unknownCharacters: (text) => characters.unknownOf(text),
    tokenId: (token) => hub.token_to_id(token),
  };
}

/** The library takes any content of an added token, and fails where it meets one that is no text. */
function requireContents(added: unknown, path: string): void {
  for (const token of Array.isArray(added) ? added : []) {
    if (typeof token?.content === "string") continue;
    throw new BenchError(
      `Cannot load ${path}: found the added token ${
        JSON.stringify(token).slice(0, MOST_SHOWN)
      }, expected one whose content is a text`,
    );
  }
}

/** The library checks little of what it loads: some faults show first where the tokenizer is used. */
function unlessDamaged<T>(task: "encode" | "decode", use: () => T): T {
  try {
    return use();
  } catch (error) {
    throw new BenchError(
      `Cannot ${task} a text: the tokenizer fails (${
        (error as Error).message
      }); its tokenizer.json is damaged, take the model anew`,
    );
  }
}

function build(tokenizer: JsonRecord, config: JsonRecord, path: string): HubTokenizer {
  const endless = patternsOf(tokenizer).find(repeatsRepeats);
  if (endless !== undefined) {
    throw new BenchError(
      `Cannot load ${path}: its pattern ${JSON.stringify(endless.slice(0, MOST_SHOWN))} repeats what repeats itself, ` +
        `which may take for ever to match; write it without a repetition in a repetition`,
    );
  }
  requireContents(tokenizer.added_tokens, path);
  try {
    return new HubTokenizer({ ...tokenizer, pre_tokenizer: withNumericDigits(tokenizer.pre_tokenizer) }, config);
  } catch (error) {
    throw new BenchError(`Cannot load ${path}: ${(error as Error).message}`);
  }
}

/** A special token is written as text, or as an object that holds it in `content`. */
function readSpecialTokens(config: JsonRecord): Record<string, string> {
  const tokens: Record<string, string> = {};
  for (const key of SPECIAL_TOKEN_KEYS) {
    const entry = config[key];
    const text = typeof entry === "object" ? (entry as { content?: unknown } | null)?.content : entry;
    if (typeof text === "string") tokens[key] = text;
  }
  return tokens;
}
