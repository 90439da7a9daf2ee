/**
 * The tokenizer that a GGUF file describes -> the files of Hugging Face that it was made from: `tokenizer.json`,
 * `tokenizer_config.json` and `chat_template.jinja`, as far as the file tells.
 *
 * Letters of byte-level vocabularies stand for bytes, as GPT-2 has it; SentencePiece's write `▁` for a space.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { type Gguf, GgufFields } from "../files/gguf.ts";

/** How `tokenizer.ggml.token_type` marks a token. */
const UNKNOWN = 2, CONTROL = 3, USER_DEFINED = 4;

/** Splits of byte-level tokenizers, by `tokenizer.ggml.pre`; GPT-2's own is built into the pre-tokenizer. */
const LLAMA3_SPLIT =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const QWEN2_SPLIT = LLAMA3_SPLIT.replace("{1,3}", "");

interface Splitting {
  readonly pattern?: string;
  /** Whether each digit is a piece of its own. */
  readonly digits?: boolean;
  /** Whether composed letters are one: Qwen's. */
  readonly composed?: boolean;
  /** Whether a word that is a token is one, whatever the merges say: Llama 3's. */
  readonly wholeWords?: boolean;
  /** Whether BOS is added where the file does not say. */
  readonly bos?: boolean;
}
const LLAMA3: Splitting = { pattern: LLAMA3_SPLIT, wholeWords: true, bos: true };
const SPLITTINGS: Readonly<Record<string, Splitting>> = {
  default: {},
  "gpt-2": {},
  "phi-2": {},
  "llama-bpe": LLAMA3,
  llama3: LLAMA3,
  "llama-v3": LLAMA3,
  "smaug-bpe": LLAMA3,
  qwen2: { pattern: QWEN2_SPLIT, composed: true },
  "deepseek-r1-qwen": { pattern: QWEN2_SPLIT },
  smollm: { digits: true },
  starcoder: { digits: true },
  refact: { digits: true },
};

/**
 * Texts of the files, by name.
 *
 * @throws {BenchError} If the file holds no tokenizer, or one of a kind that is not read
 */
export function ggufTokenizerFiles(gguf: Gguf): ReadonlyMap<string, string> {
  const fields = new GgufFields(gguf);
  const tokens = fields.texts("tokenizer.ggml.tokens");
  const kind = fields.text("tokenizer.ggml.model");
  if (tokens === undefined || (kind !== "gpt2" && kind !== "llama")) {
    throw new BenchError(
      `Cannot load the tokenizer of ${gguf.path}: it is of the kind ${JSON.stringify(kind ?? null)}, supported are ` +
        `"gpt2" (byte-level BPE) and "llama" (SentencePiece)`,
    );
  }
  const named = (name: string): string | undefined => tokens[fields.number(`tokenizer.ggml.${name}_token_id`) ?? -1];
  const special = {
    bos_token: named("bos"),
    eos_token: named("eos"),
    unk_token: named("unknown"),
    pad_token: named("padding"),
  };
  const vocabulary: Vocabulary = {
    tokens,
    types: fields.numbers("tokenizer.ggml.token_type") ?? [],
    unknown: special.unk_token,
  };
  const splitting = kind === "gpt2" ? splittingOf(gguf, fields) : { bos: true };
  const json = kind === "gpt2"
    ? byteLevel(vocabulary, fields.texts("tokenizer.ggml.merges") ?? [], splitting)
    : sentencePiece(vocabulary, fields);
  const framed = fields.flag("tokenizer.ggml.add_bos_token") ?? splitting.bos === true;
  const bos = framed ? special.bos_token : undefined;
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary),
    ...json,
    post_processor: bos === undefined ? null : frame(bos, tokens.indexOf(bos)),
  };
  const template = fields.text("tokenizer.chat_template");
  return new Map([
    ["tokenizer.json", JSON.stringify(tokenizer)],
    ["tokenizer_config.json", JSON.stringify({ ...special, clean_up_tokenization_spaces: false })],
    ...(template === undefined ? [] : [["chat_template.jinja", template] as const]),
  ]);
}

interface Vocabulary {
  readonly tokens: readonly string[];
  /** How each token is marked; may be empty. */
  readonly types: readonly number[];
  readonly unknown: string | undefined;
}

function addedTokens({ tokens, types }: Vocabulary) {
  return tokens.map((content, id) => ({ id, content, type: types[id] }))
    .filter(({ type }) => type === CONTROL || type === USER_DEFINED || type === UNKNOWN)
    .map(({ id, content, type }) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: type !== USER_DEFINED,
    }));
}

/** Puts BOS in front. */
function frame(bos: string, id: number) {
  const first = { SpecialToken: { id: bos, type_id: 0 } };
  const text = (which: "A" | "B", type: number) => ({ Sequence: { id: which, type_id: type } });
  return {
    type: "TemplateProcessing",
    single: [first, text("A", 0)],
    pair: [first, text("A", 0), first, text("B", 1)],
    special_tokens: { [bos]: { id: bos, ids: [id], tokens: [bos] } },
  };
}

function splittingOf(gguf: Gguf, fields: GgufFields): Splitting {
  const name = fields.text("tokenizer.ggml.pre") ?? "default";
  if (Object.hasOwn(SPLITTINGS, name)) return SPLITTINGS[name];
  throw new BenchError(
    `Cannot load the tokenizer of ${gguf.path}: it splits text as ${JSON.stringify(name)}, supported are ` +
      `${Object.keys(SPLITTINGS).join(", ")}; take the model as a folder of Hugging Face`,
  );
}

function byteLevel({ tokens }: Vocabulary, merges: readonly string[], splitting: Splitting) {
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true };
  const splits: unknown[] = [];
  if (splitting.digits) splits.push({ type: "Digits", individual_digits: true });
  if (splitting.pattern !== undefined) {
    splits.push({ type: "Split", pattern: { Regex: splitting.pattern }, behavior: "Isolated", invert: false });
  }
  return {
    normalizer: splitting.composed ? { type: "NFC" } : null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [...splits, { ...bytes, use_regex: splitting.pattern === undefined }],
    },
    decoder: { ...bytes, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: splitting.wholeWords === true,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

function sentencePiece({ tokens, unknown }: Vocabulary, fields: GgufFields) {
  // Behind special tokens too, as in Llama 2's own tokenizer.json and in llama.cpp.
  const prefixed = fields.flag("tokenizer.ggml.add_space_prefix") ?? true;
  const space = { type: "Replace", pattern: { String: " " }, content: "▁" };
  const strip = prefixed ? [{ type: "Strip", content: " ", start: 1, stop: 0 }] : [];
  return {
    normalizer: { type: "Sequence", normalizers: [...(prefixed ? [{ type: "Prepend", prepend: "▁" }] : []), space] },
    pre_tokenizer: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        ...strip,
      ],
    },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: unknown ?? null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: mergesOf(tokens, fields.numbers("tokenizer.ggml.scores") ?? []),
    },
  };
}

/** No real token has more letters; finding the merges of one takes their square. */
const MOST_MERGED_LETTERS = 128;

/**
 * Merges that a SentencePiece vocabulary implies: every way to make a token of two others, the token with the best score
 * first (as transformers' `generate_merges` has them).
 */
function mergesOf(tokens: readonly string[], scores: readonly number[]): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const merges = tokens.flatMap((token, id) => {
    const letters = [...token];
    if (letters.length > MOST_MERGED_LETTERS) return [];
    const ways = letters.slice(1).map((_, i) => {
      const pair: [string, string] = [letters.slice(0, i + 1).join(""), letters.slice(i + 1).join("")];
      return { pair, lengths: [i + 1, letters.length - i - 1] as const, score: scores[id] ?? 0 };
    });
    return ways.filter(({ pair }) => pair.every((part) => ids.has(part)))
      .toSorted((a, b) => ids.get(a.pair[0])! - ids.get(b.pair[0])! || ids.get(a.pair[1])! - ids.get(b.pair[1])!);
  });
  return merges.toSorted((a, b) => b.score - a.score || b.lengths[0] - a.lengths[0] || b.lengths[1] - a.lengths[1])
    .map(({ pair }) => pair);
}
