/**
 * Keys of whole values: numbers, functions, tuples and intervals, sets, matrices, and signs that mean two values.
 *
 * @module
 */
import { binary, type Expression, isCollection, mapChildren, walk } from "./expression.ts";
import { MAX_SIGN_CHOICES, UndefinedValue, Unreadable, Unresolved } from "./limits.ts";
import type { Reading } from "./reading.ts";
import { bound, complement, formatSet, intersection, pointSet, REALS, type RealSet, union } from "./real_set.ts";
import { scalarKey } from "./scalar_key.ts";
import { structureKey } from "./structure_key.ts";

/**
 * Keys of the values that an expression stands for: one, or several where it is a set or has a ±.
 *
 * @throws {UndefinedValue} where there is no value
 */
export function valueKeys(expression: Expression, reading: Reading): readonly string[] {
  if (expression.kind === "set") {
    return [...new Set(expression.items.flatMap((item) => valueKeys(item, reading)))];
  }
  const variants = unfoldSigns(expression);
  if (variants.length === 1) return [singleKey(variants[0], reading)];
  return [...new Set(variants.map((variant) => singleKey(variant, reading)))];
}

/** Key of several values whose order does not count; one value is itself. */
export function listKey(keys: readonly string[]): string {
  return keys.length === 1 ? keys[0] : `{${[...keys].sort().join(",")}}`;
}

function singleKey(expression: Expression, reading: Reading): string {
  switch (expression.kind) {
    case "based":
      return `${expression.digits}_${expression.base}`;
    case "reals":
      return formatSet(REALS);
    case "tuple": {
      const rows = matrixRows(expression);
      if (rows) return matrixKey(rows, reading);
      const keys = expression.items.map((item) => listKey(valueKeys(item, reading)));
      return `${expression.open}${keys.join(",")}${expression.close}`;
    }
    case "matrix":
      return matrixKey(expression.rows, reading);
    case "combine":
      try {
        return formatSet(realSet(expression, reading));
      } catch (error) {
        if (error instanceof UndefinedValue) throw error;
        return structureKey(expression);
      }
    case "set":
      return listKey(valueKeys(expression, reading));
    default: {
      const scaled = scaledMatrix(expression);
      return scaled ? matrixKey(scaled, reading) : scalarKey(expression, reading);
    }
  }
}

function matrixKey(rows: readonly (readonly Expression[])[], reading: Reading): string {
  if (rows.length === 1 && rows[0].length === 1) return singleKey(rows[0][0], reading);
  const keys = rows.map((row) => row.map((entry) => listKey(valueKeys(entry, reading))).join(","));
  return `matrix[${keys.join(";")}]`;
}

/** `[[1, 2], [3, 4]]` as rows. */
function matrixRows(expression: Expression): readonly (readonly Expression[])[] | undefined {
  if (expression.kind !== "tuple" || expression.open !== "[" || expression.close !== "]") return undefined;
  const rows: (readonly Expression[])[] = [];
  for (const item of expression.items) {
    if (item.kind !== "tuple" || item.open !== "[" || item.close !== "]") return undefined;
    rows.push(item.items);
  }
  return rows.every((row) => row.length === rows[0].length) ? rows : undefined;
}

/** The rows of a number times a matrix, a matrix over a number, or a matrix with a minus. */
function scaledMatrix(expression: Expression): readonly (readonly Expression[])[] | undefined {
  if (expression.kind === "negate") {
    return rowsOf(expression.operand)?.map((row) => row.map((operand) => ({ kind: "negate", operand })));
  }
  if (expression.kind !== "binary" || (expression.operator !== "*" && expression.operator !== "/")) return undefined;
  const { operator, left, right } = expression;
  const leftRows = rowsOf(left);
  if (leftRows) {
    return isCollection(right) ? undefined : leftRows.map((row) => row.map((entry) => binary(operator, entry, right)));
  }
  if (operator === "/" || isCollection(left)) return undefined;
  return rowsOf(right)?.map((row) => row.map((entry) => binary("*", left, entry)));
}

function rowsOf(expression: Expression): readonly (readonly Expression[])[] | undefined {
  if (expression.kind === "matrix") return expression.rows;
  return isCollection(expression) ? undefined : scaledMatrix(expression);
}

/**
 * The expression as a set of real numbers.
 *
 * @throws {Unreadable} if it is none
 * @throws {Unresolved} if an end has no number
 */
export function realSet(expression: Expression, reading: Reading): RealSet {
  switch (expression.kind) {
    case "reals":
      return REALS;
    case "set":
      return union(
        ...expression.items.flatMap(unfoldSigns).map((item) => pointSet(bound(item, reading))),
      );
    case "tuple": {
      if (expression.items.length !== 2) throw new Unreadable("not an interval");
      const [low, high] = expression.items.map((item) => bound(item, reading));
      return [{ low, lowClosed: expression.open === "[", high, highClosed: expression.close === "]" }];
    }
    case "combine": {
      const left = realSet(expression.left, reading);
      const right = realSet(expression.right, reading);
      if (expression.operator === "∪") return union(left, right);
      return intersection(left, expression.operator === "∩" ? right : complement(right));
    }
    default:
      throw new Unresolved("not a set of numbers");
  }
}

/**
 * The expressions that one with ± and ∓ stands for: with both kinds of sign the upper signs go together and the lower
 * ones, with ± alone each is free.
 *
 * @throws {Unreadable} if there are too many
 */
export function unfoldSigns(expression: Expression): readonly Expression[] {
  let count = 0;
  let mixed = false;
  walk(expression, (node) => {
    if (node.kind !== "choice") return;
    count++;
    mixed ||= node.sign === "∓";
  });
  if (count === 0) return [expression];
  const variants = mixed ? 2 : 2 ** count;
  if (variants > MAX_SIGN_CHOICES) throw new Unreadable("too many signs");
  return Array.from({ length: variants }, (_, variant) => {
    let index = 0;
    const choose = (node: Expression): Expression => {
      if (node.kind !== "choice") return mapChildren(node, choose);
      const bit = mixed ? variant & 1 : (variant >> index++) & 1;
      const minus = (bit === 1) !== (node.sign === "∓");
      const right = choose(node.right);
      if (!node.left) return minus ? { kind: "negate", operand: right } : right;
      return binary(minus ? "-" : "+", choose(node.left), right);
    };
    return choose(expression);
  });
}
