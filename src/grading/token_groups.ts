/**
 * Tokens by their brackets: splitting outside of them, and joining thousands.
 *
 * @module
 */
import { Unreadable } from "./limits.ts";
import { numeral } from "./numeral.ts";
import type { Token } from "./tokens.ts";

const OPENING: ReadonlySet<string> = new Set(["(", "[", "{", "{|", "⟨", "⌊", "⌈"]);
const CLOSING: ReadonlySet<string> = new Set([")", "]", "}", "|}", "⟩", "⌋", "⌉"]);
/** Braces that only group, and so do not make a tuple, set or interval of what is in them. */
const GROUPING: ReadonlySet<string> = new Set(["{", "}"]);

function depthChange(token: Token): number {
  if (token.type === "environment") return token.text.startsWith("begin") ? 1 : -1;
  if (token.type !== "symbol") return 0;
  return OPENING.has(token.text) ? 1 : CLOSING.has(token.text) ? -1 : 0;
}

/** Tokens between separators that stand outside of all brackets. */
export interface Split {
  readonly parts: readonly (readonly Token[])[];
  /** One fewer than the parts. */
  readonly separators: readonly string[];
}

/** @throws {Unreadable} if brackets do not match in number */
export function splitAt(tokens: readonly Token[], symbols: ReadonlySet<string>): Split {
  const parts: Token[][] = [[]];
  const separators: string[] = [];
  let depth = 0;
  for (const token of tokens) {
    depth += depthChange(token);
    if (depth < 0) throw new Unreadable("a bracket that was not opened");
    if (depth === 0 && token.type === "symbol" && symbols.has(token.text)) {
      separators.push(token.text);
      parts.push([]);
    } else parts[parts.length - 1].push(token);
  }
  if (depth !== 0) throw new Unreadable("a bracket that is not closed");
  return { parts, separators };
}

/**
 * Numbers that are written in groups of three digits become one: `10,080`, `11,\! 111`, `1 000`. Only outside of
 * tuples, sets and intervals, where a comma separates items.
 */
export function joinThousands(tokens: readonly Token[]): readonly Token[] {
  if (!tokens.some((token) => token.type === "number" && /^\d{3}(\.|$)/.test(token.text))) return tokens;
  const out: Token[] = [];
  let depth = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (!GROUPING.has(token.text)) depth += depthChange(token);
    const run = depth === 0 && /^[1-9]\d{0,2}$/.test(token.text) && token.type === "number"
      ? runAt(tokens, at)
      : undefined;
    if (!run) {
      out.push(token);
      continue;
    }
    const [whole, decimals] = run.digits.split(".");
    out.push({
      type: "number",
      text: run.digits,
      gap: token.gap,
      start: token.start,
      end: tokens[run.last].end,
      numeral: numeral(whole, decimals ?? ""),
    });
    at = run.last;
  }
  return out;
}

/** A letter without the braces around it alone, which are redundant wherever they stand. */
export function unwrapLetters(tokens: readonly Token[]): readonly Token[] {
  const braced = (at: number) => tokens[at - 1]?.text === "{" && tokens[at + 1]?.text === "}";
  return tokens.filter((token, at) => {
    if (token.text === "{") return !(tokens[at + 1]?.type === "letter" && braced(at + 1));
    if (token.text === "}") return !(tokens[at - 1]?.type === "letter" && braced(at - 1));
    return true;
  });
}

/** Letters in place of signs: `1.5 x 10^3` is a product, `(0,1)U(2,3)` a union, `45^o` has a degree sign. */
export function readLetterSigns(tokens: readonly Token[]): readonly Token[] {
  return tokens.map((token, at) => {
    if (
      token.type === "letter" && token.text === "U" && CLOSING.has(tokens[at - 1]?.text) &&
      OPENING.has(tokens[at + 1]?.text)
    ) {
      return { ...token, type: "symbol", text: "∪" };
    }
    // `45^o`
    const superscript = tokens[at - 1]?.text === "^" || (tokens[at - 1]?.text === "{" && tokens[at - 2]?.text === "^");
    if (token.type === "letter" && token.text === "o" && superscript) return { ...token, type: "symbol", text: "°" };
    if (token.type !== "letter" || (token.text !== "x" && token.text !== "X")) return token;
    const [before, ten, power] = [tokens[at - 1], tokens[at + 1], tokens[at + 2]];
    const times = before?.type === "number" && ten?.text === "10" && power?.text === "^";
    return times ? { ...token, type: "symbol", text: "*" } : token;
  });
}

/** The groups of three digits after a number, where they are separated alike. */
function runAt(tokens: readonly Token[], first: number): { digits: string; last: number } | undefined {
  let digits = tokens[first].text;
  let last = first;
  const byComma = tokens[first + 1]?.text === ",";
  while (true) {
    const next = tokens[last + (byComma ? 2 : 1)];
    if (byComma && (tokens[last + 1]?.text !== "," || tokens[last + 1].gap === "space")) break;
    if (next?.type !== "number" || !/^\d{3}(\.\d+)?$/.test(next.text)) break;
    if (byComma ? next.gap === "space" : next.gap === "none") break;
    // Digits that go on after the group, as in `1 000/3 4`, belong to something else.
    digits += next.text;
    last += byComma ? 2 : 1;
    if (next.text.includes(".")) break;
  }
  return last > first ? { digits, last } : undefined;
}
