import { assertEquals } from "@std/assert";
import { mutantsOf } from "./operators.ts";

/** What each fault makes of a line, without the line itself. */
function changes(source: string): string[] {
  return mutantsOf(source).map(({ after }) => after);
}

const CASES: [source: string, faults: string[]][] = [
  ["a(b < c, d >= e);", [";", "a(b <= c, d >= e);", "a(b < c, d > e);"]],
  ["x = a !== b;", ["x = a === b;"]],
  ["x = a + b * c;", ["x = a - b * c;", "x = a + b / c;"]],
  ["x -= a;", ["x += a;"]],
  ["x = 3;", ["x = 4;", "x = 6;", "x = 0;"]],
  ["x = [0, 1];", ["x = [1, 1];", "x = [0, 2];", "x = [0, 0];"]],
  ["x = 0.25 ** y;", ["x = 0.5 ** y;"]],
  ["x = a && b;", ["x = ((a) || (b));", "x = (a);", "x = (b);"]],
  ["x = a ?? b;", ["x = (a);"]],
  ["x = !a;", ["x = a;"]],
  ["x = true;", ["x = false;"]],
  ["x = Math.max(a, Math.floor(b));", ["x = Math.min(a, Math.floor(b));", "x = Math.max(a, Math.ceil(b));"]],
  ["x = clip.low;", ["x = clip.high;"]],
  ["await save(x);", [";"]],
  ["x = { ...y, z };", ["x = { ...{}, z };"]],
  ["for (const x of y) if (x) continue;", ["for (const x of y) ;"]],
  ["if (x) { throw y; }", [";"]],
  ["for (;x < y;) z();", ["for (;x < (y) - 1;) z();", "for (;x < y;) ;"]],
];
for (const [source, faults] of CASES) {
  Deno.test(`the faults of: ${source}`, () => assertEquals(changes(source), faults));
}

/** Code in which nothing that runs can be wrong, or whose wrong form no program reads. */
const NONE = [
  "// a < b && 3",
  "/** @param a < b */ type Pair = readonly [1, 2, true];",
  'import { a } from "b3";',
  "interface Wide { readonly width: 7 }",
  "const x: Map<3, true> = y;",
  'x = "a < 3";',
  'x = "a" + b;',
  'x = a + "b" + c;',
  "x = `${a}` + b;",
  'x = list.join(",") + b;',
  "x = new RangeError(`${a + 1} of ${b - 2}`);",
  'x = z.string().describe("a" + 3).meta({ id: 5 });',
  "x = y ?? {};",
  "list.sort;x = a ? -1 : 1;",
  "if (x) return; else y = z;",
  "if (x) { y = z; return; }",
];
for (const source of NONE) {
  Deno.test(`no fault in: ${source}`, () => assertEquals(changes(source), []));
}

Deno.test("a fault names its line and place, shows whole lines as one, and changes nothing else of the file", () => {
  const source = "const a = 1;\nif (a) {\n  // Enough.\n  return;\n}\nb(\n  a,\n);\n";
  assertEquals(
    mutantsOf(source).map(({ operator, line, before, after }) => [operator, line, before, after]),
    [
      ["constant", 1, "const a = 1;", "const a = 2;"],
      ["constant", 1, "const a = 1;", "const a = 0;"],
      ["guard", 2, "if (a) { // Enough. return; }", ";"],
      ["call", 6, "b( a, );", ";"],
    ],
  );
  const [two, none, , call] = mutantsOf(source);
  assertEquals(two.place, none.place);
  assertEquals(call.text, "const a = 1;\nif (a) {\n  // Enough.\n  return;\n}\n;\n");
});
