/**
 * Which characters a tokenizer has tokens for. The others it leaves out, or puts one token for all of them, and says
 * nothing: a prompt would ask something else than its text.
 *
 * @module
 */
import type { Tokenizer as HubTokenizer } from "npm:@huggingface/tokenizers@0.2.0";
import { BenchError } from "../errors.ts";

/** What a tokenizer knows of single characters; each is looked at once. */
export class KnownCharacters {
  readonly #hub: HubTokenizer;
  readonly #known = new Map<string, boolean>();
  /** Added tokens, longer ones first: what they consist of needs no tokens of its own. */
  readonly #added: RegExp | undefined;

  constructor(hub: HubTokenizer) {
    this.#hub = hub;
    const contents = [...hub.get_added_tokens_decoder().values()].map(({ content }) => content)
      .filter((content) => content.length > 0).toSorted((a, b) => b.length - a.length);
    if (contents.length > 0) this.#added = new RegExp(contents.map((one) => RegExp.escape(one)).join("|"), "gu");
  }

  /** Characters of a text that no token holds, each once. */
  unknownOf(text: string): string[] {
    const rest = this.#added === undefined ? text : text.replace(this.#added, "");
    return [...new Set(rest)].filter((character) => !this.#isKnown(character));
  }

  #isKnown(character: string): boolean {
    let known = this.#known.get(character);
    if (known === undefined) this.#known.set(character, known = this.#hasToken(character));
    return known;
  }

  #hasToken(character: string): boolean {
    const { pre_tokenizer: splitter, normalizer, model } = this.#hub;
    // A tokenizer that splits or rewrites text may leave out spaces on purpose.
    if (/\s/u.test(character) && (splitter !== null || normalizer !== null)) return true;
    const { ids, tokens } = this.#hub.encode(character, { add_special_tokens: false });
    const { unk_token: unknown } = (model ?? {}) as { unk_token?: string | null };
    return ids.length > 0 && (typeof unknown !== "string" || !tokens.includes(unknown));
  }
}

/** Unknown characters that an error or a note shows, and how much of the text. */
const MOST_SHOWN = 10, MOST_TEXT = 60;

/** @throws {BenchError} If there are unknown characters, which it shows */
export function requireKnown(text: string, unknown: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new BenchError(
    `Cannot encode ${JSON.stringify(text.slice(0, MOST_TEXT))}${text.length > MOST_TEXT ? " …" : ""}: ` +
      `the tokenizer has no token for ${shown(unknown)}; ` +
      `write it without them, or take a model whose tokenizer knows them`,
  );
}

/**
 * What to know of prompts that say less than their text does.
 *
 * @param where what holds the unknown characters
 * @returns undefined where there are none
 */
export function unknownCharactersNote(unknown: readonly string[], where: string): string | undefined {
  if (unknown.length === 0) return undefined;
  return `the tokenizer has no token for ${shown([...new Set(unknown)])} in ${where}: the model does not see them`;
}

function shown(unknown: readonly string[]): string {
  const first = unknown.slice(0, MOST_SHOWN).map((character) => JSON.stringify(character)).join(" ");
  return unknown.length > MOST_SHOWN ? `${first} and ${unknown.length - MOST_SHOWN} others` : first;
}
