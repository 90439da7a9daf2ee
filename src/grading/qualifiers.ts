/**
 * Words beside an answer that change nothing of it: for which arguments a formula holds, what kind a constant is of.
 *
 * @module
 */
import { splitAt } from "./token_groups.ts";
import type { Token } from "./tokens.ts";

const QUANTIFIERS: ReadonlySet<string> = new Set(["all", "any", "every", "each", "some", "arbitrary"]);
const KINDS: ReadonlySet<string> = new Set(["is", "are", "denotes", "represents"]);
const COMMA: ReadonlySet<string> = new Set([","]);

/** The tokens without `for all real x`, `∀x ∈ ℝ`, `where C is a constant`. */
export function withoutQualifiers(tokens: readonly Token[]): readonly Token[] {
  if (tokens[0]?.text === "∀") {
    const comma = splitAt(tokens, COMMA).parts[0].length;
    return comma < tokens.length - 1 ? withoutQualifiers(tokens.slice(comma + 1)) : tokens;
  }
  const start = tokens.findIndex((token, at) => at > 0 && beginsQualifier(tokens, at, token));
  if (start < 0) return tokens;
  const end = tokens[start - 1].text === "," || tokens[start - 1].text === "(" ? start - 1 : start;
  return end > 0 ? tokens.slice(0, end) : tokens;
}

function beginsQualifier(tokens: readonly Token[], at: number, { type, text }: Token): boolean {
  if (text === "∀") return true;
  if (type !== "word") return false;
  const [next, after] = [tokens[at + 1], tokens[at + 2]];
  const word = text.toLowerCase();
  if (word === "for") return next?.type === "word" && QUANTIFIERS.has(next.text.toLowerCase());
  if (word !== "where" || next?.type !== "letter" || !after) return false;
  return after.text === "∈" || (after.type === "word" && KINDS.has(after.text.toLowerCase()));
}
