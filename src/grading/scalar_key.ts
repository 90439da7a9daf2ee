/**
 * The canonical form of one value, as a string: a function of the value alone, however it is written.
 *
 * - A rational number is written exactly: `7/3`.
 * - Another number is written by its first digits and a hash of 154: `≈1.41421356237#…`. It is computed to 230 digits
 *   with a bound of the error, and to 610 where that does not decide.
 * - A function of variables is written by a hash of such values at fixed points. Two different functions that answers
 *   can hold agree there with probability about 1e-150 (the argument of Schwartz and Zippel). A point at which an even
 *   root or a logarithm has no real value counts as a point without value, so √(1/x) is 1/√x.
 * - What is beyond the limits is written by its structure, with sums and products sorted.
 *
 * @module
 */
import { isPlainReal } from "./complex.ts";
import { type Expression, variablesOf, walk } from "./expression.ts";
import { evaluate, toComplex, type Value } from "./evaluate.ts";
import { Arithmetic, type Interval, PRECISIONS, Undecided } from "./interval.ts";
import { hash128 } from "./key_length.ts";
import { type Budget, OutsideReals, Unresolved } from "./limits.ts";
import { cellsKey, constantKey, overReal } from "./number_key.ts";
import { points } from "./points.ts";
import { type ComplexValue, type Reading, type ScalarValue, VALUE_BITS } from "./reading.ts";
import { structureKey } from "./structure_key.ts";

/** Steps that writing a number costs. */
const WRITING_STEPS = 1500;
/** How many points a function is evaluated at, and how many of them must have a real value. */
const POINTS = 5;
const FEWEST_POINTS = 2;

/**
 * Key of one value.
 *
 * @throws {UndefinedValue} where there is no value
 */
export function scalarKey(expression: Expression, reading: Reading): string {
  try {
    const { key, values } = atSomePrecision((arithmetic) => keyOf(expression, arithmetic, reading));
    return reading.note({ key, values, approximate: isApproximate(expression) });
  } catch (error) {
    if (error instanceof Unresolved || error instanceof OutsideReals) return structureKey(expression);
    throw error;
  }
}

/** What the lowest precision that decides gives. */
function atSomePrecision<T>(compute: (arithmetic: Arithmetic) => T): T {
  for (const arithmetic of ARITHMETICS) {
    try {
      return compute(arithmetic);
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
    }
  }
  throw new Unresolved("no precision decides");
}

const ARITHMETICS = PRECISIONS.map((precision) => new Arithmetic(precision));

function isApproximate(expression: Expression): boolean {
  let approximate = false;
  walk(expression, (node) => {
    approximate ||= node.kind === "number" && node.approximate;
  });
  return approximate;
}

function keyOf(expression: Expression, arithmetic: Arithmetic, budget: Budget): Omit<ScalarValue, "approximate"> {
  const names = [...variablesOf(expression)].sort();
  if (names.length === 0) {
    const value = evaluate(expression, { point: new Map(), arithmetic, budget });
    if ("approximate" in value) budget.spend(WRITING_STEPS);
    return { key: constantKey(value, arithmetic), values: [fixed(value, arithmetic)] };
  }
  budget.spend(POINTS * WRITING_STEPS);
  const values = valuesAtPoints(expression, names, POINTS, arithmetic, budget);
  const written = values.map((value) => value && fixed(value, arithmetic));
  const defined = values.filter((value) => value !== undefined);
  if (defined.length === values.length && defined.every((value) => sameValue(value, defined[0], arithmetic))) {
    return { key: constantKey(defined[0], arithmetic), values: [written[0]] };
  }
  const at = points(names, POINTS, arithmetic.precision);
  const itself = names.find((name) =>
    at.every((point, k) => {
      const [value, own] = [values[k], point.get(name)];
      return value !== undefined && own !== undefined && sameValue(value, own, arithmetic);
    })
  );
  if (itself !== undefined) return { key: itself, values: written };
  // Names are left out: x + y - y is x.
  const cells = values.map((value) => value ? cellsKey(toComplex(value, arithmetic), arithmetic) : "none");
  return { key: `f ${shown(cells[0])}${hash128(cells.join(";"))}`, values: written };
}

/** What a reader recognises a function by: its value at the first point. */
function shown(cell: string): string {
  const digits = /^≈([^#]+)#/.exec(cell)?.[1];
  return digits === undefined ? "" : `${digits}#`;
}

/** Values of a function at the fixed points; undefined where it has no real one. */
function valuesAtPoints(
  expression: Expression,
  names: readonly string[],
  count: number,
  arithmetic: Arithmetic,
  budget: Budget,
): (Value | undefined)[] {
  const at = points(names, count, arithmetic.precision);
  const realOnly = !hasImaginaryUnit(expression);
  const values = at.map((point): Value | undefined => {
    try {
      return evaluate(expression, { point, arithmetic, budget, realOnly });
    } catch (error) {
      if (error instanceof OutsideReals) return undefined;
      throw error;
    }
  });
  if (values.filter((value) => value !== undefined).length >= FEWEST_POINTS) return values;
  return at.map((point) => evaluate(expression, { point, arithmetic, budget }));
}

function hasImaginaryUnit(expression: Expression): boolean {
  let found = false;
  walk(expression, (node) => {
    found ||= (node.kind === "constant" && node.name === "i") || (node.kind === "call" && node.name === "cis");
  });
  return found;
}

/**
 * Key of `expression = 0` up to a factor that is not zero, or of `expression > 0` up to a positive one.
 *
 * @throws {UndefinedValue} where there is no value
 * @throws {Unresolved} where it is beyond the limits, or does not depend on a variable
 */
export function ratioKey(expression: Expression, keepSign: boolean, budget: Budget): string {
  const names = [...variablesOf(expression)].sort();
  return atSomePrecision((arithmetic) => {
    const [first, ...others] = valuesAtPoints(expression, names, POINTS, arithmetic, budget)
      .map((value) => value && toComplex(value, arithmetic));
    if (!first || !isPlainReal(first) || arithmetic.isZero(first.re)) throw new Unresolved("no scale");
    const positive = arithmetic.sign(first.re) > 0;
    const scale: Interval = keepSign && !positive ? arithmetic.negate(first.re) : first.re;
    const ratios = others.map((value) => value ? cellsKey(overReal(value, scale, arithmetic), arithmetic) : "none");
    return `${keepSign && !positive ? "-" : ""}${shown(ratios[0])}${hash128(ratios.join(";"))}`;
  });
}

/** The real number that an expression without variables is, in units of 2^-768; undefined where it is none. */
export function realValue(expression: Expression, budget: Budget): bigint | undefined {
  return atSomePrecision((arithmetic) => {
    const value = evaluate(expression, { point: new Map(), arithmetic, budget });
    const { re, im } = toComplex(value, arithmetic);
    if (!arithmetic.isZero(im)) return undefined;
    return arithmetic.isZero(re) ? 0n : toValueBits(re, arithmetic);
  });
}

function toValueBits({ middle }: Interval, { precision }: Arithmetic): bigint {
  return middle >> BigInt(precision.bits - VALUE_BITS);
}

function fixed(value: Value, arithmetic: Arithmetic): ComplexValue {
  const { re, im } = toComplex(value, arithmetic);
  return { re: toValueBits(re, arithmetic), im: toValueBits(im, arithmetic) };
}

function sameValue(a: Value, b: Value, arithmetic: Arithmetic): boolean {
  if ("exact" in a && "exact" in b) return a.exact.n === b.exact.n && a.exact.d === b.exact.d;
  const x = toComplex(a, arithmetic);
  const y = toComplex(b, arithmetic);
  return arithmetic.meet(x.re, y.re) && arithmetic.meet(x.im, y.im);
}
