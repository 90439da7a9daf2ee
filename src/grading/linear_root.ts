/**
 * Where an expression that is linear in its one variable is zero.
 *
 * @module
 */
import { binary, type Expression, integer, mapChildren, variablesOf } from "./expression.ts";
import { UndefinedValue } from "./limits.ts";
import type { Reading } from "./reading.ts";
import { realValue, scalarKey } from "./scalar_key.ts";

/** The root, and whether the expression rises there. */
export interface LinearRoot {
  readonly name: string;
  readonly value: Expression;
  readonly rising: boolean;
}

/** The root of an expression that is linear in its one variable; undefined where it is not. */
export function linearRoot(expression: Expression, reading: Reading): LinearRoot | undefined {
  const names = variablesOf(expression);
  if (names.size !== 1) return undefined;
  const [name] = names;
  const at = (value: number) => substitute(expression, name, integer(value));
  try {
    const [zero, one, two] = [at(0), at(1), at(2)];
    const slope = binary("-", one, zero);
    const bend = binary("-", binary("+", two, zero), binary("*", integer(2), one));
    // A line through three points could still be a curve or a step, so that a fourth point decides.
    const far = binary("-", binary("-", substitute(expression, name, FAR), zero), binary("*", FAR, slope));
    if (scalarKey(bend, reading) !== "0" || scalarKey(far, reading) !== "0") return undefined;
    const size = realValue(slope, reading);
    if (size === undefined || scalarKey(slope, reading) === "0") return undefined;
    return { name, value: binary("/", { kind: "negate", operand: zero }, slope), rising: size > 0n };
  } catch (error) {
    if (error instanceof UndefinedValue) return undefined;
    throw error;
  }
}

const FAR = binary("/", integer(-15), integer(2));

function substitute(expression: Expression, name: string, value: Expression): Expression {
  if (expression.kind === "variable" && expression.name === name) return value;
  return mapChildren(expression, (child) => substitute(child, name, value));
}
