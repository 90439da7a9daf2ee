import { assertEquals } from "@std/assert";
import { grade } from "../../src/grading/grade.ts";
import type { AskedCase, Case } from "./cases/case.ts";
import * as collections from "./cases/collections.ts";
import * as complaints from "./cases/complaints.ts";
import * as completions from "./cases/completions.ts";
import * as expressions from "./cases/expressions.ts";
import * as mixed from "./cases/mixed.ts";
import * as numbers from "./cases/numbers.ts";
import * as statements from "./cases/statements.ts";
import * as variants from "./cases/variants.ts";
import * as words from "./cases/words.ts";

const TABLES: readonly (readonly [kind: string, cases: readonly (Case | AskedCase)[]])[] = [
  ...Object.entries(numbers),
  ...Object.entries(expressions),
  ...Object.entries(collections),
  ...Object.entries(variants),
  ...Object.entries(words),
  ...Object.entries(completions),
  ...Object.entries(statements),
  ...Object.entries(complaints),
  ...Object.entries(mixed),
];

for (const [kind, cases] of TABLES) {
  Deno.test(`${kind.toLowerCase().replaceAll("_", " ")} are graded as a careful reader grades them`, () => {
    const wrong = cases.filter(([gold, prediction, equal, question]) => {
      const verdict = grade(prediction, gold, question === undefined ? {} : { question });
      return verdict.equal !== equal || verdict.graderError !== undefined;
    });
    assertEquals(wrong, []);
  });
}
