/**
 * The canonical form of one value, as a string: two expressions have the same key if and only if they are equal.
 *
 * - A rational number is written exactly: `7/3`.
 * - An irrational number is written by its digits, computed to about 90: `≈1.41421356237`. Twelve digits are kept where
 *   all literals are small, so that a decimal of that length meets the exact value (policy 2), and 50 where they are not.
 * - A function of variables is written by its values at fixed points, to 50 digits. Two different functions that answers
 *   can hold agree there with probability about 1e-150 (the argument of Schwartz and Zippel).
 * - What is beyond the limits is written by its structure, with sums and products sorted.
 *
 * @module
 */
import { type Expression, variablesOf, walk } from "./expression.ts";
import { type Complex, evaluate, type Point, toComplex, type Value } from "./evaluate.ts";
import { type Budget, Unresolved } from "./limits.ts";
import { absolute, format, type Rational, simplestBetween } from "./rational.ts";
import { PRECISION, UNIT } from "./real.ts";

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

/** What in an expression decides how many digits tell its value from others. */
interface Literals {
  /** Decimal digits that the numbers of the expression can bring into its value. */
  readonly height: number;
  readonly approximate: boolean;
}

function survey(expression: Expression): Literals {
  let approximate = false;
  walk(expression, (node) => {
    approximate ||= node.kind === "number" && node.approximate;
  });
  return { height: height(expression), approximate };
}

/** Decimal digits of the numerators and denominators that an expression is built of: of products they add up. */
function height(node: Expression): number {
  switch (node.kind) {
    case "number":
      return Math.max(digitsOf(node.value.n), digitsOf(node.value.d));
    case "negate":
      return height(node.operand);
    case "binary": {
      const left = height(node.left);
      // Each part is visited once: twice would be exponential in a tower of powers.
      if (node.operator === "^") return Math.max(left, 1) * powerOf(node.right);
      const right = height(node.right);
      return node.operator === "*" || node.operator === "/" ? left + right : Math.max(left, right) + Math.log10(2);
    }
    case "call": {
      const inside = Math.max(0, ...node.arguments.map(height));
      if (node.name === "sqrt") return inside / 2;
      return node.name === "factorial" || node.name === "binomial" ? 10 ** Math.min(inside, 3) : inside;
    }
    default:
      return 0;
  }
}

/** By how much an exponent multiplies the digits of its base. */
function powerOf(exponent: Expression): number {
  if (exponent.kind === "negate") return powerOf(exponent.operand);
  if (exponent.kind !== "number") return 10 ** Math.min(height(exponent), 3);
  return Math.abs(Number(exponent.value.n)) / Number(exponent.value.d);
}

function digitsOf(value: bigint): number {
  const size = absolute(value);
  return size < 2n ** 53n ? Math.log10(Math.max(1, Number(size))) : size.toString().length;
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

/** Decimal digits that a fixed-point number is written out to before it is cut. */
const WRITTEN_DECIMALS = 90;
const WRITTEN_SCALE = 10n ** BigInt(WRITTEN_DECIMALS);

/** The number to so many significant digits, or so many decimals where that is more; as decimals. */
function digits(value: bigint, significant: number, decimals: number): string {
  const size = absolute(value);
  if (size < SNAP_DISTANCE) return "0";
  const scaled = (size * WRITTEN_SCALE) >> BigInt(PRECISION);
  const length = scaled.toString().length;
  const kept = Math.max(significant, length - WRITTEN_DECIMALS + decimals);
  const dropped = length - kept;
  const cut = dropped > 0 ? (scaled + 5n * 10n ** BigInt(dropped - 1)) / 10n ** BigInt(dropped) : scaled;
  const written = cut.toString();
  // Rounding up can add a digit, as from 9.99 to 10.0.
  const exponent = length - WRITTEN_DECIMALS + (dropped > 0 && written.length > kept ? 1 : 0);
  return (value < 0n ? "-" : "") + positional(written.replace(/0+$/, ""), exponent);
}

/** Exponents for which a number is written without a power of ten. */
const PLAIN_EXPONENTS = { least: -5, most: 15 } as const;

/** The number `0.mantissa · 10^exponent` as one reads it. */
function positional(mantissa: string, exponent: number): string {
  if (exponent < PLAIN_EXPONENTS.least || exponent > PLAIN_EXPONENTS.most) return `0.${mantissa}e${exponent}`;
  if (exponent <= 0) return `0.${"0".repeat(-exponent)}${mantissa}`;
  if (mantissa.length <= exponent) return mantissa.padEnd(exponent, "0");
  return `${mantissa.slice(0, exponent)}.${mantissa.slice(exponent)}`;
}

/**
 * Fixed points: real numbers of magnitude 0.7 to 1.5 that depend on the variable's name alone. At the first all are
 * positive; the signs at the others are spread, so that √(x²) is not taken for x.
 */
function points(names: readonly string[], count: number): Point[] {
  return Array.from({ length: count }, (_, k) => {
    const point = new Map<string, Complex>();
    for (const name of names) {
      const bits = hash(`${name}#${k}`);
      const size = (UNIT * 7n) / 10n + (((bits >> 1n) * (UNIT * 8n)) / 10n >> BigInt(HASH_BITS - 1));
      const negative = k === 1 || (k > 1 && (bits & 1n) === 1n);
      point.set(name, { re: negative ? -size : size, im: 0n });
    }
    return point;
  });
}

const HASH_BITS = 128;
const HASH_MASK = (1n << BigInt(HASH_BITS)) - 1n;
/** Offset and prime of the 128-bit FNV-1a hash (draft-eastlake-fnv). */
const FNV_OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const FNV_PRIME = 0x0000000001000000000000000000013bn;

function hash(text: string): bigint {
  let state = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) state = ((state ^ BigInt(text.charCodeAt(i))) * FNV_PRIME) & HASH_MASK;
  // FNV leaves the high bits of short texts alike; a multiplication by itself spreads them.
  return ((state * (state | 1n)) ^ (state >> 64n)) & HASH_MASK;
}

/** The expression written with every operation in brackets, sums and products sorted. */
export function structureKey(node: Expression): string {
  switch (node.kind) {
    case "number":
      return format(node.value);
    case "constant":
      return node.name === "infinity" ? "∞" : node.name;
    case "variable":
      return node.name;
    case "negate":
      return node.operand.kind === "constant" ? `-${structureKey(node.operand)}` : `-(${structureKey(node.operand)})`;
    case "choice":
      return `(${node.left ? structureKey(node.left) : ""}${node.sign}${structureKey(node.right)})`;
    case "binary":
      if (node.operator === "+" || node.operator === "*") {
        const parts = flatten(node, node.operator).map(structureKey).sort();
        return `(${parts.join(node.operator)})`;
      }
      return `(${structureKey(node.left)}${node.operator}${structureKey(node.right)})`;
    case "call":
      return `${node.name}(${node.arguments.map(structureKey).join(",")})`;
    case "tuple":
      return `${node.open}${node.items.map(structureKey).join(",")}${node.close}`;
    case "set":
      return `{${node.items.map(structureKey).sort().join(",")}}`;
    case "matrix":
      return `matrix[${node.rows.map((row) => row.map(structureKey).join(",")).join(";")}]`;
    case "combine":
      return `(${structureKey(node.left)}${node.operator}${structureKey(node.right)})`;
    case "reals":
      return "ℝ";
    case "based":
      return `${node.digits}_${node.base}`;
  }
}

function flatten(node: Expression, operator: "+" | "*"): Expression[] {
  if (node.kind !== "binary" || node.operator !== operator) return [node];
  return [...flatten(node.left, operator), ...flatten(node.right, operator)];
}
