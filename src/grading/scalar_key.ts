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
/** Largest literal of a short key; a larger one could bring two numbers nearer to each other than its digits show. */
const SMALL_LITERAL = 10n ** 9n;
/** Largest literal with which a number that is a fraction to 90 digits is taken for this fraction. */
const SNAP_LITERAL = 10n ** 15n;
/** Largest denominator of such a fraction. */
const SNAP_DENOMINATOR = 10n ** 12n;
/** A number this near to a fraction is this fraction: 2^-250, 1e-75. */
const SNAP_DISTANCE = UNIT >> 250n;
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
  if (names.length === 0) return constantKey(evaluate(expression, new Map(), budget), literals);
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

interface Literals {
  readonly largest: bigint;
  readonly approximate: boolean;
}

function survey(expression: Expression): Literals {
  let largest = 0n;
  let approximate = false;
  walk(expression, (node) => {
    if (node.kind !== "number") return;
    for (const part of [absolute(node.value.n), node.value.d]) if (part > largest) largest = part;
    approximate ||= node.approximate;
  });
  return { largest, approximate };
}

function constantKey(value: Value, literals: Literals): string {
  if ("exact" in value && !literals.approximate) return format(value.exact);
  const { re, im } = toComplex(value);
  const snap = !literals.approximate && literals.largest <= SNAP_LITERAL;
  const short = literals.approximate || literals.largest <= SMALL_LITERAL;
  const write = (part: bigint): string => {
    const rational = snap ? nearbyRational(part) : undefined;
    if (rational) return format(rational);
    return `≈${short ? digits(part, SHORT_DIGITS, SHORT_DECIMALS) : digits(part, LONG_DIGITS, 0)}`;
  };
  const imaginary = write(im);
  return imaginary === "0" || (!snap && im === 0n) ? write(re) : `${write(re)}+${imaginary}i`;
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
  const imaginary = digits(im, significant, decimals);
  return imaginary === "0" ? digits(re, significant, decimals) : `${digits(re, significant, decimals)}+${imaginary}i`;
}

/** Decimal digits that a fixed-point number is written out to before it is cut. */
const WRITTEN_DECIMALS = 90;
const WRITTEN_SCALE = 10n ** BigInt(WRITTEN_DECIMALS);

/** The number to so many significant digits, or so many decimals where that is more; as `sign digits e exponent`. */
function digits(value: bigint, significant: number, decimals: number): string {
  const size = absolute(value);
  if (size < SNAP_DISTANCE) return "0";
  const scaled = (size * WRITTEN_SCALE) >> BigInt(PRECISION);
  const length = scaled.toString().length;
  const kept = Math.max(significant, length - WRITTEN_DECIMALS + decimals);
  const dropped = length - kept;
  const cut = dropped > 0 ? (scaled + 5n * 10n ** BigInt(dropped - 1)) / 10n ** BigInt(dropped) : scaled;
  const text = cut.toString().replace(/0+$/, "");
  const exponent = dropped > 0 && cut.toString().length > kept
    ? length - WRITTEN_DECIMALS + 1
    : length - WRITTEN_DECIMALS;
  return `${value < 0n ? "-" : ""}0.${text}e${exponent}`;
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
