import { assertEquals } from "@std/assert";
import { OBJECTIVE_PRESETS } from "../../src/loss/objective.ts";

Deno.test("objectives survive JSON, so that a result file can hold them", () => {
  assertEquals(JSON.parse(JSON.stringify(OBJECTIVE_PRESETS)), OBJECTIVE_PRESETS);
});

Deno.test("paper and release of SofT-GRPO differ in the rows of its table, and in nothing else", () => {
  const paper = OBJECTIVE_PRESETS["soft-thinking-grpo-paper"];
  const release = OBJECTIVE_PRESETS["soft-thinking-grpo-release"];
  assertEquals({ ...release.surrogate, dual: undefined }, { ...paper.surrogate, dual: undefined });
  assertEquals(release.kl.coefficient, paper.kl.coefficient);
  assertEquals(release.ratioOver, paper.ratioOver);
});
