/**
 * A place in a row of tokens.
 *
 * @module
 */
import { Unreadable } from "./limits.ts";
import { numeral } from "./numeral.ts";
import type { Token } from "./tokens.ts";

/** A place to go back to. */
export interface Mark {
  readonly tokens: readonly Token[];
  readonly at: number;
}

/** Reads tokens from left to right. */
export class TokenCursor {
  #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  /** Whether all tokens are read. */
  atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** The token so many places ahead of the next one. */
  peek(ahead = 0): Token | undefined {
    return this.#tokens[this.#at + ahead];
  }

  /** Whether that token is this symbol. */
  is(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token !== undefined && token.type === "symbol" && token.text === symbol;
  }

  /** Leaves so many tokens behind. */
  skip(count = 1): void {
    this.#at += count;
  }

  /** Leaves the next token behind where it is this symbol. */
  take(symbol: string): boolean {
    if (!this.is(symbol)) return false;
    this.#at++;
    return true;
  }

  /** @throws {Unreadable} if the next token is not this symbol */
  expect(symbol: string): void {
    if (!this.take(symbol)) throw new Unreadable(`no ${symbol}`);
  }

  /** The next number's first digit alone, as TeX takes it: of `\frac12` first the 1. */
  takeDigit(): Token {
    const token = this.#tokens[this.#at];
    this.#at++;
    if (token.text.length === 1 || !/^\d+$/.test(token.text)) return token;
    const [head, tail] = [token.text.slice(0, 1), token.text.slice(1)];
    const parts: Token[] = [
      { ...token, text: head, end: token.start + 1, numeral: numeral(head) },
      { ...token, text: tail, gap: "none", start: token.start + 1, numeral: numeral(tail) },
    ];
    this.#tokens = this.#tokens.toSpliced(this.#at - 1, 1, ...parts);
    return parts[0];
  }

  /** This place, with the tokens as they are now. */
  mark(): Mark {
    return { tokens: this.#tokens, at: this.#at };
  }

  /** Goes back to a place. */
  reset({ tokens, at }: Mark): void {
    this.#tokens = tokens;
    this.#at = at;
  }
}
