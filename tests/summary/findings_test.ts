import { assertEquals } from "@std/assert";
import type { Difference } from "../../src/summary/differences.ts";
import { findings } from "../../src/summary/findings.ts";
import { summarize } from "../../src/summary/summary.ts";
import { madeUpResults } from "../report/made_up_results.ts";

const [summary] = summarize(madeUpResults({ seeds: [1] }));

function withDifferences(...own: [value: number, certainty: Difference["certainty"]][]) {
  const metrics = ["Pass@1", "Pass@11", "majority@11"];
  const differences = own.map(([value, certainty], i) => ({
    ...summary.differences[0],
    arm: "discrete-grpo",
    reference: "base-discrete",
    metric: { kind: "pass" as const, k: 1, name: metrics[i] },
    value,
    certainty,
  }));
  return findings({ ...summary, differences })[0];
}

Deno.test("a pair of arms is one sentence, sure things first", () => {
  const { direction, verdict } = withDifferences([0.12, "clear"], [0.01, "none"], [0.07, "these-models"]);
  assertEquals(direction, "up");
  assertEquals(
    verdict,
    "better in Pass@1 (+12.0); as trained here better in majority@11 (+7.0); not distinguishable in Pass@11 (+1.0).",
  );
});

Deno.test("the direction is that of what is sure", () => {
  assertEquals(withDifferences([0.1, "none"], [-0.1, "none"]).direction, "same");
  assertEquals(withDifferences([-0.1, "clear"], [0.1, "none"]).direction, "down");
  assertEquals(withDifferences([-0.1, "clear"], [0.1, "these-models"]).direction, "mixed");
});

Deno.test("what training gained comes first, untrained arms last", () => {
  const pairs = findings(summary).map(({ arm, reference }) => `${arm}/${reference}`);
  assertEquals(pairs[0], "discrete-grpo/base-discrete");
  assertEquals(pairs.at(-1), "base-soft-thinking/base-discrete");
});
