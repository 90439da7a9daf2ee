import { assert, assertEquals } from "@std/assert";
import * as real from "../../src/grading/real.ts";

/** Digits from tables: OEIS A000796, A001113, A002162, A002193. */
const PI_DIGITS = "3.14159265358979323846264338327950288419716939937510582097494459230781640628620899";
const E = "2.71828182845904523536028747135266249775724709369995957496696762772407663035354759";
const LN2 = "0.69314718055994530941723212145817656807550013436025525412068000949339362196969471";
const SQRT2 = "1.41421356237309504880168872420969807856967187537694807317667973799073247846210703";

const DECIMALS = 80;

/** The number cut after so many decimals. */
function decimals(value: bigint): string {
  const digits = ((value * 10n ** BigInt(DECIMALS)) >> BigInt(PRECISION.bits)).toString().padStart(DECIMALS + 1, "0");
  return `${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}

const PRECISION = real.precisionOf(320);
const UNIT = PRECISION.unit;
/** What a function promises for an argument of magnitude 1, and a little more for larger ones. */
const CLOSE = 16n * BigInt(real.FUNCTION_ERROR);

function near(a: bigint, b: bigint, tolerance = CLOSE): boolean {
  return a - b < tolerance && b - a < tolerance;
}

Deno.test("constants agree with tables to 80 decimals", () => {
  assertEquals(decimals(PRECISION.pi), PI_DIGITS);
  assertEquals(decimals(real.exponential(UNIT, PRECISION)), E);
  assertEquals(decimals(real.logarithm(2n * UNIT, PRECISION)), LN2);
  assertEquals(decimals(real.kthRoot(2n * UNIT, 2, PRECISION)), SQRT2);
});

Deno.test("functions meet their identities", () => {
  for (const [n, d] of [[1n, 3n], [-7n, 5n], [13n, 11n], [29n, 2n], [-31n, 17n]]) {
    const x = (n * UNIT) / d;
    const [sine, cosine] = real.sineCosine(x, PRECISION);
    assert(
      near(real.times(sine, sine, PRECISION) + real.times(cosine, cosine, PRECISION), UNIT),
      `sin² + cos² at ${n}/${d}`,
    );
    const [doubleSine] = real.sineCosine(2n * x, PRECISION);
    assert(near(doubleSine, 2n * real.times(sine, cosine, PRECISION)), `sin 2x at ${n}/${d}`);
    assert(near(real.logarithm(real.exponential(x, PRECISION), PRECISION), x, UNIT >> 290n), `ln e^x at ${n}/${d}`);
    const tangent = real.over(...real.sineCosine(real.inverseTangent(x, PRECISION), PRECISION), PRECISION);
    assert(near(tangent, x, UNIT >> 290n), `tan atan x at ${n}/${d}`);
  }
});

Deno.test("functions agree with doubles", () => {
  for (const x of [0.25, 1.5, -2.75, 6.125]) {
    const fixed = BigInt(x * 1024) * (UNIT >> 10n);
    const [sine, cosine] = real.sineCosine(fixed, PRECISION);
    const pairs: [bigint, number][] = [
      [sine, Math.sin(x)],
      [cosine, Math.cos(x)],
      [real.exponential(fixed, PRECISION), Math.exp(x)],
      [real.inverseTangent(fixed, PRECISION), Math.atan(x)],
      [real.angleOf(fixed, -UNIT, PRECISION), Math.atan2(x, -1)],
    ];
    // Four units in the last place of the largest double met, e^6.125 < 2^9.
    for (const [value, expected] of pairs) {
      assert(Math.abs(real.toNumber(value, PRECISION) - expected) < 2 ** -41, `${x}: ${expected}`);
    }
  }
});

Deno.test("roots are the largest numbers whose power does not exceed", () => {
  for (const [value, k] of [[UNIT * 2n, 3], [UNIT / 7n, 5], [UNIT * 1_000_003n, 2]] as const) {
    const root = real.kthRoot(value, k, PRECISION);
    const target = value << BigInt(PRECISION.bits * (k - 1));
    assert(root ** BigInt(k) <= target && (root + 1n) ** BigInt(k) > target);
  }
});
