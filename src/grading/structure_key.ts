/**
 * An expression written out, for what has no value that could be computed.
 *
 * @module
 */
import type { Expression } from "./expression.ts";
import { format } from "./rational.ts";

/** The expression written with every operation in brackets, sums and products sorted. */
export function structureKey(node: Expression): string {
  switch (node.kind) {
    case "number":
      return format(node.value);
    case "constant":
      return node.name === "infinity" ? "∞" : node.name;
    case "variable":
      return node.name;
    case "negate":
      return node.operand.kind === "constant" ? `-${structureKey(node.operand)}` : `-(${structureKey(node.operand)})`;
    case "choice":
      return `(${node.left ? structureKey(node.left) : ""}${node.sign}${structureKey(node.right)})`;
    case "binary":
      if (node.operator === "+" || node.operator === "*") {
        const parts = flatten(node, node.operator).map(structureKey).sort();
        return `(${parts.join(node.operator)})`;
      }
      return `(${structureKey(node.left)}${node.operator}${structureKey(node.right)})`;
    case "call":
      return `${node.name}(${node.arguments.map(structureKey).join(",")})`;
    case "series":
      return `series${node.operation}(${node.index},${[node.from, node.to, node.term].map(structureKey).join(",")})`;
    case "tuple":
      return `${node.open}${node.items.map(structureKey).join(",")}${node.close}`;
    case "set":
      return `{${node.items.map(structureKey).sort().join(",")}}`;
    case "matrix":
      return `matrix[${node.rows.map((row) => row.map(structureKey).join(",")).join(";")}]`;
    case "combine": {
      const sides = [structureKey(node.left), structureKey(node.right)];
      return `(${(node.operator === "∖" ? sides : sides.sort()).join(node.operator)})`;
    }
    case "reals":
      return "ℝ";
    case "based":
      return `${node.digits}_${node.base}`;
  }
}

function flatten(node: Expression, operator: "+" | "*"): Expression[] {
  if (node.kind !== "binary" || node.operator !== operator) return [node];
  return [...flatten(node.left, operator), ...flatten(node.right, operator)];
}
