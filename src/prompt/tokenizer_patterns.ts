/**
 * The patterns by which a tokenizer splits text: those of a checkpoint come from anybody, and a pattern in which what
 * repeats is repeated may take longer for a short text than anyone can wait.
 *
 * @module
 */

/** What a part of a pattern may do in more than one way; then repeating it can be matched in ever more ways. */
interface Part {
  varies: boolean;
}

const QUANTIFIER = /^(?:[*+?]|\{(\d*)(,?)(\d*)\})[?+]?/;
const GROUP_START = /^\((?:\?(?:<?[=!]|>|<[^>]*>|[a-z-]*:))?/i;
const ESCAPE = /^\\(?:[pP]\{[^}]*\}|[xu]\{[^}]*\}|u[\da-f]{4}|x[\da-f]{2}|.)/is;

/**
 * Whether a regular expression repeats a group that can itself match the same text in several ways, as `(a+)+` does. The
 * patterns of published tokenizers repeat single characters and classes alone.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([repeatsRepeats("(a+)+$"), repeatsRepeats(" ?\\p{L}+|\\s+(?!\\S)")], [true, false]);
 * ```
 */
export function repeatsRepeats(pattern: string): boolean {
  const open: Part[] = [{ varies: false }];
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at);
    let closed: Part | undefined;
    if (rest[0] === "(") {
      open.push({ varies: false });
      at += GROUP_START.exec(rest)![0].length;
      continue;
    }
    if (rest[0] === "|") {
      open.at(-1)!.varies = true;
      at++;
      continue;
    }
    if (rest[0] === ")" && open.length > 1) {
      closed = open.pop();
      at++;
    } else at += atomLength(rest);
    const [quantifier, least, comma, most] = QUANTIFIER.exec(pattern.slice(at)) ?? [""];
    at += quantifier.length;
    const fixed = quantifier === "" || (least !== undefined && (comma === "" || least === most));
    const atMostOnce = quantifier.startsWith("?") || (comma === "," && Number(most || Infinity) <= 1);
    if (closed?.varies && quantifier !== "" && !atMostOnce) return true;
    if (!fixed || closed?.varies) open.at(-1)!.varies = true;
  }
  return false;
}

/** Characters of what a quantifier behind it is of: a class, an escape, or one character. */
function atomLength(rest: string): number {
  if (rest[0] === "\\") return ESCAPE.exec(rest)?.[0].length ?? 1;
  if (rest[0] !== "[") return 1;
  for (let at = 1; at < rest.length; at++) {
    if (rest[at] === "\\") at++;
    else if (rest[at] === "]") return at + 1;
  }
  return rest.length;
}

/**
 * A pre-tokenizer in which what splits digits splits all that Unicode counts as numbers (`½`, `²`, `Ⅷ`), as Hugging
 * Face's own does; the library's knows 0 to 9 alone.
 */
export function withNumericDigits(part: unknown): unknown {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map(withNumericDigits);
  const { type, individual_digits: single } = part as { type?: unknown; individual_digits?: unknown };
  if (type === "Digits") {
    return { type: "Split", pattern: { Regex: single ? "\\p{N}" : "\\p{N}+" }, behavior: "Isolated", invert: false };
  }
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, withNumericDigits(value)]));
}

/** Every pattern of a `tokenizer.json`, wherever it stands. */
export function patternsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    // Vocabularies have no patterns, and are long.
    key === "Regex" && typeof part === "string" ? [part] : key === "model" ? [] : patternsOf(part)
  );
}
