/**
 * What the numbers in an expression say about the digits that its value needs.
 *
 * @module
 */
import { type Expression, walk } from "./expression.ts";
import { absolute } from "./rational.ts";

/** What in an expression decides how many digits tell its value from others. */
export interface Literals {
  /** Decimal digits that the numbers of the expression can bring into its value. */
  readonly height: number;
  readonly approximate: boolean;
}

/** The literals of an expression, in one look. */
export function survey(expression: Expression): Literals {
  let approximate = false;
  walk(expression, (node) => {
    approximate ||= node.kind === "number" && node.approximate;
  });
  return { height: height(expression), approximate };
}

/** Decimal digits of the numerators and denominators that an expression is built of: of products they add up. */
function height(node: Expression): number {
  switch (node.kind) {
    case "number":
      return Math.max(digitsOf(node.value.n), digitsOf(node.value.d));
    case "negate":
      return height(node.operand);
    case "binary": {
      const left = height(node.left);
      // Each part is visited once: twice would be exponential in a tower of powers.
      if (node.operator === "^") return Math.max(left, 1) * powerOf(node.right);
      const right = height(node.right);
      return node.operator === "*" || node.operator === "/" ? left + right : Math.max(left, right) + Math.log10(2);
    }
    case "call": {
      const inside = Math.max(0, ...node.arguments.map(height));
      if (node.name === "sqrt") return inside / 2;
      return node.name === "factorial" || node.name === "binomial" ? 10 ** Math.min(inside, 3) : inside;
    }
    default:
      return 0;
  }
}

/** By how much an exponent multiplies the digits of its base. */
function powerOf(exponent: Expression): number {
  if (exponent.kind === "negate") return powerOf(exponent.operand);
  if (exponent.kind !== "number") return 10 ** Math.min(height(exponent), 3);
  return Math.abs(Number(exponent.value.n)) / Number(exponent.value.d);
}

function digitsOf(value: bigint): number {
  const size = absolute(value);
  return size < 2n ** 53n ? Math.log10(Math.max(1, Number(size))) : size.toString().length;
}
