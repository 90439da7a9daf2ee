/**
 * The value of an expression: an exact fraction as long as there is one, else a complex number with a bound of its error.
 *
 * @module
 */
import { type Complex, complex, ComplexArithmetic, isPlainReal } from "./complex.ts";
import type { Expression, FunctionName } from "./expression.ts";
import { formalFactorial } from "./formal_factorial.ts";
import type { Arithmetic, Interval } from "./interval.ts";
import { type Budget, OutsideReals, UndefinedValue, Unresolved } from "./limits.ts";
import * as natural from "./natural.ts";
import { nearestInteger } from "./nearby_rational.ts";
import * as exact from "./rational.ts";
import type { Rational } from "./rational.ts";

/** What an expression is worth. */
export type Value = { readonly exact: Rational } | { readonly approximate: Complex };

/** Values of variables, by name. */
export type Point = ReadonlyMap<string, Value>;

/** How an expression is evaluated. */
export interface Evaluation {
  readonly point: Point;
  readonly arithmetic: Arithmetic;
  readonly budget: Budget;
  /** Whether an even root or a logarithm of a negative number has no value, as for functions of real variables. */
  readonly realOnly?: boolean;
}

/** Steps that one real function costs at the lowest precision, and by how much more at a higher one. */
const FUNCTION_STEPS = 1000;
const LOWEST_BITS = 768;
/** Largest integer power of a number that is no fraction. */
const MAX_POWER = 10_000n;
/** Largest order of a root. */
const MAX_ROOT = 64n;
/** Most terms of a sum or product that are added up. */
const MAX_TERMS = 1000n;

/**
 * The value at a point.
 *
 * @throws {UndefinedValue} where there is none
 * @throws {OutsideReals} where `realOnly` leaves none
 * @throws {Undecided} where a higher precision may decide
 * @throws {Unresolved} where it is beyond the limits, or the expression is not a scalar
 */
export function evaluate(expression: Expression, evaluation: Evaluation): Value {
  return new Evaluator(evaluation).value(expression, false);
}

/** The value as a complex number. */
export function toComplex(value: Value, arithmetic: Arithmetic): Complex {
  return "approximate" in value ? value.approximate : complex(arithmetic.of(value.exact));
}

class Evaluator {
  readonly #point: Map<string, Value>;
  readonly #real: Arithmetic;
  readonly #complex: ComplexArithmetic;
  readonly #budget: Budget;
  readonly #realOnly: boolean;
  readonly #functionSteps: number;

  constructor({ point, arithmetic, budget, realOnly = false }: Evaluation) {
    this.#point = new Map(point);
    this.#real = arithmetic;
    this.#complex = new ComplexArithmetic(arithmetic);
    this.#budget = budget;
    this.#realOnly = realOnly;
    const ratio = arithmetic.precision.bits / LOWEST_BITS;
    this.#functionSteps = FUNCTION_STEPS * ratio ** 2;
  }

  /** @param inAngle whether a degree sign stands inside a trigonometric function, where it means π/180 */
  value(node: Expression, inAngle: boolean): Value {
    this.#budget.spend(2);
    switch (node.kind) {
      case "number":
        return { exact: node.value };
      case "constant":
        if (node.name === "pi") return this.#fromReal(this.#real.pi);
        if (node.name === "i") return { approximate: this.#complex.i };
        if (node.name === "e") return this.#fromReal(this.#real.exponential(this.#real.one));
        throw new Unresolved("infinity is not a number");
      case "variable": {
        const value = this.#point.get(node.name);
        if (!value) throw new Unresolved(`no value for ${node.name}`);
        return value;
      }
      case "negate":
        return this.#negate(this.value(node.operand, inAngle));
      case "binary":
        return this.#combine(node.operator, this.value(node.left, inAngle), this.value(node.right, inAngle));
      case "call":
        return this.#call(node.name, node.arguments, inAngle);
      case "series":
        return this.#series(node, inAngle);
      default:
        throw new Unresolved(`no value of a ${node.kind}`);
    }
  }

  #fromReal(re: Interval): Value {
    return { approximate: complex(re) };
  }

  #toComplex(value: Value): Complex {
    return toComplex(value, this.#real);
  }

  #negate(value: Value): Value {
    if ("exact" in value) return { exact: exact.negate(value.exact) };
    return { approximate: this.#complex.negate(value.approximate) };
  }

  #combine(operator: "+" | "-" | "*" | "/" | "^", left: Value, right: Value): Value {
    if (operator === "^") return this.#raise(left, right);
    if ("exact" in left && "exact" in right) {
      const a = left.exact;
      const b = operator === "-" ? exact.negate(right.exact) : right.exact;
      if (operator === "*") return { exact: exact.multiply(a, b, this.#budget) };
      if (operator === "/") return { exact: exact.divide(a, b, this.#budget) };
      return { exact: exact.add(a, b, this.#budget) };
    }
    this.#budget.spend(10);
    // An exact 0 stays exact, so that 0·π is 0 and nothing is lost to rounding.
    if (operator === "*" && (isExactZero(left) || isExactZero(right))) return { exact: exact.ZERO };
    const a = this.#toComplex(left);
    const b = this.#toComplex(right);
    if (operator === "+") return { approximate: this.#complex.add(a, b) };
    if (operator === "-") return { approximate: this.#complex.add(a, this.#complex.negate(b)) };
    if (operator === "*") return { approximate: this.#complex.multiply(a, b) };
    return { approximate: this.#complex.divide(a, b) };
  }

  #raise(base: Value, exponent: Value): Value {
    if ("exact" in exponent) {
      const { n, d } = exponent.exact;
      if (d === 1n) return this.#integerPower(base, n);
      if (d <= MAX_ROOT) return this.#integerPower(this.#root(base, Number(d)), n);
    }
    if (isExactZero(base)) throw new UndefinedValue("0 to a power that is not a positive rational");
    const logarithm = this.#logarithm(base);
    return { approximate: this.#exponential(this.#complex.multiply(this.#toComplex(exponent), logarithm)) };
  }

  #integerPower(base: Value, exponent: bigint): Value {
    if ("exact" in base) return { exact: exact.power(base.exact, exponent, this.#budget) };
    if (exponent === 0n) return { exact: exact.ONE };
    const size = exact.absolute(exponent);
    if (size > MAX_POWER) throw new Unresolved("power too large");
    let square = base.approximate;
    let result: Complex | undefined;
    for (let left = size; left > 0n; left >>= 1n) {
      this.#budget.spend(20);
      if (left & 1n) result = result ? this.#complex.multiply(result, square) : square;
      if (left > 1n) square = this.#complex.multiply(square, square);
    }
    const power = result as Complex;
    return { approximate: exponent > 0n ? power : this.#complex.divide(complex(this.#real.one), power) };
  }

  /** The k-th root: of a negative real number the real one where k is odd, else the principal one. */
  #root(value: Value, k: number): Value {
    this.#budget.spend(this.#functionSteps / 10);
    if ("exact" in value) {
      const { n, d } = value.exact;
      if (n < 0n) {
        const positive = this.#root({ exact: { n: -n, d } }, k);
        if (k % 2 === 1) return this.#negate(positive);
        this.#refuseNegative();
        if (k === 2) return { approximate: this.#complex.multiply(this.#complex.i, this.#toComplex(positive)) };
      } else {
        this.#budget.spend((exact.bitLength(n) + exact.bitLength(d)) / 4);
        const numerator = exact.exactIntegerRoot(n, k);
        const denominator = numerator === undefined ? undefined : exact.exactIntegerRoot(d, k);
        if (numerator !== undefined && denominator !== undefined) return { exact: { n: numerator, d: denominator } };
      }
    }
    const number = this.#toComplex(value);
    if (this.#complex.isReal(number)) {
      const sign = this.#real.sign(number.re);
      if (sign >= 0) return this.#fromReal(this.#real.root(number.re, k));
      if (k % 2 === 1) return this.#negate(this.#fromReal(this.#real.root(this.#real.negate(number.re), k)));
      this.#refuseNegative();
    }
    if (k === 2) return { approximate: this.#complex.squareRoot(number) };
    const order = { exact: { n: 1n, d: BigInt(k) } };
    return { approximate: this.#exponential(this.#complex.multiply(this.#toComplex(order), this.#logarithm(value))) };
  }

  #refuseNegative(): void {
    if (this.#realOnly) throw new OutsideReals("a root or logarithm of a negative number");
  }

  #exponential(number: Complex): Complex {
    this.#budget.spend(2 * this.#functionSteps);
    return this.#complex.exponential(number);
  }

  #logarithm(value: Value): Complex {
    this.#budget.spend(4 * this.#functionSteps);
    const number = this.#toComplex(value);
    if (this.#complex.isReal(number) && this.#real.sign(number.re) < 0) this.#refuseNegative();
    return this.#complex.logarithm(number);
  }

  #series({ operation, index, from, to, term }: Extract<Expression, { kind: "series" }>, inAngle: boolean): Value {
    const [first, last] = [from, to].map((end) => this.#integer(this.value(end, false)));
    if (last - first >= MAX_TERMS) throw new Unresolved("too many terms");
    const outer = this.#point.get(index);
    let result: Value = { exact: operation === "+" ? exact.ZERO : exact.ONE };
    for (let k = first; k <= last; k++) {
      this.#budget.spend(10);
      this.#point.set(index, { exact: { n: k, d: 1n } });
      result = this.#combine(operation, result, this.value(term, inAngle));
    }
    if (outer) this.#point.set(index, outer);
    else this.#point.delete(index);
    return result;
  }

  #call(name: FunctionName, parts: readonly Expression[], inAngle: boolean): Value {
    const angle = TRIGONOMETRIC.has(name) || inAngle;
    const values = parts.map((part) => this.value(part, angle));
    const [first, second] = values;
    switch (name) {
      case "sqrt":
        return this.#root(first, 2);
      case "root": {
        const order = "exact" in second && second.exact.d === 1n ? second.exact.n : 0n;
        if (order >= 2n && order <= MAX_ROOT) return this.#root(first, Number(order));
        return this.#raise(first, this.#combine("/", { exact: exact.ONE }, second));
      }
      case "degree": {
        if (!inAngle) return first;
        const degrees = this.#combine("*", first, this.#fromReal(this.#real.pi));
        return this.#combine("/", degrees, { exact: { n: 180n, d: 1n } });
      }
      case "abs":
        if ("exact" in first) return { exact: { n: exact.absolute(first.exact.n), d: first.exact.d } };
        return this.#fromReal(this.#complex.magnitude(first.approximate));
      case "floor":
        return this.#floor(first);
      case "ceil":
        return this.#negate(this.#floor(this.#negate(first)));
      case "factorial":
        return this.#factorial(first);
      case "binomial":
        return this.#binomial(first, second);
      case "gcd":
      case "lcm": {
        const of = name === "gcd" ? natural.greatestCommonDivisor : natural.leastCommonMultiple;
        return { exact: { n: of(values.map((value) => this.#integer(value)), this.#budget), d: 1n } };
      }
      case "min":
      case "max":
        return values.reduce((a, b) => (this.#compare(a, b) <= 0) === (name === "min") ? a : b);
      case "cis": {
        const turned = this.#complex.multiply(this.#complex.i, this.#toComplex(first));
        return { approximate: this.#exponential(turned) };
      }
      case "exp":
        return { approximate: this.#exponential(this.#toComplex(first)) };
      case "ln":
        return "exact" in first && first.exact.n === 1n && first.exact.d === 1n
          ? { exact: exact.ZERO }
          : { approximate: this.#logarithm(first) };
      case "log":
        return { approximate: this.#complex.divide(this.#logarithm(first), this.#logarithm(second)) };
      default:
        return this.#trigonometric(name, this.#toComplex(first));
    }
  }

  #trigonometric(name: FunctionName, argument: Complex): Value {
    if (!this.#complex.isReal(argument)) throw new Unresolved(`${name} of a complex number`);
    this.#budget.spend(2 * this.#functionSteps);
    const x = argument.re;
    const { one } = this.#real;
    if (TRIGONOMETRIC.has(name)) {
      const [sine, cosine] = this.#real.sineCosine(x);
      if (name === "sin") return this.#fromReal(sine);
      if (name === "cos") return this.#fromReal(cosine);
      if (name === "tan") return this.#fromReal(this.#real.divide(sine, cosine));
      if (name === "cot") return this.#fromReal(this.#real.divide(cosine, sine));
      return this.#fromReal(this.#real.divide(one, name === "sec" ? cosine : sine));
    }
    if (name === "arctan") return this.#fromReal(this.#real.inverseTangent(x));
    if (name === "arcsin" || name === "arccos") {
      const rest = this.#real.subtract(one, this.#real.multiply(x, x));
      if (this.#real.sign(rest) < 0) {
        if (this.#realOnly) throw new OutsideReals(`${name} outside [-1, 1]`);
        throw new Unresolved(`${name} outside [-1, 1]`);
      }
      const cosine = this.#real.root(rest, 2);
      return this.#fromReal(name === "arcsin" ? this.#real.angle(x, cosine) : this.#real.angle(cosine, x));
    }
    const up = this.#real.exponential(x);
    const down = this.#real.divide(one, up);
    const [sum, difference] = [this.#real.add(up, down), this.#real.subtract(up, down)];
    if (name === "tanh") return this.#fromReal(this.#real.divide(difference, sum));
    return this.#combine("/", this.#fromReal(name === "sinh" ? difference : sum), { exact: { n: 2n, d: 1n } });
  }

  #compare(a: Value, b: Value): number {
    const difference = this.#toComplex(this.#combine("-", a, b));
    if (!this.#complex.isReal(difference)) throw new Unresolved("an order of complex numbers");
    return this.#real.sign(difference.re);
  }

  #floor(value: Value): Value {
    if ("exact" in value) return { exact: { n: floor(value.exact), d: 1n } };
    if (!isPlainReal(value.approximate)) throw new Unresolved("the integer part of a complex number");
    const { middle, error } = value.approximate.re;
    const integer = nearestInteger({ middle, error }, this.#real);
    return { exact: { n: integer ?? middle >> this.#real.precision.shift, d: 1n } };
  }

  #factorial(value: Value): Value {
    const integer = this.#maybeInteger(value);
    if (integer === undefined) {
      const number = this.#toComplex(value);
      if (!isPlainReal(number)) throw new Unresolved("the factorial of a complex number");
      this.#budget.spend(this.#functionSteps);
      return this.#fromReal(formalFactorial(number.re, this.#real));
    }
    if (integer < 0n) throw new Unresolved("the factorial of a negative integer");
    return { exact: { n: natural.factorial(integer, this.#budget), d: 1n } };
  }

  #binomial(n: Value, k: Value): Value {
    const [all, chosen] = [this.#maybeInteger(n), this.#maybeInteger(k)];
    if (all !== undefined && chosen !== undefined && all >= 0n && chosen >= 0n) {
      return { exact: { n: natural.binomial(all, chosen, this.#budget), d: 1n } };
    }
    if (chosen === undefined) {
      const others = this.#factorial(this.#combine("-", n, k));
      return this.#combine("/", this.#factorial(n), this.#combine("*", this.#factorial(k), others));
    }
    if (chosen < 0n || chosen > MAX_TERMS) throw new Unresolved("a binomial of such a number");
    let product: Value = { exact: exact.ONE };
    for (let j = 0n; j < chosen; j++) {
      this.#budget.spend(10);
      product = this.#combine("*", product, this.#combine("-", n, { exact: { n: j, d: 1n } }));
    }
    return this.#combine("/", product, this.#factorial(k));
  }

  #integer(value: Value): bigint {
    const integer = this.#maybeInteger(value);
    if (integer === undefined) throw new Unresolved("not an integer");
    return integer;
  }

  #maybeInteger(value: Value): bigint | undefined {
    if ("exact" in value) return value.exact.d === 1n ? value.exact.n : undefined;
    return isPlainReal(value.approximate) ? nearestInteger(value.approximate.re, this.#real) : undefined;
  }
}

const TRIGONOMETRIC: ReadonlySet<FunctionName> = new Set(["sin", "cos", "tan", "cot", "sec", "csc"]);

function isExactZero(value: Value): boolean {
  return "exact" in value && value.exact.n === 0n;
}

function floor({ n, d }: Rational): bigint {
  return n >= 0n || n % d === 0n ? n / d : n / d - 1n;
}
