import { assertEquals } from "@std/assert";
import { gsm8k, gsm8kTrain } from "../../src/datasets/gsm8k.ts";
import { dataset } from "../../src/datasets/dataset.ts";
import { findLeaks } from "../../src/datasets/leak_check.ts";
import { mirrorTest, testEvaluationSet } from "./mirror.ts";

testEvaluationSet(gsm8k);

mirrorTest(gsm8k, "14 answers carry thousands commas, the others are plain integers", (rows) => {
  assertEquals(rows.filter(({ answer }) => answer.includes(",")).length, 14);
  assertEquals(rows.filter(({ answer }) => !/^-?[\d,]+$/.test(answer)), []);
});

mirrorTest(gsm8kTrain, "no question repeats, and 79 answers carry thousands commas", (rows) => {
  const facts = { name: "train", version: "", licence: "", source: "" };
  assertEquals(findLeaks(rows, [dataset({ ...facts, problems: rows })]).sharedWithEvaluation, rows.length);
  assertEquals(new Set(rows.map(({ question }) => question)).size, rows.length);
  assertEquals(rows.filter(({ answer }) => answer.includes(",")).length, 79);
});
