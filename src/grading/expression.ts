/**
 * The small tree that answers are parsed into. Nothing else is ever evaluated: no text of a model reaches an evaluator.
 *
 * @module
 */
import type { Rational } from "./rational.ts";

/** Functions of the tree, by the name of their mathematical notation. */
export type FunctionName =
  | "sqrt"
  | "root"
  | "abs"
  | "floor"
  | "ceil"
  | "exp"
  | "ln"
  | "log"
  | "sin"
  | "cos"
  | "tan"
  | "cot"
  | "sec"
  | "csc"
  | "arcsin"
  | "arccos"
  | "arctan"
  | "sinh"
  | "cosh"
  | "tanh"
  | "factorial"
  | "binomial"
  | "gcd"
  | "lcm"
  | "min"
  | "max"
  | "cis"
  | "degree";

/** Constants of the tree. */
export type ConstantName = "pi" | "e" | "i" | "infinity";

/** A node with one value: a number or a function of variables. */
export type Scalar =
  | {
    readonly kind: "number";
    readonly value: Rational;
    /** The literal was a decimal so long that it stands for the exact value that it approximates. */
    readonly approximate: boolean;
  }
  | { readonly kind: "constant"; readonly name: ConstantName }
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "negate"; readonly operand: Expression }
  /** `choice` is a + or a − both meant: ± or ∓. */
  | { readonly kind: "choice"; readonly sign: "±" | "∓"; readonly left?: Expression; readonly right: Expression }
  | {
    readonly kind: "binary";
    readonly operator: "+" | "-" | "*" | "/" | "^";
    readonly left: Expression;
    readonly right: Expression;
  }
  | { readonly kind: "call"; readonly name: FunctionName; readonly arguments: readonly Expression[] }
  /** A finite sum or product; `index` is bound in `term`. */
  | {
    readonly kind: "series";
    readonly operation: "+" | "*";
    readonly index: string;
    readonly from: Expression;
    readonly to: Expression;
    readonly term: Expression;
  };

/** A node that holds several values. */
export type Collection =
  /** `(a, b)`, `[a, b)`, also an interval: which of the two is meant does not show in the notation. */
  | {
    readonly kind: "tuple";
    readonly open: "(" | "[";
    readonly close: ")" | "]";
    readonly items: readonly Expression[];
  }
  | { readonly kind: "set"; readonly items: readonly Expression[] }
  | { readonly kind: "matrix"; readonly rows: readonly (readonly Expression[])[] }
  | {
    readonly kind: "combine";
    readonly operator: "∪" | "∩" | "∖";
    readonly left: Expression;
    readonly right: Expression;
  }
  | { readonly kind: "reals" }
  /** A numeral in a stated base. */
  | { readonly kind: "based"; readonly digits: string; readonly base: number };

/** A node of the tree. */
export type Expression = Scalar | Collection;

const COLLECTIONS: ReadonlySet<Expression["kind"]> = new Set(["tuple", "set", "matrix", "combine", "reals", "based"]);

/** Whether a node holds several values. */
export function isCollection(expression: Expression): expression is Collection {
  return COLLECTIONS.has(expression.kind);
}

/** Direct parts of a node, from left to right. */
export function children(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "negate":
      return [node.operand];
    case "choice":
      return node.left ? [node.left, node.right] : [node.right];
    case "binary":
    case "combine":
      return [node.left, node.right];
    case "call":
      return node.arguments;
    case "series":
      return [node.from, node.to, node.term];
    case "tuple":
    case "set":
      return node.items;
    case "matrix":
      return node.rows.flat();
    default:
      return [];
  }
}

/** Calls `visit` with the node and everything in it. */
export function walk(node: Expression, visit: (node: Expression) => void): void {
  visit(node);
  for (const child of children(node)) walk(child, visit);
}

/** Names of the variables in it. */
export function variablesOf(node: Expression): Set<string> {
  const names = new Set<string>();
  collectVariables(node, names);
  return names;
}

function collectVariables(node: Expression, names: Set<string>): void {
  if (node.kind === "variable") names.add(node.name);
  for (const child of children(node)) {
    if (node.kind === "series" && child === node.term) {
      for (const name of variablesOf(child)) if (name !== node.index) names.add(name);
    } else collectVariables(child, names);
  }
}

/** The same node with every direct part replaced. */
export function mapChildren(node: Expression, change: (child: Expression) => Expression): Expression {
  switch (node.kind) {
    case "negate":
      return { ...node, operand: change(node.operand) };
    case "choice":
      return node.left
        ? { ...node, left: change(node.left), right: change(node.right) }
        : { ...node, right: change(node.right) };
    case "binary":
      return { ...node, left: change(node.left), right: change(node.right) };
    case "combine":
      return { ...node, left: change(node.left), right: change(node.right) };
    case "call":
      return { ...node, arguments: node.arguments.map(change) };
    case "series":
      return { ...node, from: change(node.from), to: change(node.to), term: change(node.term) };
    case "tuple":
    case "set":
      return { ...node, items: node.items.map(change) };
    case "matrix":
      return { ...node, rows: node.rows.map((row) => row.map(change)) };
    default:
      return node;
  }
}

/** A node of an integer. */
export function integer(value: bigint | number): Scalar {
  return { kind: "number", value: { n: BigInt(value), d: 1n }, approximate: false };
}

/** A node of two operands. */
export function binary(operator: "+" | "-" | "*" | "/" | "^", left: Expression, right: Expression): Scalar {
  return { kind: "binary", operator, left, right };
}

/** A node of a function. */
export function call(name: FunctionName, ...parts: Expression[]): Scalar {
  return { kind: "call", name, arguments: parts };
}
