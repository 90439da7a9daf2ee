/** Numbers of ℚ(√d) in random spellings, by exact arithmetic that is none of the grader's: a number is two fractions. */
import { Generator } from "./generator.ts";

/** Square-free, so that √d is irrational. */
const RADICANDS = [2n, 3n, 5n, 6n, 7n, 10n, 13n];

/** (a + b√d) / c, with c > 0. */
interface Surd {
  readonly a: bigint;
  readonly b: bigint;
  readonly c: bigint;
}

/** A surd with one of its spellings. */
interface Spelled {
  readonly value: Surd;
  readonly text: string;
}

function gcd(x: bigint, y: bigint): bigint {
  return y === 0n ? (x < 0n ? -x : x) : gcd(y, x % y);
}

function surd(a: bigint, b: bigint, c: bigint): Surd {
  const common = gcd(gcd(a, b), c) * (c < 0n ? -1n : 1n);
  return { a: a / common, b: b / common, c: c / common };
}

const add = (x: Surd, y: Surd) => surd(x.a * y.c + y.a * x.c, x.b * y.c + y.b * x.c, x.c * y.c);
const negate = ({ a, b, c }: Surd) => surd(-a, -b, c);

function times(x: Surd, y: Surd, d: bigint): Surd {
  return surd(x.a * y.a + d * x.b * y.b, x.a * y.b + x.b * y.a, x.c * y.c);
}

/** By the conjugate; undefined for 1/0. */
function inverse({ a, b, c }: Surd, d: bigint): Surd | undefined {
  const norm = a * a - d * b * b;
  return norm === 0n ? undefined : surd(c * a, -c * b, norm);
}

class Speller {
  constructor(readonly random: Generator, readonly d: bigint) {}

  small(): bigint {
    return BigInt(this.random.below(19) - 9);
  }

  /** A random expression. */
  tree(depth: number): Spelled {
    if (depth === 0) {
      const b = this.small();
      const value = surd(this.small(), b, BigInt(1 + this.random.below(6)));
      return { value, text: this.plain(value) };
    }
    const [x, y] = [this.tree(depth - 1), this.tree(depth - 1)];
    const quotient = inverse(y.value, this.d);
    switch (this.random.below(5)) {
      case 0:
        return { value: add(x.value, y.value), text: `${x.text}+\\left(${y.text}\\right)` };
      case 1:
        return { value: add(x.value, negate(y.value)), text: `${x.text}-(${y.text})` };
      case 2:
        return { value: times(x.value, y.value, this.d), text: `(${x.text})(${y.text})` };
      case 3:
        if (quotient) return { value: times(x.value, quotient, this.d), text: `\\frac{${x.text}}{${y.text}}` };
        return x;
      default: {
        const power = 2 + this.random.below(4);
        const value = Array.from({ length: power }, () => x.value).reduce((p, q) => times(p, q, this.d));
        return { value, text: `\\left(${x.text}\\right)^{${power}}` };
      }
    }
  }

  /** (a + b√d) / c in one of several ways, scaled by a factor of any size. */
  plain({ a, b, c }: Surd): string {
    const factor = 10n ** BigInt(this.random.below(9)) + BigInt(this.random.below(5));
    const [p, q, r] = [a * factor, b * factor, c * factor];
    const { d } = this;
    switch (this.random.below(5)) {
      case 0:
        return `\\frac{${p}+(${q})\\sqrt{${d}}}{${r}}`;
      case 1:
        return `\\frac{${a}}{${c}}+\\frac{${q}\\sqrt${d < 10n ? d : `{${d}}`}}{${r}}`;
      case 2:
        return `(${p}+${q < 0n ? "-" : ""}\\sqrt{${d * q * q}})/${r}`;
      case 3:
        return `${q < 0n ? "-" : ""}\\sqrt{\\frac{${d * q * q}}{${r * r}}}+\\frac{${p}}{${r}}`;
      default:
        return `\\frac{1}{${r}}\\left(${p}+${q}\\cdot ${d}^{1/2}\\right)`;
    }
  }

  /** The same number, hidden behind another. */
  hidden(value: Surd): string {
    const other = this.tree(1);
    const undone = inverse(other.value, this.d);
    switch (this.random.below(4)) {
      case 0:
        return `${this.plain(add(value, other.value))}-(${other.text})`;
      case 1:
        if (undone) return `\\frac{${this.plain(times(value, other.value, this.d))}}{${other.text}}`;
        return this.plain(value);
      case 2: {
        const cube = times(times(value, value, this.d), value, this.d);
        return `\\sqrt[3]{${this.plain(cube)}}`;
      }
      default:
        return this.plain(value);
    }
  }
}

/** One number in two spellings, and another near to it. */
export interface Pair {
  readonly text: string;
  readonly same: string;
  readonly near: string;
}

/** Pairs of the same number, and pairs of a number and one near to it. */
export function* surdPairs(count: number): Iterable<Pair> {
  const random = new Generator("algebraic");
  for (let i = 0; i < count; i++) {
    const speller = new Speller(random, random.pick(RADICANDS));
    const { value, text } = speller.tree(1 + random.below(2));
    // From one part in 10 to one in 10^40.
    const scale = 10n ** BigInt(1 + random.below(40));
    const { a, b, c } = value;
    const near = random.below(2) === 0
      ? surd(a * scale + 1n, b * scale, c * scale)
      : surd(a * scale, b * scale - 1n, c * scale);
    yield { text, same: speller.hidden(value), near: speller.hidden(near) };
  }
}
