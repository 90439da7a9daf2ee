import { assertEquals } from "@std/assert";
import { grade } from "../../src/grading/grade.ts";
import type { Case } from "./cases/case.ts";
import * as collections from "./cases/collections.ts";
import * as completions from "./cases/completions.ts";
import * as expressions from "./cases/expressions.ts";
import * as numbers from "./cases/numbers.ts";
import * as variants from "./cases/variants.ts";
import * as words from "./cases/words.ts";

const TABLES: readonly (readonly [kind: string, cases: readonly Case[]])[] = [
  ...Object.entries(numbers),
  ...Object.entries(expressions),
  ...Object.entries(collections),
  ...Object.entries(variants),
  ...Object.entries(words),
  ...Object.entries(completions),
];

for (const [kind, cases] of TABLES) {
  Deno.test(`${kind.toLowerCase().replaceAll("_", " ")} are graded as a careful reader grades them`, () => {
    const wrong = cases.filter(([gold, prediction, equal]) => {
      const verdict = grade(prediction, gold);
      return verdict.equal !== equal || verdict.graderError !== undefined;
    });
    assertEquals(wrong, []);
  });
}
