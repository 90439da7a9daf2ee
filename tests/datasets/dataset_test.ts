import { assertEquals } from "@std/assert";
import { dataset } from "../../src/datasets/dataset.ts";
import { rowsSha256 } from "../../src/datasets/problem.ts";

Deno.test("a dataset carries the hash of its rows", () => {
  const problems = [{ id: "a", question: "1+1", answer: "2" }];
  const { sha256, name } = dataset({ name: "mine", version: "1", licence: "none", source: "here", problems });
  assertEquals([name, sha256], ["mine", rowsSha256(problems)]);
});
