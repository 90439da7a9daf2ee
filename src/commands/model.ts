/**
 * `model`: loads a checkpoint and prints what one compares with another implementation.
 *
 * @module
 */
import { logSoftmaxAt } from "../algorithms/log_softmax.ts";
import { type CommandArguments, EXIT } from "./command.ts";
import { UsageError } from "../errors.ts";
import { type Checkpoint, loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { tokenRows } from "../models/input_rows.ts";
import type { InputRows, LanguageModel } from "../models/language_model.ts";
import { type BackendName, openModel } from "../experiment/open_model.ts";
import { chatRenderer, loadChatTemplate } from "../prompt/prompt.ts";
import { loadTokenizer, type Tokenizer } from "../prompt/tokenizer.ts";

/** What the command prints with `--json`. */
export interface ModelReport {
  /** The text that was encoded: after the chat template where `--chat` asks for it. */
  readonly text: string;
  /** Its token ids, with the tokenizer's own frame (BOS) where no chat template wrote it. */
  readonly ids: readonly number[];
  /** (V), logits after the last token. */
  readonly lastLogits: readonly number[];
  /** The likeliest continuation, cut after an end token as `generate` does. */
  readonly greedyIds: readonly number[];
  readonly greedyText: string;
  /** (T - 1), log-probability of each token but the first, given those before it. */
  readonly tokenLogProbs: readonly number[];
  /** (V), logits after the mixture was fed behind the text; null without `--mixture`. */
  readonly mixtureLogits: readonly number[] | null;
  readonly backend: string;
  readonly parameters: number;
}

/** @returns 0 */
export async function run({ positionals, flags }: CommandArguments): Promise<number> {
  const [given, ...rest] = positionals;
  if (given === undefined || rest.length > 0) throw new UsageError("Cannot load a model: give one checkpoint folder");
  if (flags.text === undefined) throw new UsageError("Cannot run the model without a text: add --text TEXT");
  const greedy = (flags.greedy as number | undefined) ?? 0;
  if (!Number.isSafeInteger(greedy) || greedy < 0) {
    throw new UsageError(`Cannot decode ${greedy} tokens: --greedy takes an integer of at least 0`);
  }
  const folder = modelFolder(given);
  const checkpoint = await loadCheckpoint(folder);
  const mixture = parseMixture(flags.mixture as string | readonly string[] | undefined, checkpoint);
  const tokenizer = await loadTokenizer(folder);
  const { text, ids } = await encode(folder, tokenizer, flags.text as string, flags.chat === true);
  requireIds(ids, checkpoint);

  const opened = await openModel(checkpoint, { backend: (flags.backend as BackendName | undefined) ?? "auto" });
  try {
    const continued = await continuations(opened.model, checkpoint, ids, greedy, mixture, tokenizer);
    const report: ModelReport = {
      text,
      ids: [...ids],
      ...continued,
      tokenLogProbs: await tokenLogProbs(opened.model, ids),
      backend: opened.model.backend,
      parameters: checkpoint.parameters,
    };
    console.log(flags.json === true ? JSON.stringify(report) : describe(report, tokenizer, opened.reason));
  } finally {
    await opened.dispose();
  }
  return EXIT.ok;
}

async function encode(
  folder: string,
  tokenizer: Tokenizer,
  given: string,
  chat: boolean,
): Promise<{ text: string; ids: Int32Array }> {
  if (!chat) return { text: given, ids: tokenizer.encode(given, { addSpecialTokens: true }) };
  const template = await loadChatTemplate(folder);
  if (template === undefined) throw new UsageError(`Cannot apply --chat: ${folder} has no chat template; leave it out`);
  const text = chatRenderer(template, tokenizer.specialTokens)(given);
  return { text, ids: tokenizer.encode(text) };
}

/** A text needs at least one token, and the tokenizer may know more tokens than the model. */
function requireIds(ids: Int32Array, { config, folder }: Checkpoint): void {
  if (ids.length === 0) throw new UsageError("Cannot run the model on an empty text: --text needs at least one token");
  const unknown = ids.find((id) => id >= config.vocabularySize);
  if (unknown === undefined) return;
  throw new UsageError(
    `Cannot run ${folder}: its tokenizer gives token ${unknown}, its embedding table has ${config.vocabularySize} rows`,
  );
}

/** `id:weight,id:weight` -> one input row. */
function parseMixture(given: string | readonly string[] | undefined, { config }: Checkpoint): InputRows | undefined {
  if (given === undefined) return undefined;
  const pairs = (typeof given === "string" ? given.split(",") : given).map((pair) => pair.split(":"));
  const ids = pairs.map(([id]) => Number(id));
  const weights = pairs.map(([, weight]) => weight === undefined || weight.trim() === "" ? NaN : Number(weight));
  pairs.forEach((pair, i) => {
    const known = /^\d+$/.test(pair[0]) && ids[i] < config.vocabularySize;
    if (pair.length === 2 && known && weights[i] >= 0 && weights[i] < Infinity) return;
    throw new UsageError(
      `Cannot read the mixture entry ${JSON.stringify(pair.join(":"))}: expected id:weight with an id below ` +
        `${config.vocabularySize} and a weight >= 0, e.g. 5:0.7,9:0.3`,
    );
  });
  return { count: 1, width: ids.length, ids: Int32Array.from(ids), weights: Float32Array.from(weights) };
}

async function tokenLogProbs(model: LanguageModel, ids: Int32Array): Promise<number[]> {
  const found: number[] = [];
  if (ids.length === 1) return found;
  const V = model.config.vocabularySize;
  const group = { prompt: ids.subarray(0, 1), completions: [tokenRows(ids.subarray(1, -1))] };
  await model.forward([group], ({ first, count, logits }) => {
    for (let row = 0; row < count; row++) {
      found[first + row] = logSoftmaxAt(logits.subarray(row * V, (row + 1) * V), ids[first + row + 1], 1);
    }
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
  const logits = () => decoder.logits.subarray(0, model.config.vocabularySize);
  try {
    const lastLogits = [...logits()];
    const greedyIds: number[] = [];
    while (greedyIds.length < greedy) {
      const next = argmax(logits());
      greedyIds.push(next);
      if (endTokens.includes(next)) break;
      if (greedyIds.length < greedy) await decoder.step(Int32Array.of(0), tokenRows(Int32Array.of(next)));
    }
    if (mixture !== undefined) await decoder.step(Int32Array.of(1), mixture);
    const mixtureLogits = mixture === undefined ? null : [...logits()];
    return { lastLogits, greedyIds, greedyText: tokenizer.decode(greedyIds), mixtureLogits };
  } finally {
    decoder.dispose();
  }
}

/** The largest entry, the first of equals. */
function argmax(values: Float32Array): number {
  return values.reduce((best, value, i) => value > values[best] ? i : best, 0);
}

const SHOWN_TOKENS = 5;

function describe(report: ModelReport, tokenizer: Tokenizer, reason: string): string {
  const likeliest = (logits: readonly number[]) => {
    const row = Float32Array.from(logits);
    const percent = (id: number) => (100 * Math.exp(logSoftmaxAt(row, id, 1))).toFixed(1);
    return [...logits.keys()].sort((a, b) => logits[b] - logits[a]).slice(0, SHOWN_TOKENS)
      .map((id) => `${JSON.stringify(tokenizer.decode([id]))} ${percent(id)} %`)
      .join("  ");
  };
  const surprise = -report.tokenLogProbs.reduce((sum, x) => sum + x, 0) / Math.max(1, report.tokenLogProbs.length);
  return [
    `${report.parameters.toLocaleString("en")} parameters on ${report.backend} (${reason})`,
    `text      ${JSON.stringify(report.text)}, ${report.ids.length} tokens, ${surprise.toFixed(3)} nats per token`,
    `next      ${likeliest(report.lastLogits)}`,
    ...(report.greedyIds.length > 0 ? [`greedy    ${JSON.stringify(report.greedyText)}`] : []),
    ...(report.mixtureLogits === null ? [] : [`mixture   ${likeliest(report.mixtureLogits)}`]),
  ].join("\n");
}
