/**
 * Byte-pair encoding over bytes, learnt from texts: Sennrich et al., arXiv:1508.07909, on GPT-2's byte alphabet.
 *
 * @module
 */

/** How Qwen2 cuts text into words before merging: contractions, words with one leading sign, single digits, signs, space. */
export const WORD_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

/** What a tokenizer is made of. */
export interface BytePairEncoding {
  /** Tokens in order of their ids. */
  readonly vocabulary: readonly string[];
  /** Pairs in the order in which they are merged. */
  readonly merges: readonly (readonly [string, string])[];
}

const BYTES = 256;

/**
 * A printable character for every byte: printable Latin-1 stays itself, the others follow from U+0100, as GPT-2 has it.
 */
export function byteAlphabet(): string[] {
  const printable = (byte: number) => (byte >= 33 && byte <= 126) || (byte >= 161 && byte !== 173);
  let next = BYTES;
  return Array.from({ length: BYTES }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
}

/**
 * Learns merges from texts. Among equally frequent pairs the one first in code-unit order is merged, so that the result
 * depends on nothing but the texts.
 *
 * @param count merges to learn
 */
export function learnBytePairs(texts: readonly string[], count: number): BytePairEncoding {
  const alphabet = byteAlphabet();
  const words = countWords(texts, alphabet);
  const pairs = new Map<string, number>();
  for (const word of words) addPairs(pairs, word, 1);
  const merges: [string, string][] = [];
  for (let i = 0; i < count; i++) {
    const best = mostFrequent(pairs);
    if (best === undefined) break;
    merges.push(best);
    for (const word of words) {
      if (!holdsPair(word.symbols, best)) continue;
      addPairs(pairs, word, -1);
      mergePair(word.symbols, best);
      addPairs(pairs, word, 1);
    }
  }
  return { vocabulary: [...alphabet, ...merges.map(([left, right]) => left + right)], merges };
}

interface Word {
  readonly symbols: string[];
  readonly count: number;
}

function countWords(texts: readonly string[], alphabet: readonly string[]): Word[] {
  const pattern = new RegExp(WORD_PATTERN, "gu");
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.matchAll(pattern)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const encoder = new TextEncoder();
  return Array.from(counts, ([word, count]) => ({
    symbols: Array.from(encoder.encode(word), (byte) => alphabet[byte]),
    count,
  }));
}

const SEPARATOR = "\0";

/** Adds a word's pairs, as often as the word occurs, `sign` times. */
function addPairs(pairs: Map<string, number>, { symbols, count }: Word, sign: 1 | -1): void {
  for (let i = 0; i + 1 < symbols.length; i++) {
    const pair = symbols[i] + SEPARATOR + symbols[i + 1];
    pairs.set(pair, (pairs.get(pair) ?? 0) + sign * count);
  }
}

function mostFrequent(pairs: ReadonlyMap<string, number>): [string, string] | undefined {
  let best: string | undefined;
  let most = 0;
  for (const [pair, count] of pairs) {
    if (count > most || (count === most && best !== undefined && pair < best)) [best, most] = [pair, count];
  }
  return best?.split(SEPARATOR) as [string, string] | undefined;
}

function holdsPair(symbols: readonly string[], [left, right]: readonly [string, string]): boolean {
  for (let i = 0; i + 1 < symbols.length; i++) if (symbols[i] === left && symbols[i + 1] === right) return true;
  return false;
}

function mergePair(symbols: string[], [left, right]: readonly [string, string]): void {
  let kept = 0;
  for (let i = 0; i < symbols.length; i++) {
    const both = symbols[i] === left && symbols[i + 1] === right;
    symbols[kept++] = both ? left + right : symbols[i];
    if (both) i++;
  }
  symbols.length = kept;
}
