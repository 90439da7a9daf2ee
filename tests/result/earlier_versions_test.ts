import { assertEquals } from "@std/assert";
import { compare } from "../../src/compare/compare.ts";
import { presentNames } from "../../src/result/earlier_versions.ts";
import { readResult } from "../../src/result/store.ts";
import { exampleResult } from "./example.ts";

const OLD = "tests/fixtures/earlier_results/v1/2026-11-24-tiny-soft-grpo-fuzzy-s1-e8bb7dd1.json";

function renamed(algorithm: string, label: string): [string, string] {
  const result = exampleResult();
  const { arm } = presentNames({ ...result, arm: { ...result.arm, algorithm, label } });
  return [arm.algorithm, arm.label];
}

Deno.test("an earlier algorithm has today's name, and its label where that began with the name", () => {
  assertEquals(renamed("soft-grpo", "soft-grpo"), ["soft-tokens-grpo", "soft-tokens-grpo"]);
  assertEquals(renamed("soft-grpo", "soft-grpo.discrete"), ["soft-tokens-grpo", "soft-tokens-grpo.discrete"]);
  assertEquals(renamed("soft-grpo", "soft-grpo2"), ["soft-tokens-grpo", "soft-grpo2"]);
  assertEquals(renamed("soft-grpo", "mine"), ["soft-tokens-grpo", "mine"]);
  assertEquals(renamed("soft-thinking-grpo", "soft-grpo"), ["soft-thinking-grpo", "soft-grpo"]);
});

Deno.test("what others published keeps its names", () => {
  const result = exampleResult({ status: "imported", source: "x" });
  const imported = { ...result, arm: { ...result.arm, algorithm: "soft-grpo", label: "soft-grpo" } };
  assertEquals(presentNames(imported), imported);
});

Deno.test("a committed result of an earlier version is read under today's names, and aligns with a new one", () => {
  const old = readResult(OLD);
  assertEquals(old.arm.label, "soft-tokens-grpo-fuzzy");
  assertEquals(old.arm.algorithm, "soft-tokens-grpo");
  const other = { path: "other.json", result: readResult(OLD.replace("fuzzy-s1-e8bb7dd1", "s1-ab1cc404")) };
  const today = { ...old, arm: { ...old.arm, label: "soft-tokens-grpo-fuzzy" } };
  const { verdict, reason } = compare([{ path: OLD, result: old }, other], [
    { path: "new.json", result: today },
    other,
  ]);
  assertEquals([verdict, reason], ["ok", "every count is the same on both sides"]);
});
