/**
 * Problem -> prompt: the template's sentence around the question, the checkpoint's chat template around that, then
 * token ids. A prompt is never truncated.
 *
 * @module
 */
import type { Problem } from "../datasets/problem.ts";
import type { ProblemKind } from "../datasets/problem_kind.ts";
import { BenchError } from "../errors.ts";
import { parseChatTemplate, templateDate } from "./chat_template.ts";
import { sha256 } from "../files/hash.ts";
import { parseJsonRecord } from "../files/read.ts";
import { openCompanions } from "./companions.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { KIND_TEXTS, type PromptTemplate } from "./templates.ts";

const OPENS_THINKING = /<think>\s*$/;

/** What a prompt is made of. */
export type Asked = Pick<Problem, "question" | "kind">;

/** Prompts of one model under one template. */
export interface Prompter {
  /** The whole prompt text of a problem. */
  text(problem: Asked): string;
  /** The user's turn in it: the template's sentence around the question. */
  turn(problem: Asked): string;
  /** (T), its token ids; without the unknown characters, or with the tokenizer's one token for all of them. */
  ids(problem: Asked): Int32Array;
  /** Characters of the prompt that no token holds, each once. */
  unknownCharacters(problem: Asked): readonly string[];
  /** SHA-256 of templates and chat template together: equal hashes make equal prompts of equal questions. */
  readonly sha256: string;
}

/**
 * Reads a checkpoint's chat template: `chat_template.jinja`, or the entry of `tokenizer_config.json` (its "default"
 * where there are several); undefined where it has none.
 */
export async function loadChatTemplate(folder: string): Promise<string | undefined> {
  const companion = openCompanions(folder);
  const file = await companion("chat_template.jinja");
  if (file !== undefined) return file;
  const config = await companion("tokenizer_config.json");
  const entry = config && parseJsonRecord(config, `${folder}/tokenizer_config.json`).chat_template;
  if (typeof entry === "string") return entry;
  if (!Array.isArray(entry)) return undefined;
  const named = entry as ({ name?: unknown; template?: unknown } | null)[];
  const template = named.find((one) => one?.name === "default")?.template;
  return typeof template === "string" ? template : undefined;
}

/** What chat templates get as today's date, in the form that they take it in. */
export const TEMPLATE_DATE: string = templateDate("%d %b %Y");

/** Prepares a chat template; the function gives the prompt text of one user turn with the generation prompt. */
export function chatRenderer(
  chatTemplate: string,
  specialTokens: Readonly<Record<string, string>>,
): (content: string) => string {
  const render = parseChatTemplate(chatTemplate);
  return (content) =>
    render({
      ...specialTokens,
      messages: [{ role: "user", content }],
      add_generation_prompt: true,
      // As transformers gives them: defined, and none.
      tools: null,
      documents: null,
      date_string: TEMPLATE_DATE,
    });
}

/**
 * Prepares the prompts of one model.
 *
 * @param chatTemplate from {@link loadChatTemplate}
 * @param kinds those of the problems, whose own texts are then a part of the hash; without any, mathematics alone
 * @throws {BenchError} If the template is a chat turn and the model has no chat template
 */
export function createPrompter(
  tokenizer: Tokenizer,
  chatTemplate: string | undefined,
  template: PromptTemplate,
  kinds: readonly ProblemKind[] = [],
): Prompter {
  if (template.chat && chatTemplate === undefined) {
    throw new BenchError(
      `Cannot make prompts: the model has no chat template (chat_template.jinja, or chat_template in tokenizer_config.json); ` +
        `add one, or choose a prompt template without a chat turn`,
    );
  }
  const render = template.chat ? chatRenderer(chatTemplate!, tokenizer.specialTokens) : undefined;
  const around = (kind: ProblemKind = "mathematics") => kind === "mathematics" ? template.text : KIND_TEXTS[kind];
  const others = [...new Set(kinds)].filter((kind) => kind !== "mathematics").map(around).toSorted();
  // A function, so that `$&` in a question stays as it is.
  const turn = ({ question, kind }: Asked) => around(kind).replace("{Question}", () => question);
  const text = (problem: Asked) => render === undefined ? turn(problem) : render(turn(problem));
  return {
    text,
    turn,
    // A chat template writes BOS itself; a plain prompt gets the tokenizer's frame.
    ids: (problem) => tokenizer.encode(text(problem), { addSpecialTokens: !template.chat, allowUnknown: true }),
    unknownCharacters: (problem) => tokenizer.unknownCharacters(text(problem)),
    sha256: sha256(JSON.stringify([template.text, template.chat ? chatTemplate : null, ...others])),
  };
}

/**
 * Whether prompts end in the thinking: everything before its end is then a thought, however the completion breaks off.
 */
export function opensThinking(prompter: Pick<Prompter, "text">): boolean {
  return OPENS_THINKING.test(prompter.text({ question: "" }));
}

/**
 * Token ids whose appearance in order ends the thinking.
 *
 * `sequence` takes the whole marker. `last-sub-token` is the released SofT-GRPO code's rule (schedule_batch.py lines
 * 743-744 of the pinned commit): the same where the marker is one token, as in the R1 distillations; a bare `>` under
 * Llama 3's tokenizer. Under `text` it is {@link endOfThinkingText} that sees the end, and the whole marker is what is
 * forced at the limit.
 *
 * @throws {BenchError} If the tokenizer cannot express the marker
 */
export function endOfThinkingTokens(
  tokenizer: Tokenizer,
  marker: string,
  rule: "sequence" | "last-sub-token" | "text" = "sequence",
): readonly number[] {
  const ids = tokenizer.unknownCharacters(marker).length > 0 ? new Int32Array() : tokenizer.encode(marker);
  if (ids.length === 0 || tokenizer.decode(ids) !== marker) {
    throw new BenchError(
      `Cannot tell the end of thinking: the tokenizer has no tokens for "${marker}"; choose a prompt template that fits the model`,
    );
  }
  return rule === "last-sub-token" ? [ids.at(-1)!] : [...ids];
}

/** The end of thinking as a rule on text: whatever tokens spell the marker, alone or with what follows it. */
export interface EndOfThinkingText {
  /** Most tokens, the last ones of the thought, that the marker can begin in. */
  readonly window: number;
  /**
   * What is put after the end of thinking, in token ids; undefined where the marker has not come.
   *
   * @param tokens the last ones of the thought, at most `window`
   */
  follow(tokens: Int32Array): readonly number[] | undefined;
}

/**
 * Butt et al.'s rule (arXiv:2509.19170, appendix C): the thinking ends when its text does so. A tokenizer may merge the
 * marker's last space with the next sign, so that no sequence of tokens is the marker; what such a token has already
 * written of `afterEnd` is not written again.
 *
 * @param afterEnd text that is put after the end, e.g. `\boxed{`
 */
export function endOfThinkingText(tokenizer: Tokenizer, marker: string, afterEnd: string): EndOfThinkingText {
  return {
    // Every token writes a byte or more. One more, since a tokenizer may strip the space that decoded text begins with.
    window: new TextEncoder().encode(marker).length + 1,
    follow(tokens) {
      const text = tokenizer.decode(tokens);
      const start = text.lastIndexOf(marker);
      if (start < 0) return undefined;
      const written = text.slice(start + marker.length);
      return [...tokenizer.encode(afterEnd.startsWith(written) ? afterEnd.slice(written.length) : afterEnd)];
    },
  };
}

/** What a prompt has to fit into. */
export interface PromptLimits {
  /** Most tokens of a prompt, where that is limited. */
  readonly maxPromptTokens?: number;
  /** Most positions of a completion. */
  readonly maxNewTokens: number;
  /** Longest sequence of the model. */
  readonly maxPositions: number;
  /** Tokens that the model knows, where the tokenizer might have more. */
  readonly vocabularySize?: number;
}

/** Most tokens of a prompt. */
export function promptRoom({ maxPromptTokens = Infinity, maxNewTokens, maxPositions }: PromptLimits): number {
  return Math.min(maxPromptTokens, maxPositions - maxNewTokens);
}

/**
 * Refuses prompts that do not fit, before any of them is run.
 *
 * @param use what they are prompts of, and what can be done about those that are too long
 * @throws {BenchError} That names the longest prompt and how many are too long, or a prompt with a token that the model
 * does not have
 */
export function requirePromptsFit(
  prompts: readonly { readonly id: string; readonly ids: Int32Array }[],
  limits: PromptLimits,
  { what = "prompts", remedy = "lower the completion's limit or leave these problems out" } = {},
): void {
  const { vocabularySize = Infinity } = limits;
  const foreign = prompts.find(({ ids }) => ids.some((id) => id >= vocabularySize));
  if (foreign !== undefined) {
    throw new BenchError(
      `Cannot run the ${what}: "${foreign.id}" holds token ${
        foreign.ids.find((id) => id >= vocabularySize)
      }, the model has ` +
        `${vocabularySize}; its tokenizer is another model's, put the one beside it that it was trained with`,
    );
  }
  const most = promptRoom(limits);
  const tooLong = prompts.filter(({ ids }) => ids.length > most);
  if (tooLong.length === 0) return;
  const longest = tooLong.reduce((a, b) => b.ids.length > a.ids.length ? b : a);
  const { maxPromptTokens, maxNewTokens, maxPositions } = limits;
  throw new BenchError(
    `Cannot run ${tooLong.length} of ${prompts.length} ${what}: "${longest.id}" has ${longest.ids.length} tokens, at most ${most} fit ` +
      `(model ${maxPositions} positions, ${maxNewTokens} new tokens` +
      `${maxPromptTokens === undefined ? "" : `, prompt limit ${maxPromptTokens}`}); ${remedy}`,
  );
}

/**
 * Refuses training problems whose prompts do not fit, before any step is run.
 *
 * @param problems those of all steps, each once
 * @param ids token ids of a problem's prompt
 * @throws {BenchError} As {@link requirePromptsFit}
 */
export function requireTrainingPromptsFit(
  problems: readonly (Asked & { readonly id: string })[],
  ids: (problem: Asked) => Int32Array,
  limits: PromptLimits,
): void {
  requirePromptsFit(problems.map((problem) => ({ id: problem.id, ids: ids(problem) })), limits, {
    what: "training prompts",
    remedy: 'lower maxNewTokens, or leave such rows of a dataset out by training.longPrompts "leave-out"',
  });
}
