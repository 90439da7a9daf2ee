/**
 * A stand-in for x! at numbers that are no integers. It meets x! = x · (x - 1)! and nothing else that is known of the
 * gamma function: enough that n · (n - 1)! is n!, and (n over 2) is n(n - 1)/2, as functions of n.
 *
 * @module
 */
import type { Arithmetic, Interval } from "./interval.ts";
import { hash128 } from "./key_length.ts";
import { Unresolved } from "./limits.ts";
import { cellKey } from "./number_key.ts";

/** Largest magnitude of a number whose factorial is stood in for: each unit is a multiplication. */
const MAX_STEPS_DOWN = 100n;
const HASH_BITS = 128n;

/** The stand-in for x!. */
export function formalFactorial(x: Interval, arithmetic: Arithmetic): Interval {
  const { precision, one } = arithmetic;
  const whole = x.middle >> precision.shift;
  if (whole > MAX_STEPS_DOWN || whole < -MAX_STEPS_DOWN) throw new Unresolved("factorial too large");
  const rest = { middle: x.middle - (whole << precision.shift), error: x.error };
  let result: Interval = { middle: precision.unit + startOf(rest, arithmetic), error: 0 };
  let factor = rest;
  for (let k = 0n; k < whole; k++) {
    factor = arithmetic.add(factor, one);
    result = arithmetic.multiply(result, factor);
  }
  for (let k = 0n; k > whole; k--) {
    result = arithmetic.divide(result, factor);
    factor = arithmetic.subtract(factor, one);
  }
  return result;
}

/** A number in [0, 1) without meaning, the same for the same fractional part. */
function startOf(rest: Interval, { precision }: Arithmetic): bigint {
  return BigInt(`0x${hash128(cellKey(rest, precision))}`) << (precision.shift - HASH_BITS);
}
