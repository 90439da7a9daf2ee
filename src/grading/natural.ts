/**
 * Functions of natural numbers, exactly.
 *
 * @module
 */
import { type Budget, MAX_BITS, Unresolved } from "./limits.ts";
import { absolute, bitLength, gcd } from "./rational.ts";

/** Largest n of n! and of binomials. */
const MAX_FACTORIAL = 1500n;

/** n!. */
export function factorial(n: bigint, budget: Budget): bigint {
  if (n > MAX_FACTORIAL) throw new Unresolved("factorial too large");
  let result = 1n;
  for (let k = 2n; k <= n; k++) {
    budget.spend(20);
    result *= k;
  }
  return limited(result);
}

/** n over k; 0 where k > n. */
export function binomial(n: bigint, k: bigint, budget: Budget): bigint {
  if (k > n) return 0n;
  const fewer = k < n - k ? k : n - k;
  if (fewer > MAX_FACTORIAL) throw new Unresolved("binomial too large");
  let result = 1n;
  for (let j = 1n; j <= fewer; j++) {
    budget.spend(20);
    result = limited((result * (n - fewer + j)) / j);
  }
  return result;
}

/** The greatest number that divides all. */
export function greatestCommonDivisor(numbers: readonly bigint[], budget: Budget): bigint {
  return numbers.reduce((a, b) => {
    budget.spend(1 + (bitLength(a) + bitLength(b)) / 8);
    return gcd(a, b);
  });
}

/** The smallest number that all divide. */
export function leastCommonMultiple(numbers: readonly bigint[], budget: Budget): bigint {
  return numbers.reduce((a, b) => {
    budget.spend(1 + (bitLength(a) + bitLength(b)) / 8);
    return a === 0n || b === 0n ? 0n : limited(absolute(a / gcd(a, b) * b));
  });
}

function limited(value: bigint): bigint {
  if (bitLength(value) > MAX_BITS) throw new Unresolved("number too large");
  return value;
}
