import { assert, assertEquals } from "@std/assert";
import experiment from "../../benchmarks/tiny.ts";
import { paperArms } from "../../benchmarks/shared/paper.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import type { JsonObject } from "../../src/files/json.ts";
import { labelCells, resultTitle } from "../../src/summary/titles.ts";
import { exampleResult } from "../result/example.ts";

function titleOf(config: JsonObject, changes: { algorithm?: string; preset?: string | null } = {}) {
  const result = exampleResult();
  return resultTitle({
    ...result,
    experiment: { ...result.experiment, config },
    arm: { ...result.arm, ...changes },
  });
}

Deno.test("the stored title is shown, whether or not it names an author", () => {
  assertEquals(titleOf({ arms: [{ title: "SofT-GRPO, Zheng et al." }] }), "SofT-GRPO, Zheng et al.");
  assertEquals(titleOf({ arms: [{ title: "untrained" }] }, { algorithm: "base" }), "untrained");
  const own = "SofT-GRPO, advantages r - mean";
  assertEquals(titleOf({ arms: [{ title: own }] }, { algorithm: "soft-thinking-grpo" }), own);
});

Deno.test("a title of an earlier version gives way to the algorithm's", () => {
  const old = { arms: [{ title: "SofT-GRPO (paper)" }] };
  assertEquals(titleOf(old, { preset: "paper" }), "SofT-GRPO, Zheng et al. (paper)");
  assertEquals(
    titleOf({ arms: [{ title: "discrete GRPO" }] }, { algorithm: "discrete-grpo", preset: null }),
    "GRPO, Shao et al.",
  );
});

Deno.test("a result without a title has none", () => {
  assertEquals(titleOf({ published: "x" }), undefined);
  assertEquals(titleOf({ arms: ["a"] }), undefined);
  assertEquals(titleOf({ arms: [{ title: 7 }] }), undefined);
});

Deno.test("titles stand under labels, cut to the longest label but never before the author's end", () => {
  const cells = labelCells([{ label: "a", title: "soft GRPO, Butt et al. (τ 0.5)" }, { label: "b" }]);
  assertEquals(cells.map(({ text }) => text), ["a\nsoft GRPO, Butt et al. …", "b"]);
  const [wide] = labelCells([{ label: "x".repeat(40), title: "soft GRPO, Butt et al. (τ 0.5)" }]);
  assertEquals(wide.text.split("\n")[1], "soft GRPO, Butt et al. (τ 0.5)");
});

Deno.test("the titles of experiments name the authors of what they train, within the width of their labels", () => {
  for (const arms of [experiment.arms, paperArms(LOSS_PRESETS["soft-thinking-grpo-release"])]) {
    const cells = labelCells(arms);
    for (const [i, { objective }] of arms.entries()) {
      if (objective) assert(cells[i].text.includes(" et al."), cells[i].text);
    }
  }
});

Deno.test("a row that was trained on problems of its test says so beside its title, and alone where it has none", () => {
  const result = { ...exampleResult(), overlap: { trainingProblems: 6, sharedWithEvaluation: 5 } };
  const titled = { ...result.experiment, config: { arms: [{ title: "own" }] } };
  assertEquals(resultTitle({ ...result, experiment: titled }), "own; trained on 5 test problems");
  assertEquals(resultTitle(result), "trained on 5 test problems");
});
