/**
 * What one compares with another implementation: ids, logits, greedy tokens and log-probabilities of a checkpoint.
 *
 * @module
 */
import { requireFiniteLogits } from "../algorithms/finite_logits.ts";
import { tokenLogDensity, tokenReads } from "../algorithms/log_softmax.ts";
import { type Checkpoint, loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { UsageError } from "../errors.ts";
import { tokenRows } from "../models/input_rows.ts";
import type { InputRows, LanguageModel } from "../models/language_model.ts";
import { joinReads, NOTHING, type Readings, type Reads } from "../models/readings.ts";
import { requireKnown, unknownCharactersNote } from "../prompt/known_characters.ts";
import { chatRenderer, loadChatTemplate } from "../prompt/prompt.ts";
import { loadTokenizer, type Tokenizer } from "../prompt/tokenizer.ts";
import { openModel, type OpenModelOptions } from "./open_model.ts";

/** What a model says to a text. */
export interface ModelReport {
  /** The text that was encoded: after the chat template where that is asked for. */
  readonly text: string;
  /** Its token ids, with the tokenizer's own frame (BOS) where no chat template wrote it. */
  readonly ids: readonly number[];
  /** (V), logits after the last token. */
  readonly lastLogits: readonly number[];
  /** The likeliest continuation, cut after an end token as `generate` does. */
  readonly greedyIds: readonly number[];
  /** The text of `greedyIds`. */
  readonly greedyText: string;
  /** (T - 1), log-probability of each token but the first, given those before it. */
  readonly tokenLogProbs: readonly number[];
  /** (V), logits after the mixture was fed behind the text; null without a mixture. */
  readonly mixtureLogits: readonly number[] | null;
  /** Where it was computed. */
  readonly backend: string;
  /** Number of weights. */
  readonly parameters: number;
}

/** How a model is asked. */
export interface InspectOptions extends Partial<OpenModelOptions> {
  /** Puts the text into a user turn of the chat template first. */
  readonly chat?: boolean;
  /** Greedy tokens to continue with, >= 0 (default 0). */
  readonly greedy?: number;
  /** A soft token fed after the text: ids of the vocabulary with weights >= 0. */
  readonly mixture?: readonly (readonly [id: number, weight: number])[];
}

/**
 * Loads a checkpoint and runs a text through it.
 *
 * @param model a checkpoint folder, or `org/name@revision` that was fetched
 * @returns what the model says, why it was computed where it was, and what to know of the checkpoint and its prompt
 * @throws {UsageError} If the text is empty, or an option is out of range
 * @throws {BenchError} If the checkpoint is missing or damaged, its tokenizer has no token for a character of the text,
 * or its logits are not finite
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { inspectModel } from "./inspect_model.ts";
 * const { ids, lastLogits, tokenLogProbs } = await inspectModel("models/tiny", "<user>2+3<assistant>", { greedy: 5 });
 * assertEquals([ids.length - 1, lastLogits.length], [tokenLogProbs.length, 22]);
 * ```
 */
export async function inspectModel(
  model: string,
  text: string,
  { chat = false, greedy = 0, mixture, backend = "auto", ...options }: InspectOptions = {},
): Promise<ModelReport & { readonly reason: string; readonly notes: readonly string[] }> {
  if (!Number.isSafeInteger(greedy) || greedy < 0) {
    throw new UsageError(`Cannot decode ${greedy} tokens: expected an integer of at least 0`);
  }
  const folder = modelFolder(model);
  const checkpoint = await loadCheckpoint(folder, { foreign: true });
  const soft = mixture && mixtureRow(mixture, checkpoint);
  const tokenizer = await loadTokenizer(folder);
  const encoded = await encode(folder, tokenizer, text, chat);
  requireIds(encoded.ids, checkpoint);
  const opened = await openModel(checkpoint, { backend, ...options });
  try {
    const continued = await continuations(opened.model, checkpoint, encoded.ids, greedy, soft, tokenizer);
    return {
      text: encoded.text,
      ids: [...encoded.ids],
      ...continued,
      tokenLogProbs: await tokenLogProbs(opened.model, encoded.ids),
      backend: opened.model.backend,
      parameters: checkpoint.parameters,
      reason: opened.reason,
      notes: [...checkpoint.notes, ...(encoded.note === undefined ? [] : [encoded.note])],
    };
  } finally {
    await opened.dispose();
  }
}

/** One input row of soft token weights. */
function mixtureRow(mixture: NonNullable<InspectOptions["mixture"]>, { config }: Checkpoint): InputRows {
  const isKnown = ([id, weight]: readonly [number, number]) =>
    Number.isInteger(id) && id >= 0 && id < config.vocabularySize && weight >= 0 && weight < Infinity;
  const bad = mixture.length === 0 ? [] : mixture.find((entry) => !isKnown(entry));
  if (bad !== undefined) {
    throw new UsageError(
      `Cannot feed the mixture entry ${JSON.stringify(bad.join(":"))}: expected id:weight with an id below ` +
        `${config.vocabularySize} and a weight >= 0, e.g. 5:0.7,9:0.3`,
    );
  }
  const [ids, weights] = [mixture.map(([id]) => id), mixture.map(([, weight]) => weight)];
  return { count: 1, width: ids.length, ids: Int32Array.from(ids), weights: Float32Array.from(weights) };
}

async function encode(
  folder: string,
  tokenizer: Tokenizer,
  given: string,
  chat: boolean,
): Promise<{ text: string; ids: Int32Array; note?: string | undefined }> {
  if (!chat) return { text: given, ids: tokenizer.encode(given, { addSpecialTokens: true }) };
  requireKnown(given, tokenizer.unknownCharacters(given));
  const template = await loadChatTemplate(folder);
  if (template === undefined) {
    throw new UsageError(`Cannot apply a chat template: ${folder} has none; give the text as it is`);
  }
  const text = chatRenderer(template, tokenizer.specialTokens)(given);
  // What the template writes itself is not for the user to change.
  const note = unknownCharactersNote(tokenizer.unknownCharacters(text), "its chat template");
  return { text, ids: tokenizer.encode(text, { allowUnknown: true }), note };
}

/** A text needs at least one token, and the tokenizer may know more tokens than the model. */
function requireIds(ids: Int32Array, { config, folder }: Checkpoint): void {
  if (ids.length === 0) throw new UsageError("Cannot run the model on an empty text: it needs at least one token");
  const unknown = ids.find((id) => id >= config.vocabularySize);
  if (unknown === undefined) return;
  throw new UsageError(
    `Cannot run ${folder}: its tokenizer gives token ${unknown}, its embedding table has ${config.vocabularySize} rows`,
  );
}

async function tokenLogProbs(model: LanguageModel, ids: Int32Array): Promise<number[]> {
  const found: number[] = [];
  if (ids.length === 1) return found;
  const group = { prompt: ids.subarray(0, 1), completions: [tokenRows(ids.subarray(1, -1))] };
  await model.forward([group], {
    reads: ({ action }) => tokenReads(ids.subarray(action + 1, action + 2), undefined, 1),
    score({ action }, readings) {
      requireFiniteLogits(readings, () => `score token ${action + 2} of the text`);
      found[action] = tokenLogDensity(readings, {}, 1);
      return undefined;
    },
  });
  return found;
}

/** Decodes on from the text: greedily in one sequence, with the mixture in another. */
async function continuations(
  model: LanguageModel,
  { endTokens }: Checkpoint,
  ids: Int32Array,
  greedy: number,
  mixture: InputRows | undefined,
  tokenizer: Tokenizer,
): Promise<Pick<ModelReport, "lastLogits" | "greedyIds" | "greedyText" | "mixtureLogits">> {
  const decoder = await model.decode([ids], [2], Math.max(1, greedy));
  // What one compares are the logits themselves: each is asked for by its id.
  const all: Reads = { at: Int32Array.from({ length: model.config.vocabularySize }, (_, id) => id) };
  const likeliest: Reads = { top: 1 };
  const checked = ([own]: readonly Readings[]) => {
    requireFiniteLogits(own, () => "continue the text");
    return own;
  };
  try {
    let last = checked(await decoder.readPrompts([joinReads(all, likeliest), NOTHING]));
    const lastLogits = [...last.at!];
    const greedyIds: number[] = [];
    while (greedyIds.length < greedy) {
      const next = last.top!.ids[0];
      greedyIds.push(next);
      if (endTokens.includes(next)) break;
      if (greedyIds.length === greedy) break;
      last = checked(await decoder.step(Int32Array.of(0), tokenRows(Int32Array.of(next)), [likeliest]));
    }
    const mixtureLogits = mixture === undefined
      ? null
      : [...checked(await decoder.step(Int32Array.of(1), mixture, [all])).at!];
    return { lastLogits, greedyIds, greedyText: tokenizer.decode(greedyIds), mixtureLogits };
  } finally {
    decoder.dispose();
  }
}
