/**
 * The value of an expression: an exact fraction as long as there is one, else a complex number to about 90 digits.
 *
 * @module
 */
import type { Expression, FunctionName } from "./expression.ts";
import { type Budget, MAX_BITS, UndefinedValue, Unresolved } from "./limits.ts";
import * as exact from "./rational.ts";
import type { Rational } from "./rational.ts";
import * as real from "./real.ts";

/** A complex number in fixed point. */
export interface Complex {
  readonly re: bigint;
  readonly im: bigint;
}

/** What an expression is worth. */
export type Value = { readonly exact: Rational } | { readonly approximate: Complex };

/** Values of variables, by name. */
export type Point = ReadonlyMap<string, Complex>;

/** Steps that one real function costs. */
const FUNCTION_STEPS = 500;
/** |x| below this is taken for zero, and from there to SMALL there are too few digits left to divide by it. */
const ZERO_BELOW = 1n << BigInt(real.PRECISION - 240);
const SMALL = 1n << BigInt(real.PRECISION - 130);
/** Largest magnitude of a value in fixed point, 2^200: beyond it small terms drown. */
const LARGE = real.UNIT << 200n;
/** Largest integer power of a number in fixed point. */
const MAX_POWER = 256n;
/** Largest n of n! and of binomials. */
const MAX_FACTORIAL = 1500n;
/** Largest order of a root. */
const MAX_ROOT = 64n;

/**
 * The value at a point.
 *
 * @param inAngle whether a degree sign stands inside a trigonometric function, where it means π/180
 * @throws {UndefinedValue} where there is none
 * @throws {Unresolved} where it is beyond the limits, or the expression is not a scalar
 */
export function evaluate(node: Expression, point: Point, budget: Budget, inAngle = false): Value {
  budget.spend(2);
  switch (node.kind) {
    case "number":
      return { exact: node.value };
    case "constant":
      if (node.name === "pi") return fromReal(real.PI);
      if (node.name === "i") return { approximate: { re: 0n, im: real.UNIT } };
      if (node.name === "e") return fromReal(E);
      throw new Unresolved("infinity is not a number");
    case "variable": {
      const value = point.get(node.name);
      if (!value) throw new Unresolved(`no value for ${node.name}`);
      return { approximate: value };
    }
    case "negate": {
      const value = evaluate(node.operand, point, budget, inAngle);
      if ("exact" in value) return { exact: exact.negate(value.exact) };
      return { approximate: { re: -value.approximate.re, im: -value.approximate.im } };
    }
    case "binary": {
      const left = evaluate(node.left, point, budget, inAngle);
      const right = evaluate(node.right, point, budget, inAngle);
      return combine(node.operator, left, right, budget);
    }
    case "call":
      return callFunction(node.name, node.arguments, point, budget, inAngle);
    default:
      throw new Unresolved(`no value of a ${node.kind}`);
  }
}

const E = real.exponential(real.UNIT);

function fromReal(re: bigint): Value {
  return { approximate: { re, im: 0n } };
}

/** The value in fixed point. */
export function toComplex(value: Value): Complex {
  if ("approximate" in value) return value.approximate;
  const { n, d } = value.exact;
  const re = (n << BigInt(real.PRECISION)) / d;
  if (n !== 0n && exact.absolute(re) < SMALL) throw new Unresolved("too small");
  return { re, im: 0n };
}

function checked(re: bigint, im: bigint): Value {
  if (re > LARGE || re < -LARGE || im > LARGE || im < -LARGE) throw new Unresolved("too large");
  return { approximate: { re, im } };
}

function combine(operator: "+" | "-" | "*" | "/" | "^", left: Value, right: Value, budget: Budget): Value {
  if (operator === "^") return raise(left, right, budget);
  if ("exact" in left && "exact" in right) {
    const a = left.exact;
    const b = operator === "-" ? exact.negate(right.exact) : right.exact;
    if (operator === "*") return { exact: exact.multiply(a, b, budget) };
    if (operator === "/") return { exact: exact.divide(a, b, budget) };
    return { exact: exact.add(a, b, budget) };
  }
  budget.spend(10);
  // An exact 0 stays exact, so that 0·π is 0 and nothing is lost to rounding.
  if (operator === "*" && (isExactZero(left) || isExactZero(right))) return { exact: exact.ZERO };
  const a = toComplex(left);
  const b = toComplex(right);
  if (operator === "+") return checked(a.re + b.re, a.im + b.im);
  if (operator === "-") return checked(a.re - b.re, a.im - b.im);
  if (operator === "*") return product(a, b);
  return quotient(a, b);
}

function isExactZero(value: Value): boolean {
  return "exact" in value && value.exact.n === 0n;
}

function product(a: Complex, b: Complex): Value {
  if (a.im === 0n && b.im === 0n) return checked(real.times(a.re, b.re), 0n);
  return checked(
    real.times(a.re, b.re) - real.times(a.im, b.im),
    real.times(a.re, b.im) + real.times(a.im, b.re),
  );
}

function quotient(a: Complex, b: Complex): Value {
  const size = exact.absolute(b.re) + exact.absolute(b.im);
  if (size < ZERO_BELOW) throw new UndefinedValue("division by zero");
  if (size < SMALL) throw new Unresolved("division by a number too small");
  if (b.im === 0n) return checked(real.over(a.re, b.re), a.im === 0n ? 0n : real.over(a.im, b.re));
  const norm = real.times(b.re, b.re) + real.times(b.im, b.im);
  return checked(
    real.over(real.times(a.re, b.re) + real.times(a.im, b.im), norm),
    real.over(real.times(a.im, b.re) - real.times(a.re, b.im), norm),
  );
}

function raise(base: Value, exponent: Value, budget: Budget): Value {
  if ("exact" in exponent) {
    const { n, d } = exponent.exact;
    if (d === 1n) return integerPower(base, n, budget);
    if (d <= MAX_ROOT) return integerPower(root(base, Number(d), budget), n, budget);
  }
  if (isExactZero(base)) throw new UndefinedValue("0 to a power that is not a positive rational");
  return exponentialOf(product(toComplex(exponent), toComplex(logarithmOf(base, budget))), budget);
}

function integerPower(base: Value, exponent: bigint, budget: Budget): Value {
  if ("exact" in base) return { exact: exact.power(base.exact, exponent, budget) };
  if (exponent === 0n) return { exact: exact.ONE };
  if (exponent < 0n) return quotient({ re: real.UNIT, im: 0n }, toComplex(integerPower(base, -exponent, budget)));
  if (exponent > MAX_POWER) throw new Unresolved("power too large");
  let square: Value = base;
  let result: Value | undefined;
  for (let left = exponent; left > 0n; left >>= 1n) {
    budget.spend(20);
    if (left & 1n) result = result ? product(toComplex(result), toComplex(square)) : square;
    if (left > 1n) square = product(toComplex(square), toComplex(square));
  }
  return result as Value;
}

/** The k-th root: of a negative real number the real one where k is odd, else the principal one. */
function root(value: Value, k: number, budget: Budget): Value {
  budget.spend(FUNCTION_STEPS / 5);
  if ("exact" in value) {
    const { n, d } = value.exact;
    if (n < 0n) {
      const positive = root({ exact: { n: -n, d } }, k, budget);
      if (k % 2 === 1) return combine("*", { exact: { n: -1n, d: 1n } }, positive, budget);
      if (k === 2) return product({ re: 0n, im: real.UNIT }, toComplex(positive));
    } else {
      budget.spend((exact.bitLength(n) + exact.bitLength(d)) / 4);
      const numerator = exact.exactIntegerRoot(n, k);
      const denominator = numerator === undefined ? undefined : exact.exactIntegerRoot(d, k);
      if (numerator !== undefined && denominator !== undefined) return { exact: { n: numerator, d: denominator } };
    }
  }
  const { re, im } = toComplex(value);
  if (im === 0n && re >= 0n) return fromReal(k === 2 ? real.squareRoot(re) : real.kthRoot(re, k));
  if (im === 0n && k % 2 === 1) return fromReal(-real.kthRoot(-re, k));
  const exponent = { exact: { n: 1n, d: BigInt(k) } };
  return exponentialOf(product(toComplex(exponent), toComplex(logarithmOf(value, budget))), budget);
}

function exponentialOf(value: Value, budget: Budget): Value {
  budget.spend(2 * FUNCTION_STEPS);
  const { re, im } = toComplex(value);
  if (re > real.MAX_EXPONENT || re < -real.MAX_EXPONENT) throw new Unresolved("exponent too large");
  const size = real.exponential(re);
  if (size < SMALL) throw new Unresolved("too small");
  if (im === 0n) return checked(size, 0n);
  const [sine, cosine] = real.sineCosine(im);
  return checked(real.times(size, cosine), real.times(size, sine));
}

function logarithmOf(value: Value, budget: Budget): Value {
  budget.spend(4 * FUNCTION_STEPS);
  const { re, im } = toComplex(value);
  const size = im === 0n ? exact.absolute(re) : real.squareRoot(real.times(re, re) + real.times(im, im));
  if (size < ZERO_BELOW) throw new UndefinedValue("logarithm of zero");
  return { approximate: { re: real.logarithm(size), im: im === 0n && re > 0n ? 0n : real.angleOf(im, re) } };
}

function callFunction(
  name: FunctionName,
  parts: readonly Expression[],
  point: Point,
  budget: Budget,
  inAngle: boolean,
): Value {
  const angle = TRIGONOMETRIC.has(name) || inAngle;
  const [first, second] = parts.map((part) => evaluate(part, point, budget, angle));
  switch (name) {
    case "sqrt":
      return root(first, 2, budget);
    case "root": {
      const order = "exact" in second && second.exact.d === 1n ? second.exact.n : 0n;
      if (order >= 2n && order <= MAX_ROOT) return root(first, Number(order), budget);
      return raise(first, quotient({ re: real.UNIT, im: 0n }, toComplex(second)), budget);
    }
    case "degree":
      return inAngle ? product(toComplex(first), { re: real.PI / 180n, im: 0n }) : first;
    case "abs": {
      if ("exact" in first) return { exact: { n: exact.absolute(first.exact.n), d: first.exact.d } };
      const { re, im } = first.approximate;
      if (im === 0n) return fromReal(exact.absolute(re));
      return fromReal(real.squareRoot(real.times(re, re) + real.times(im, im)));
    }
    case "floor":
      return integerPart(first, false);
    case "ceil":
      return integerPart(first, true);
    case "factorial":
      return { exact: { n: factorial(naturalOf(first), budget), d: 1n } };
    case "binomial":
      return { exact: { n: binomial(naturalOf(first), naturalOf(second), budget), d: 1n } };
    case "exp":
      return exponentialOf(first, budget);
    case "ln":
      return "exact" in first && first.exact.n === 1n && first.exact.d === 1n
        ? { exact: exact.ZERO }
        : logarithmOf(first, budget);
    case "log":
      return quotient(toComplex(logarithmOf(first, budget)), toComplex(logarithmOf(second, budget)));
    default:
      return trigonometric(name, toComplex(first), budget);
  }
}

const TRIGONOMETRIC: ReadonlySet<FunctionName> = new Set(["sin", "cos", "tan", "cot", "sec", "csc"]);

function trigonometric(name: FunctionName, argument: Complex, budget: Budget): Value {
  if (argument.im !== 0n) throw new Unresolved(`${name} of a complex number`);
  budget.spend(2 * FUNCTION_STEPS);
  const x = argument.re;
  const one = { re: real.UNIT, im: 0n };
  if (TRIGONOMETRIC.has(name)) {
    const [sin, cos] = real.sineCosine(x).map((re) => ({ re, im: 0n }));
    if (name === "sin") return { approximate: sin };
    if (name === "cos") return { approximate: cos };
    if (name === "tan") return quotient(sin, cos);
    if (name === "cot") return quotient(cos, sin);
    return quotient(one, name === "sec" ? cos : sin);
  }
  if (name === "arctan") return fromReal(real.inverseTangent(x));
  if (name === "arcsin" || name === "arccos") {
    if (exact.absolute(x) > real.UNIT) throw new Unresolved(`${name} outside [-1, 1]`);
    const cosine = real.squareRoot(real.UNIT - real.times(x, x));
    return fromReal(name === "arcsin" ? real.angleOf(x, cosine) : real.angleOf(cosine, x));
  }
  const up = toComplex(exponentialOf({ approximate: argument }, budget)).re;
  const down = real.over(real.UNIT, up);
  if (name === "sinh") return fromReal((up - down) / 2n);
  if (name === "cosh") return fromReal((up + down) / 2n);
  return quotient({ re: up - down, im: 0n }, { re: up + down, im: 0n });
}

function integerPart(value: Value, up: boolean): Value {
  const { n, d } = up ? exact.negate(realOf(value)) : realOf(value);
  const whole = n >= 0n || n % d === 0n ? n / d : n / d - 1n;
  return { exact: { n: up ? -whole : whole, d: 1n } };
}

function realOf(value: Value): Rational {
  if ("exact" in value) return value.exact;
  const { re, im } = value.approximate;
  const distance = exact.absolute(re - (real.round(re) << BigInt(real.PRECISION)));
  if (im !== 0n || distance < SMALL) throw new Unresolved("integer part too close to an integer");
  return { n: re, d: real.UNIT };
}

function naturalOf(value: Value): bigint {
  if (!("exact" in value)) throw new Unresolved("not a natural number");
  const { n, d } = value.exact;
  if (d !== 1n || n < 0n) throw new Unresolved("not a natural number");
  return n;
}

function factorial(n: bigint, budget: Budget): bigint {
  if (n > MAX_FACTORIAL) throw new Unresolved("factorial too large");
  let result = 1n;
  for (let k = 2n; k <= n; k++) {
    budget.spend(20);
    result *= k;
  }
  if (exact.bitLength(result) > MAX_BITS) throw new Unresolved("factorial too large");
  return result;
}

function binomial(n: bigint, k: bigint, budget: Budget): bigint {
  if (k > n) return 0n;
  const fewer = k < n - k ? k : n - k;
  if (fewer > MAX_FACTORIAL) throw new Unresolved("binomial too large");
  let result = 1n;
  for (let j = 1n; j <= fewer; j++) {
    budget.spend(20);
    result = (result * (n - fewer + j)) / j;
    if (exact.bitLength(result) > MAX_BITS) throw new Unresolved("binomial too large");
  }
  return result;
}
