/**
 * How many terminal columns a text takes.
 *
 * Two for characters of East Asian scripts, full-width forms and pictographs, none for marks and invisible characters.
 * An approximation by script of Unicode's East Asian Width, right for what names and answers contain.
 *
 * @module
 */

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
const WIDE =
  /^[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
/** An emoji spelt with a text character and the variation selector, such as ❤️. */
const EMOJI_SEQUENCE = /^\p{Emoji}\ufe0f/u;
const INVISIBLE = /^[\p{Mark}\p{Control}\p{Default_Ignorable_Code_Point}]+$/u;

/**
 * Columns of a line of text without escape sequences.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(["±2", "算術", "é"].map(textWidth), [2, 4, 1]);
 * ```
 */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += graphemeWidth(segment);
  return width;
}

/**
 * The text, cut to a width with `…` at its end where it is longer.
 *
 * @param columns at least 1
 */
export function fitWidth(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let cut = "";
  let width = 1;
  for (const { segment } of graphemes.segment(text)) {
    width += graphemeWidth(segment);
    if (width > columns) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** Lines of at most `columns` columns, broken at spaces; a longer word keeps its own line. */
export function wrapWidth(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line !== "" && textWidth(line) + 1 + textWidth(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** The text with spaces up to a width, after it or before it. */
export function padWidth(text: string, columns: number, side: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, columns - textWidth(text)));
  return side === "left" ? text + spaces : spaces + text;
}

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme) || EMOJI_SEQUENCE.test(grapheme)) return 2;
  return INVISIBLE.test(grapheme) ? 0 : 1;
}
