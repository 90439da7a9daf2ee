import { assertEquals, assertNotEquals } from "@std/assert";
import {
  normaliseQuestion,
  problemLine,
  questionHash,
  questionWords,
  rowId,
  rowsSha256,
} from "../../src/datasets/problem.ts";

const problem = { id: "a/0000", question: "1+2\t≤", answer: "3" };

Deno.test("a problem's line is compact JSON in the order id, question, answer, without escapes beyond JSON's own", () => {
  assertEquals(
    problemLine({ answer: "3", question: "1+2\t≤", id: "a/0000" }),
    '{"id":"a/0000","question":"1+2\\t≤","answer":"3"}',
  );
});

Deno.test("the hash of rows is that of their lines, as jq and sha256sum give it", () => {
  // printf '{"id":"a/0000","question":"1+2\\t≤","answer":"3"}\n' | sha256sum
  assertEquals(rowsSha256([problem]), "2ef1b9cfd937cafd85efd99d5c45780723a6a79ff15b7481a532715a0cd1051d");
  assertNotEquals(rowsSha256([problem, problem]), rowsSha256([problem]));
});

Deno.test("row numbers have four digits or more", () => {
  assertEquals([rowId("x", 7), rowId("x", 12345)], ["x/0007", "x/12345"]);
});

Deno.test("normalising hides case, spacing, dollars and punctuation, and keeps the signs of arithmetic", () => {
  assertEquals(normaliseQuestion(" Find $x^2$,\n where\tX=3."), "find x ^ 2 where x = 3");
  assertEquals(questionHash("ﬁnd  the SUM."), questionHash("Find the sum"));
  for (const other of ["38*64", "38+64", "3864", "3-864"]) assertNotEquals(questionHash("38-64"), questionHash(other));
});

Deno.test("words are runs of letters, runs of digits and single signs", () => {
  assertEquals(questionWords("x2+\\frac{12}{y}"), ["x", "2", "+", "frac", "12", "y"]);
});
