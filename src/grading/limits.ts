/**
 * What one answer may cost. Work is counted in steps, not by the clock, so that a verdict is the same on every machine;
 * the numbers keep the worst verdict well under 100 ms.
 *
 * @module
 */

/** Longest answer that is read as mathematics, in UTF-16 units; a longer one is compared as text. */
export const MAX_ANSWER_LENGTH = 4000;
/** Most tokens of an answer. */
export const MAX_TOKENS = 1500;
/** Deepest nesting of an answer. */
export const MAX_DEPTH = 200;
/** Largest numerator, denominator or factorial that is computed, in bits. */
export const MAX_BITS = 8192;
/** Steps for one answer; a step is about 60 ns on one core of 2024. */
export const MAX_STEPS = 150_000;
/** Most answers that the signs of one expression unfold into. */
export const MAX_SIGN_CHOICES = 8;

/** The text is not mathematics that the parser knows; it is compared as text. */
export class Unreadable extends Error {}

/** A value exists but is beyond the limits; the expression is compared by its structure. */
export class Unresolved extends Error {}

/** There is no value (0/0, a logarithm of 0, not a number): equal to nothing, itself included. */
export class UndefinedValue extends Error {}

/** A function of real variables has no value there, though a complex one it has. */
export class OutsideReals extends Error {}

/** Counts the steps spent on one answer. */
export class Budget {
  #left = MAX_STEPS;

  /** @throws {Unresolved} if the steps are used up */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0) throw new Unresolved("out of steps");
  }
}
