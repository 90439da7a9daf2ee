/**
 * Small faults in a source file, each a mutant: what a test that looks at the place should see.
 *
 * Only code that runs is touched: no comment, string, type, import or message of an error.
 *
 * @module
 */
import ts from "typescript";

/** One fault. */
export interface Mutant {
  /** Name of the operator that made it. */
  readonly operator: string;
  /** Line of the fault, from 1. */
  readonly line: number;
  /** Where it stands, the same for every mutant of one piece of code. */
  readonly place: string;
  /** The lines that the fault touches, without the space around and between them, and what they become. */
  readonly before: string;
  readonly after: string;
  /** The whole file with the fault. */
  readonly text: string;
}

/** A stretch of the source, and what takes its place. */
interface Edit {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

const COMPARISONS = pairs([["<", "<="], [">", ">="], ["===", "!=="]]);
const ARITHMETIC = pairs([["+", "-"], ["*", "/"], ["+=", "-="], ["*=", "/="]]);
/** Functions of `Math` that one takes for each other. */
const FUNCTIONS = pairs([["max", "min"], ["floor", "ceil"]]);
/** Properties that stand side by side in the project and hold values of one kind. */
const PROPERTIES = pairs([["low", "high"], ["first", "second"]]);
const SHORT_CIRCUITS: readonly ts.SyntaxKind[] = [
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
];

/**
 * All mutants of a TypeScript file, in the order of their places.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { mutantsOf } from "./operators.ts";
 * assertEquals(mutantsOf("const late = a < b;").map(({ after }) => after), ["const late = a <= b;"]);
 * ```
 */
export function mutantsOf(source: string): Mutant[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (isLeftOut(node)) return;
    edits.push(...editsAt(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return edits.toSorted((a, b) => a.start - b.start || a.end - b.end)
    .map((edit) => mutantOf(source, file, edit))
    .filter(({ before, after }) => before !== after);
}

function pairs(list: readonly (readonly [string, string])[]): ReadonlyMap<string, string> {
  return new Map(list.flatMap(([a, b]) => [[a, b], [b, a]]));
}

/** Types, imports, and messages: what a program does is not in them. */
function isLeftOut(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ||
    ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isTypeParameterDeclaration(node) ||
    isDescription(node) || (ts.isNewExpression(node) && node.expression.getText().endsWith("Error"));
}

/** `describe("…")` and `meta({ … })` of a schema: their arguments. */
function isDescription(node: ts.Node): boolean {
  const { parent } = node;
  return parent !== undefined && ts.isCallExpression(parent) && parent.expression !== node &&
    ts.isPropertyAccessExpression(parent.expression) && ["describe", "meta"].includes(parent.expression.name.text);
}

function editsAt(node: ts.Node, file: ts.SourceFile): Edit[] {
  const edit = (operator: string, at: ts.Node, replacement: string): Edit => {
    return { operator, start: at.getStart(file), end: at.getEnd(), replacement };
  };
  if (ts.isBinaryExpression(node)) return binaryEdits(node, edit);
  if (ts.isNumericLiteral(node)) {
    if (isOrder(node)) return [];
    return constants(node.text).map((constant) => edit("constant", node, constant));
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
    return [edit("boolean", node, node.kind === ts.SyntaxKind.TrueKeyword ? "false" : "true")];
  }
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
    return [edit("negation", node, node.operand.getText(file))];
  }
  if (ts.isPropertyAccessExpression(node)) {
    const other = (node.expression.getText(file) === "Math" ? FUNCTIONS : PROPERTIES).get(node.name.text);
    return other === undefined ? [] : [edit("neighbour", node.name, other)];
  }
  if (ts.isExpressionStatement(node) && isCall(node.expression)) return [edit("call", node, ";")];
  if (ts.isSpreadAssignment(node)) return [edit("spread", node, "...{}")];
  if (ts.isIfStatement(node) && node.elseStatement === undefined && leaves(node.thenStatement)) {
    return [edit("guard", node, ";")];
  }
  return [];
}

function binaryEdits(
  node: ts.BinaryExpression,
  edit: (operator: string, at: ts.Node, replacement: string) => Edit,
): Edit[] {
  const { left, right, operatorToken: token } = node;
  const operator = token.getText();
  if (operator === "<" && ts.isForStatement(node.parent) && node.parent.condition === node) {
    // One round too many reads what is not there, which most loops do not notice.
    return [edit("round", right, `(${right.getText()}) - 1`)];
  }
  const comparison = COMPARISONS.get(operator);
  if (comparison !== undefined) return [edit("comparison", token, comparison)];
  const arithmetic = ARITHMETIC.get(operator);
  if (arithmetic !== undefined) return isText(node) ? [] : [edit("arithmetic", token, arithmetic)];
  if (SHORT_CIRCUITS.includes(token.kind)) {
    const other = operator === "&&" ? "||" : "&&";
    return [
      edit("logic", node, `((${left.getText()}) ${other} (${right.getText()}))`),
      edit("operand", node, `(${left.getText()})`),
      edit("operand", node, `(${right.getText()})`),
    ];
  }
  if (operator === "??" && !isEmpty(right)) return [edit("operand", node, `(${left.getText()})`)];
  return [];
}

/** `{}`, `[]` or `""`, which what is not there mostly reads as anyway. */
function isEmpty(node: ts.Expression): boolean {
  return /^(\{\}|\[\]|"")$/.test(node.getText());
}

/** A 1 of `a < b ? -1 : 1`, of which a sort reads the sign alone. */
function isOrder(node: ts.NumericLiteral): boolean {
  const branch = ts.isPrefixUnaryExpression(node.parent) ? node.parent : node;
  const { parent } = branch;
  return ts.isConditionalExpression(parent) && parent.condition !== branch &&
    [parent.whenTrue, parent.whenFalse].map((side) => side.getText()).sort().join() === "-1,1";
}

/** Whether a sum is of texts, as far as one sees. */
function isText(node: ts.Expression): boolean {
  if (ts.isParenthesizedExpression(node)) return isText(node.expression);
  if (ts.isBinaryExpression(node)) return isText(node.left) || isText(node.right);
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
    return ["join", "repeat", "stringify", "toFixed"].includes(node.expression.name.text);
  }
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** Other numbers in the place of a written one: one more, twice as much and none; twice as much of a fraction. */
function constants(text: string): string[] {
  const value = Number(text);
  if (!Number.isInteger(value)) return [`${2 * value}`];
  return [...new Set([value + 1, 2 * value, 0])].filter((other) => other !== value).map(String);
}

function isCall(node: ts.Expression): boolean {
  const inner = ts.isAwaitExpression(node) ? node.expression : node;
  return ts.isCallExpression(inner) && inner.expression.kind !== ts.SyntaxKind.SuperKeyword;
}

/** Whether a statement does nothing but leave. */
function leaves(statement: ts.Statement): boolean {
  if (ts.isBlock(statement)) return statement.statements.length === 1 && leaves(statement.statements[0]);
  return ts.isReturnStatement(statement) || ts.isThrowStatement(statement) || ts.isContinueStatement(statement) ||
    ts.isBreakStatement(statement);
}

function mutantOf(source: string, file: ts.SourceFile, { operator, start, end, replacement }: Edit): Mutant {
  const from = source.lastIndexOf("\n", start - 1) + 1, next = source.indexOf("\n", end);
  const to = next < 0 ? source.length : next;
  const after = source.slice(from, start) + replacement + source.slice(end, to);
  return {
    operator,
    place: `${start}-${end}`,
    line: file.getLineAndCharacterOfPosition(start).line + 1,
    before: oneLine(source.slice(from, to)),
    after: oneLine(after),
    text: source.slice(0, from) + after + source.slice(to),
  };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
