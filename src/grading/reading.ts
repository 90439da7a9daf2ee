/**
 * What is known while one answer is read: what it may cost, the numbers met so far, and those of the gold answer that a
 * long decimal may stand for.
 *
 * @module
 */
import { Budget } from "./limits.ts";
import { absolute } from "./rational.ts";

/** A scalar of an answer, with what a decimal is compared by. */
export interface ScalarValue {
  readonly key: string;
  /** One number, or a function's numbers at the fixed points; in units of 2^-{@link VALUE_BITS}. */
  readonly values: readonly (ComplexValue | undefined)[];
  /** A decimal so long that it stands for the exact value that it cuts or rounds is in it. */
  readonly approximate: boolean;
}

/** A complex number in fixed point. */
export interface ComplexValue {
  readonly re: bigint;
  readonly im: bigint;
}

/** Bits after the point of a {@link ScalarValue}. */
export const VALUE_BITS = 768;
const UNIT = 1n << BigInt(VALUE_BITS);

/** Significant digits and decimals to which a decimal must agree: docs/grading.md, rule 7. */
export const AGREEING_DIGITS = 12;
export const AGREEING_DECIMALS = 6;
/** A function of rounded coefficients may differ by a little more. */
const OF_FUNCTIONS = 10n;

/** One reading of one answer. */
export class Reading extends Budget {
  readonly scalars: ScalarValue[] = [];

  /**
   * @param references scalars of the other answer
   * @param question what was asked, where it is known
   */
  constructor(readonly references: readonly ScalarValue[] = [], readonly question?: string) {
    super();
  }

  /** Notes a scalar. @returns the key of the reference that it stands for, else its own */
  note(scalar: ScalarValue): string {
    this.scalars.push(scalar);
    const meant = this.references.find((reference) =>
      (reference.approximate || scalar.approximate) && agree(reference, scalar)
    );
    return meant?.key ?? scalar.key;
  }

  /** Notes an integer. @returns the key of the reference that means it, else its own */
  noteInteger(value: bigint): string {
    const values = [{ re: value << BigInt(VALUE_BITS), im: 0n }];
    return this.note({ key: value.toString(), values, approximate: false });
  }
}

function agree(a: ScalarValue, b: ScalarValue): boolean {
  if (a.values.length !== b.values.length) return false;
  const slack = a.values.length > 1 ? OF_FUNCTIONS : 1n;
  return a.values.every((value, i) => {
    const other = b.values[i];
    if (!value || !other) return value === other;
    // The written digits decide what the twelfth of them is worth.
    const written = b.approximate ? other : value;
    return near(value.re, other.re, written.re, slack) && near(value.im, other.im, written.im, slack);
  });
}

function near(a: bigint, b: bigint, written: bigint, slack: bigint): boolean {
  const difference = absolute(a - b);
  if (difference === 0n) return true;
  // Digits of |written| · 10^300, which no written number exceeds downwards.
  const digits = (absolute(written) * FINE / UNIT).toString().length - FINE_DECIMALS;
  const decimals = Math.max(AGREEING_DIGITS - digits, AGREEING_DECIMALS);
  if (decimals > FINE_DECIMALS) return false;
  // One unit beyond, for what fixed point cuts off.
  return difference <= slack * UNIT / 10n ** BigInt(decimals) + 2n;
}

const FINE_DECIMALS = 200;
const FINE = 10n ** BigInt(FINE_DECIMALS);
