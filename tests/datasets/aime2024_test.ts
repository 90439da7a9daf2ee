import { assertEquals } from "@std/assert";
import { aime2024 } from "../../src/datasets/aime2024.ts";
import { applyErrata } from "../../src/datasets/errata.ts";
import { mirrorTest, testEvaluationSet } from "./mirror.ts";

testEvaluationSet(aime2024);

mirrorTest(aime2024, "the published answer 480 of row 22 becomes 197 in the view with errata", (rows) => {
  assertEquals([rows[22].answer, applyErrata(rows, aime2024.errata)[22].answer], ["480", "197"]);
});
