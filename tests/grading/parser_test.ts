import { assertEquals, assertThrows } from "@std/assert";
import { MAX_TOKENS, Unreadable } from "../../src/grading/limits.ts";
import { parse } from "../../src/grading/parser.ts";
import { structureKey } from "../../src/grading/structure_key.ts";
import { tokenize } from "../../src/grading/tokens.ts";

const raw = String.raw;
const structure = (text: string) => structureKey(parse(tokenize(text)));

/** Structures by the precedence of school mathematics; sums and products are sorted in them. */
const TABLE: readonly (readonly [text: string, structure: string])[] = [
  ["1+2*3", "((2*3)+1)"],
  ["-x^2", "-((x^2))"],
  ["2^3^2", "(2^(3^2))"],
  ["a/b/c", "((a/b)/c)"],
  ["1/2x", "((1/2)*x)"],
  ["2x^2y", "((x^2)*2*y)"],
  [raw`\frac12`, "(1/2)"],
  [raw`\frac{12}{5}`, "(12/5)"],
  [raw`\sqrt13`, "sqrt(13)"],
  [raw`\sqrt[3]{x}`, "root(x,3)"],
  ["1 2/3", "((2/3)+1)"],
  [raw`2\frac{1}{3}`, "((1/3)+2)"],
  [raw`2\frac{3}{1}`, "((3/1)*2)"],
  [raw`2\frac{x}{3}`, "((x/3)*2)"],
  [raw`\sin 2x + 1`, "(1+sin((2*x)))"],
  [raw`\sin x \cos y`, "(cos(y)*sin(x))"],
  [raw`\sin^2 x`, "(sin(x)^2)"],
  [raw`\sin^{-1} x`, "arcsin(x)"],
  [raw`\log_2 8`, "log(8,2)"],
  ["log_10(100)", "log(100,10)"],
  ["n!", "factorial(n)"],
  ["30^\\circ", "degree(30)"],
  ["|x-1|", "abs((x-1))"],
  ["(1,2]", "(1,2]"],
  [raw`\{2,1\}`, "{1,2}"],
  ["204_5", "204_5"],
  ["x_{12}", "x_12"],
  [raw`1\pm2`, "(1±2)"],
  [raw`\begin{pmatrix}1&2\\3&4\end{pmatrix}`, "matrix[1,2;3,4]"],
  [raw`\lfloor x\rfloor`, "floor(x)"],
  ["f(x+1)", "f((1+x))"],
];

Deno.test("expressions are read by the precedence of school mathematics", () => {
  for (const [text, expected] of TABLE) assertEquals(structure(text), expected, text);
});

Deno.test("what is no mathematics is refused", () => {
  const refused = [
    "1+",
    "*2",
    "(1",
    "1)",
    "(1]",
    "1 2",
    "x2",
    "5x.y",
    "1..2",
    "0x1F",
    "a==b",
    "a=>b",
    "[1][0]",
    "print(1)",
    '"1"',
    "f(",
    "{1",
    raw`\frac{1}`,
    raw`\unknown{1}`,
    raw`\begin{pmatrix}1&2\\3\end{pmatrix}`,
    raw`\begin{cases}1\end{cases}`,
  ];
  for (const text of refused) assertThrows(() => structure(text), Unreadable, undefined, text);
});

Deno.test("depth and length are limited", () => {
  assertThrows(() => structure("(".repeat(300) + "1" + ")".repeat(300)), Unreadable);
  assertThrows(() => structure("1+".repeat(MAX_TOKENS) + "1"), Unreadable);
});
