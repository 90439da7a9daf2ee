/**
 * Text from files that others wrote, as a terminal or a page may be given it.
 *
 * @module
 */

/** What moves the cursor, rings, colours, hides or turns round what follows; U+FEFF and marks of joining are letters' own. */
const UNSEEN = /[\p{Control}\p{Line_Separator}\p{Paragraph_Separator}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * One line of text in which every character that is not seen but acts is shown as `�`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(visible("a\u001b[2Jb"), "a�[2Jb");
 * ```
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, "�");
}

/** The same of several lines, whose ends stay. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visible).join("\n");
}
