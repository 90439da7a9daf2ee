/**
 * Inequalities: the set of numbers that one allows where it is linear in its one variable, else a key up to a positive
 * factor.
 *
 * @module
 */
import { binary, type Expression, isCollection, variablesOf } from "./expression.ts";
import { Unreadable } from "./limits.ts";
import { linearRoot } from "./linear_root.ts";
import type { Reading } from "./reading.ts";
import { bound, complement, formatSet, intersection, pointSet, ray, REALS, type RealSet, union } from "./real_set.ts";
import { ratioKey, realValue } from "./scalar_key.ts";
import { structureKey } from "./structure_key.ts";

/** What an inequality says. */
export interface Allowed {
  readonly keys: readonly string[];
  readonly label?: string;
  readonly range?: RealSet;
}

/** The meaning of sides with the signs between them. */
export function readInequality(sides: readonly Expression[], signs: readonly string[], reading: Reading): Allowed {
  if (sides.some(isCollection)) throw new Unreadable("an inequality of collections");
  const names = new Set(sides.flatMap((side) => [...variablesOf(side)]));
  if (names.size === 1) {
    let range: RealSet | undefined;
    for (let i = 0; i < signs.length; i++) {
      const allowed = solve(sides[i], signs[i], sides[i + 1], reading);
      if (!allowed) return { keys: [generalInequality(sides, signs, reading)] };
      range = range ? intersection(range, allowed) : allowed;
    }
    if (range) return { keys: [formatSet(range)], label: [...names][0], range };
  }
  return { keys: [generalInequality(sides, signs, reading)] };
}

/** Numbers for which a relation that is linear in its one variable holds. */
function solve(left: Expression, sign: string, right: Expression, reading: Reading): RealSet | undefined {
  if (isInfinite(left) || isInfinite(right)) return alwaysTrue(left, sign, right) ? REALS : undefined;
  if (isAbsolute(left) && variablesOf(right).size === 0) return solveAbsolute(left.arguments[0], sign, right, reading);
  if (isAbsolute(right) && variablesOf(left).size === 0) {
    return solveAbsolute(right.arguments[0], MIRRORED.get(sign) ?? sign, left, reading);
  }
  const root = linearRoot(binary("-", left, right), reading);
  if (!root) return undefined;
  const end = bound(root.value, reading);
  if (sign === "≠") return complement(pointSet(end));
  if (sign === "=") return pointSet(end);
  const greater = sign === ">" || sign === "≥";
  return ray(end, sign === "≤" || sign === "≥", greater === root.rising);
}

const MIRRORED: ReadonlyMap<string, string> = new Map([["<", ">"], [">", "<"], ["≤", "≥"], ["≥", "≤"]]);

function isAbsolute(side: Expression): side is Extract<Expression, { kind: "call" }> {
  return side.kind === "call" && side.name === "abs";
}

/** `|inside| < size` is -size < inside < size, and `|inside| > size` what lies outside of that. */
function solveAbsolute(inside: Expression, sign: string, size: Expression, reading: Reading): RealSet | undefined {
  const value = realValue(size, reading);
  const below = sign === "<" || sign === "≤";
  if (value === undefined || value <= 0n || (!below && sign !== ">" && sign !== "≥")) return undefined;
  const upper = solve(inside, sign, size, reading);
  const lower = solve(inside, MIRRORED.get(sign) ?? sign, { kind: "negate", operand: size }, reading);
  return upper && lower && (below ? intersection(upper, lower) : union(upper, lower));
}

function isInfinite(expression: Expression): boolean {
  if (expression.kind === "negate") return isInfinite(expression.operand);
  return expression.kind === "constant" && expression.name === "infinity";
}

/** `x < ∞` and `-∞ < x`. */
function alwaysTrue(left: Expression, sign: string, right: Expression): boolean {
  const less = sign === "<" || sign === "≤";
  const [lower, upper] = less ? [left, right] : [right, left];
  if (!less && sign !== ">" && sign !== "≥") return false;
  return lower.kind === "negate" && isInfinite(lower) !== isInfinite(upper) && isInfinite(lower) ||
    upper.kind === "constant" && isInfinite(upper) && !isInfinite(lower);
}

function generalInequality(sides: readonly Expression[], signs: readonly string[], reading: Reading): string {
  if (signs.length !== 1) return sides.map((side, i) => structureKey(side) + (signs[i] ?? "")).join("");
  const [left, right] = sides;
  const [sign] = signs;
  const greater = sign === ">" || sign === "≥";
  const difference = greater ? binary("-", left, right) : binary("-", right, left);
  const key = ratioKey(difference, sign !== "≠", reading);
  if (sign === "≠") return `0≠${key}`;
  return `0${sign === "≤" || sign === "≥" ? "≤" : "<"}${key}`;
}
