import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { UndefinedValue } from "../../src/grading/limits.ts";
import { parse } from "../../src/grading/parser.ts";
import { Reading } from "../../src/grading/reading.ts";
import { ratioKey, scalarKey } from "../../src/grading/scalar_key.ts";
import { tokenize } from "../../src/grading/tokens.ts";

const raw = String.raw;
const key = (text: string) => scalarKey(parse(tokenize(text)), new Reading());

Deno.test("rational numbers are written exactly, however they were reached", () => {
  assertEquals(key(raw`\frac{6}{-8}`), "-3/4");
  assertEquals(key(raw`\sqrt{3+2\sqrt{2}}-\sqrt{2}`), "1");
  assertEquals(key(raw`\sin 30^\circ`), "1/2");
  assertEquals(key("(x+1)^2-x^2-2x"), "1");
});

Deno.test("irrational and complex numbers are written by their first digits and a hash", () => {
  assertMatch(key(raw`\sqrt{2}`), /^≈1\.41421356237#[0-9a-f]{32}$/);
  assertMatch(key(raw`-100\sqrt{2}`), /^≈-141\.421356237#/);
  assertEquals(key("6-5i"), "6-5i");
  assertMatch(key(raw`i\sqrt{3}`), /^≈1\.73205080757#[0-9a-f]{32}i$/);
});

Deno.test("numbers that differ after a hundred digits have different keys", () => {
  assertNotEquals(key(raw`1+10^{-100}\sqrt{2}`), key(raw`1+10^{-100}\sqrt{3}`));
  assertNotEquals(key(raw`1+10^{-140}\sqrt{2}`), "1");
  assertEquals(key(raw`\sqrt{2}+10^{-100}-10^{-100}`), key(raw`\sqrt{2}`));
});

Deno.test("functions are written by values, and a variable by its name", () => {
  assertEquals(key("2x-x"), "x");
  assertMatch(key("x^2"), /^f /);
  assertEquals(key("x+y-y"), "x");
});

Deno.test("what is beyond the limits is written by its structure", () => {
  assertEquals(key("9^{9^{9}}"), "(9^(9^9))");
  assertEquals(key("2000!+1"), "(1+factorial(2000))");
});

Deno.test("no value is an error", () => {
  for (const text of ["0/0", "1/(x-x)", raw`\ln 0`, "0^0"]) assertThrows(() => key(text), UndefinedValue);
});

Deno.test("equations are compared up to a factor, inequalities up to a positive one", () => {
  const ratio = (text: string, keepSign: boolean) => ratioKey(parse(tokenize(text)), keepSign, new Reading());
  assertEquals(ratio("2x-y", false), ratio("3y-6x", false));
  assertEquals(ratio("2x-y", true), ratio("6x-3y", true));
  assertEquals(ratio("2x-y", true) === ratio("3y-6x", true), false);
});
