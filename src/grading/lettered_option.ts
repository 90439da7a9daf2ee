/**
 * The letter of a multiple choice: alone, or with the text of its option.
 *
 * @module
 */

/** A letter, and the text of the option where that is given too. */
export interface Choice {
  readonly letter: string;
  readonly option?: string;
}

/** `B`, `(B)`, `B)`. */
const ALONE = /^\(?([A-Z])\)?$/;
/** `(E) 17`, `E) 17`, `E: a line`, `E. 17`; letters of at most ten options. */
const WITH_OPTION = /^(?:\(\s?([A-J])\s?\)[:.]?|([A-J])\s?(?:\)|:|\.(?!\d)))(\s*)(\S.*)$/s;
const FONTS = /\\(?:text|textbf|textrm|textit|textnormal|mathrm|mathbf|mbox|bf|rm)\s*\{([^{}]{0,200})\}/g;
const SPACES = /\\(?:quad|qquad|[ ,;:!])|~/g;

/** The choice that an answer is, if it is one. */
export function readChoice(text: string): Choice | undefined {
  const alone = ALONE.exec(text);
  if (alone) return { letter: alone[1] };
  if (!/^[\\({A-J]/.test(text)) return undefined;
  const match = WITH_OPTION.exec(text.replace(FONTS, "$1").replace(SPACES, " ").trim());
  if (!match) return undefined;
  const [, bracketed, plain, gap, option] = match;
  // `(A)(B)`, `(C)+1` and `(A)^2` are mathematics; `(B) and (C)` are two choices.
  if (gap === "" && bracketed !== undefined && /^[(^_+\-*/=!']/.test(option)) return undefined;
  if (/^(?:and|or|,|&|=|\+|\^|\\cup|\\cap)/i.test(option) || /\([A-J]\)/.test(option)) return undefined;
  return { letter: bracketed ?? plain, option };
}
