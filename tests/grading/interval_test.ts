import { assert, assertEquals, assertThrows } from "@std/assert";
import { Arithmetic, type Interval, PRECISIONS, Undecided } from "../../src/grading/interval.ts";
import { UndefinedValue, Unresolved } from "../../src/grading/limits.ts";
import { Generator } from "./generator.ts";

const [low, high] = PRECISIONS.map((precision) => new Arithmetic(precision));
const MORE_BITS = BigInt(high.precision.bits - low.precision.bits);

type Operation = (arithmetic: Arithmetic, a: Interval, b: Interval) => Interval;

/** Every operation, on arguments that it has a value for. */
const OPERATIONS: readonly Operation[] = [
  (on, a, b) => on.add(a, b),
  (on, a, b) => on.subtract(a, b),
  (on, a, b) => on.multiply(a, b),
  (on, a, b) => on.divide(a, on.add(on.one, on.multiply(b, b))),
  (on, a) => on.root(on.add(on.one, on.multiply(a, a)), 2),
  (on, a) => on.root(on.add(on.one, on.multiply(a, a)), 7),
  (on, a, b) => on.exponential(on.divide(a, on.add(on.one, on.multiply(b, b)))),
  (on, a) => on.logarithm(on.add(on.one, on.multiply(a, a))),
  (on, a) => on.sineCosine(a)[0],
  (on, a) => on.sineCosine(a)[1],
  (on, a) => on.inverseTangent(a),
  (on, a, b) => on.angle(on.negate(on.add(on.one, on.multiply(a, a))), on.add(on.one, on.multiply(b, b))),
];

Deno.test("what is computed at 768 bits is within its bound of the same at 2048 bits", () => {
  const random = new Generator("intervals");
  let worst = 0;
  for (let run = 0; run < 60; run++) {
    const start = () => {
      const value = { n: BigInt(random.below(19) - 9), d: BigInt(1 + random.below(7)) };
      return [low.of(value), high.of(value)] as const;
    };
    let [a, b] = [start(), start()];
    for (let step = 0; step < 4; step++) {
      const operation = random.pick(OPERATIONS);
      const next = [operation(low, a[0], b[0]), operation(high, a[1], b[1])] as const;
      [a, b] = [next, a];
      if (Math.abs(low.size(a[0])) > 100) break;
      const difference = Number(((a[0].middle << MORE_BITS) - a[1].middle) >> (MORE_BITS - 20n)) / 2 ** 20;
      // One unit, by which the value at 2048 bits, cut to 768, may be off.
      assert(Math.abs(difference) <= a[0].error + 1, `run ${run}, step ${step}: ${difference} of ${a[0].error}`);
      worst = Math.max(worst, Math.log2(a[0].error + 1));
    }
  }
  // A key needs 512 right bits and 64 to decide on which side of an edge it lies.
  assert(worst < 768 - 512 - 64, `2^${worst} units in the last place`);
});

Deno.test("zero is what cannot be told from it at the highest precision, and below that nobody knows", () => {
  const root = (on: Arithmetic) => on.root(on.of({ n: 2n, d: 1n }), 2);
  const nothing = (on: Arithmetic) => on.subtract(on.multiply(root(on), root(on)), on.of({ n: 2n, d: 1n }));
  assertThrows(() => low.isZero(nothing(low)), Undecided);
  assertEquals(high.isZero(nothing(high)), true);
  const little = (on: Arithmetic) => on.of({ n: 1n, d: 10n ** 200n });
  assertEquals([low.isZero(little(low)), low.sign(little(low)), low.sign(low.negate(little(low)))], [false, 1, -1]);
  assertThrows(() => low.divide(low.one, nothing(low)), Undecided);
  assertThrows(() => high.divide(high.one, nothing(high)), UndefinedValue);
  assertThrows(() => high.logarithm(nothing(high)), UndefinedValue);
});

Deno.test("what is too large is beyond the limits", () => {
  assertThrows(() => low.exponential(low.of({ n: 5000n, d: 1n })), Unresolved);
  assertThrows(() => low.multiply(low.of({ n: 1n << 200n, d: 1n }), low.of({ n: 1n << 200n, d: 1n })), Unresolved);
});
