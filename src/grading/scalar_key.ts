/**
 * The canonical form of one value, as a string: expressions of the same value have the same key, others another.
 *
 * - A rational number is written exactly: `7/3`.
 * - An irrational number is written by its digits, computed to about 90: `≈1.41421356237`. Twelve digits are kept where
 *   all literals are small, so that a decimal of that length meets the exact value (docs/grading.md, rule 7), and 50 where
 *   they are not.
 * - A function of variables is written by its values at fixed points, to 50 digits. Two different functions that answers
 *   can hold agree there with probability about 1e-150 (the argument of Schwartz and Zippel).
 * - What is beyond the limits is written by its structure, with sums and products sorted.
 *
 * @module
 */
import { digits } from "./decimal_digits.ts";
import { type Expression, variablesOf } from "./expression.ts";
import { type Complex, evaluate, type Point, toComplex, type Value } from "./evaluate.ts";
import { type Budget, Unresolved } from "./limits.ts";
import { type Literals, survey } from "./literals.ts";
import { points } from "./points.ts";
import { absolute, format, type Rational, simplestBetween } from "./rational.ts";
import { UNIT } from "./real.ts";
import { structureKey } from "./structure_key.ts";

/** Digits of an irrational number in its key, and decimals at least, where literals are small. */
const SHORT_DIGITS = 12;
const SHORT_DECIMALS = 6;
/** Digits where literals are large, and of values at points. */
const LONG_DIGITS = 50;
/** Digits of literals up to which a key is short; more could bring two numbers nearer to each other than it shows. */
const SHORT_HEIGHT = 9;
/** Digits of literals up to which a number that is a fraction to 75 digits is taken for this fraction. */
const SNAP_HEIGHT = 30;
/** Largest denominator of such a fraction. */
const SNAP_DENOMINATOR = 10n ** 12n;
/** A number this near to a fraction is this fraction: 2^-250, 1e-75. */
const SNAP_DISTANCE = UNIT >> 250n;
/** Steps that writing a number's digits costs. */
const WRITING_STEPS = 800;
/** How many points a function is evaluated at. */
const POINTS = 3;

/**
 * Key of one value.
 *
 * @throws {UndefinedValue} where there is no value
 */
export function scalarKey(expression: Expression, budget: Budget): string {
  try {
    return keyOf(expression, budget);
  } catch (error) {
    if (error instanceof Unresolved) return structureKey(expression);
    throw error;
  }
}

function keyOf(expression: Expression, budget: Budget): string {
  const names = [...variablesOf(expression)].sort();
  const literals = survey(expression);
  if (names.length === 0) {
    const value = evaluate(expression, new Map(), budget);
    if ("approximate" in value) budget.spend(WRITING_STEPS);
    return constantKey(value, literals);
  }
  budget.spend(POINTS * WRITING_STEPS);
  const at = points(names, POINTS);
  const values = at.map((point) => evaluate(expression, point, budget));
  if (values.every((value) => sameValue(value, values[0]))) return constantKey(values[0], literals);
  const itself = names.find((name) => at.every((point, k) => sameValue(values[k], valueAt(point, name))));
  if (itself !== undefined) return itself;
  // Names are left out: x + y - y is x.
  return `f ${values.map((value) => complexDigits(toComplex(value), LONG_DIGITS, 0)).join(";")}`;
}

/**
 * Key of `expression = 0` up to a factor that is not zero, or of `expression > 0` up to a positive one.
 *
 * @throws {UndefinedValue} where there is no value
 * @throws {Unresolved} where it is beyond the limits, or does not depend on a variable
 */
export function ratioKey(expression: Expression, keepSign: boolean, budget: Budget): string {
  const names = [...variablesOf(expression)].sort();
  const [first, ...others] = points(names, POINTS + 1).map((point) => toComplex(evaluate(expression, point, budget)));
  if (first.im !== 0n || absolute(first.re) < SNAP_DISTANCE) throw new Unresolved("no scale");
  const scale = keepSign ? absolute(first.re) : first.re;
  const ratios = others.map(({ re, im }) => {
    const ratio = { re: (re * UNIT) / scale, im: (im * UNIT) / scale };
    return complexDigits(ratio, LONG_DIGITS, 0);
  });
  return `${keepSign && first.re < 0n ? "-" : ""}${ratios.join(";")}`;
}

/** The real number that an expression without variables is, in fixed point; undefined where it is none. */
export function realValue(expression: Expression, budget: Budget): bigint | undefined {
  const { re, im } = toComplex(evaluate(expression, new Map(), budget));
  return absolute(im) < SNAP_DISTANCE ? re : undefined;
}

function valueAt(point: Point, name: string): Value {
  return { approximate: point.get(name) ?? { re: 0n, im: 0n } };
}

function constantKey(value: Value, literals: Literals): string {
  if ("exact" in value && !literals.approximate) return format(value.exact);
  const { re, im } = toComplex(value);
  const snap = !literals.approximate && literals.height <= SNAP_HEIGHT;
  const short = literals.approximate || literals.height <= SHORT_HEIGHT;
  const write = (part: bigint): string => {
    const rational = snap ? nearbyRational(part) : undefined;
    if (rational) return format(rational);
    return `≈${short ? digits(part, SHORT_DIGITS, SHORT_DECIMALS) : digits(part, LONG_DIGITS, 0)}`;
  };
  return im === 0n ? write(re) : cartesian(write(re), write(im));
}

/** `3-2i` from `3` and `-2`. */
function cartesian(real: string, imaginary: string): string {
  if (imaginary === "0") return real;
  const sign = imaginary.includes("-") ? "" : "+";
  return real === "0" ? `${imaginary}i` : `${real}${sign}${imaginary}i`;
}

function sameValue(a: Value, b: Value): boolean {
  if ("exact" in a && "exact" in b) return a.exact.n === b.exact.n && a.exact.d === b.exact.d;
  const x = toComplex(a);
  const y = toComplex(b);
  return absolute(x.re - y.re) < SNAP_DISTANCE && absolute(x.im - y.im) < SNAP_DISTANCE;
}

/** The simple fraction that a number is to more digits than chance would give. */
function nearbyRational(value: bigint): Rational | undefined {
  const size = absolute(value);
  if (size < SNAP_DISTANCE) return { n: 0n, d: 1n };
  const rational = simplestBetween({ n: size - SNAP_DISTANCE, d: UNIT }, { n: size + SNAP_DISTANCE, d: UNIT });
  if (rational.d > SNAP_DENOMINATOR) return undefined;
  return value < 0n ? { n: -rational.n, d: rational.d } : rational;
}

function complexDigits({ re, im }: Complex, significant: number, decimals: number): string {
  return cartesian(digits(re, significant, decimals), digits(im, significant, decimals));
}
