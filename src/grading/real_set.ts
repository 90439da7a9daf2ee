/**
 * Sets of real numbers made of intervals: `(-∞, 2) ∪ (3, ∞)`, `x ≥ 5`, `ℝ ∖ {3}`.
 *
 * @module
 */
import type { Expression } from "./expression.ts";
import { Unreadable } from "./limits.ts";
import type { Reading } from "./reading.ts";
import { realValue, scalarKey } from "./scalar_key.ts";

/** An end of an interval; infinities have no value. */
export interface Bound {
  readonly key: string;
  readonly value: bigint | "-∞" | "∞";
}

/** An interval; each end belongs to it or not. */
export interface Interval {
  readonly low: Bound;
  readonly lowClosed: boolean;
  readonly high: Bound;
  readonly highClosed: boolean;
}

/** Disjoint intervals from left to right, none touching the next. */
export type RealSet = readonly Interval[];

const MINUS_INFINITY: Bound = { key: "-∞", value: "-∞" };
const PLUS_INFINITY: Bound = { key: "∞", value: "∞" };

/** All real numbers. */
export const REALS: RealSet = [{ low: MINUS_INFINITY, lowClosed: false, high: PLUS_INFINITY, highClosed: false }];

/** @throws {Unreadable} if the expression is not a real number or an infinity */
export function bound(expression: Expression, reading: Reading): Bound {
  if (expression.kind === "constant" && expression.name === "infinity") return PLUS_INFINITY;
  if (
    expression.kind === "negate" && expression.operand.kind === "constant" && expression.operand.name === "infinity"
  ) return MINUS_INFINITY;
  const value = realValue(expression, reading);
  if (value === undefined) throw new Unreadable("a bound that is not real");
  return { key: scalarKey(expression, reading), value };
}

/** All numbers from a bound on, or up to it. */
export function ray(end: Bound, closed: boolean, upwards: boolean): RealSet {
  return upwards
    ? [{ low: end, lowClosed: closed, high: PLUS_INFINITY, highClosed: false }]
    : [{ low: MINUS_INFINITY, lowClosed: false, high: end, highClosed: closed }];
}

/** The one number. */
export function pointSet(at: Bound): RealSet {
  return [{ low: at, lowClosed: true, high: at, highClosed: true }];
}

/** Negative, zero or positive as a is below, at or above b. */
export function compareBounds(a: Bound, b: Bound): number {
  if (a.value === b.value || a.key === b.key) return 0;
  if (a.value === "-∞" || b.value === "∞") return -1;
  if (a.value === "∞" || b.value === "-∞") return 1;
  return a.value < b.value ? -1 : 1;
}

function isEmpty(interval: Interval): boolean {
  const order = compareBounds(interval.low, interval.high);
  return order > 0 || (order === 0 && !(interval.lowClosed && interval.highClosed));
}

/** Numbers in any of the sets. */
export function union(...sets: readonly RealSet[]): RealSet {
  const sorted = sets.flat().filter((interval) => !isEmpty(interval)).sort((a, b) =>
    compareBounds(a.low, b.low) || Number(b.lowClosed) - Number(a.lowClosed)
  );
  const merged: Interval[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    const order = last ? compareBounds(next.low, last.high) : 1;
    if (last && (order < 0 || (order === 0 && (next.lowClosed || last.highClosed)))) {
      merged[merged.length - 1] = { ...last, ...higherEnd(last, next) };
    } else merged.push(next);
  }
  return merged;
}

function higherEnd(a: Interval, b: Interval): Pick<Interval, "high" | "highClosed"> {
  const order = compareBounds(a.high, b.high);
  if (order === 0) return { high: a.high, highClosed: a.highClosed || b.highClosed };
  const { high, highClosed } = order > 0 ? a : b;
  return { high, highClosed };
}

/** Numbers in both sets. */
export function intersection(a: RealSet, b: RealSet): RealSet {
  return union(a.flatMap((x) => b.map((y): Interval => ({ ...laterStart(x, y), ...earlierEnd(x, y) }))));
}

function laterStart(a: Interval, b: Interval): Pick<Interval, "low" | "lowClosed"> {
  const order = compareBounds(a.low, b.low);
  if (order === 0) return { low: a.low, lowClosed: a.lowClosed && b.lowClosed };
  const { low, lowClosed } = order > 0 ? a : b;
  return { low, lowClosed };
}

function earlierEnd(a: Interval, b: Interval): Pick<Interval, "high" | "highClosed"> {
  const order = compareBounds(a.high, b.high);
  if (order === 0) return { high: a.high, highClosed: a.highClosed && b.highClosed };
  const { high, highClosed } = order < 0 ? a : b;
  return { high, highClosed };
}

/** Numbers not in the set. */
export function complement(set: RealSet): RealSet {
  return set.reduce<RealSet>(
    (rest, { low, lowClosed, high, highClosed }) =>
      intersection(
        rest,
        union(
          low.value === "-∞" ? [] : ray(low, !lowClosed, false),
          high.value === "∞" ? [] : ray(high, !highClosed, true),
        ),
      ),
    REALS,
  );
}

/** `(0,9)∪(9,36]`; a set of single points as `{1,2}`. */
export function formatSet(set: RealSet): string {
  if (set.length === 0) return "{}";
  if (set.every(({ low, high }) => compareBounds(low, high) === 0)) {
    return set.length === 1 ? set[0].low.key : `{${set.map(({ low }) => low.key).sort().join(",")}}`;
  }
  return set
    .map(({ low, lowClosed, high, highClosed }) =>
      compareBounds(low, high) === 0
        ? `{${low.key}}`
        : `${lowClosed ? "[" : "("}${low.key},${high.key}${highClosed ? "]" : ")"}`
    )
    .join("∪");
}
