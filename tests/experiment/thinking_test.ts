import { assertEquals, assertThrows } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { UsageError } from "../../src/errors.ts";
import { checkExperiment, type ExperimentConfig } from "../../src/experiment/config.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { fitsThinking, resolvedThinkingSchema, type ThinkingConfig } from "../../src/experiment/thinking.ts";
import { check } from "../../src/files/check.ts";

Deno.test("the least number of thoughts is at most the largest; either may be absent", () => {
  assertEquals(fitsThinking({}), true);
  assertEquals(fitsThinking({ minThoughts: 7 }), true);
  assertEquals(fitsThinking({ maxThoughts: 0 }), true);
  assertEquals(fitsThinking({ minThoughts: 7, maxThoughts: 7 }), true);
  assertEquals(fitsThinking({ minThoughts: 8, maxThoughts: 7 }), false);
});

const END = "</think>";
const [first, ...others] = tiny.arms;
const withThinking = (thinking: ThinkingConfig, shared: ThinkingConfig): ExperimentConfig => ({
  ...tiny,
  thinking: shared,
  arms: [{ ...first, thinking }, ...others],
});

Deno.test("an experiment is refused where more thoughts are asked for than are allowed, at the key that asks", () => {
  const refused = (config: ExperimentConfig, message: string) =>
    assertThrows(() => checkExperiment(config), UsageError, message);
  refused(
    { ...tiny, thinking: { end: END, minThoughts: 3, maxThoughts: 2 } },
    "thinking.minThoughts of experiment tiny: found 3, expected at most maxThoughts, 2",
  );
  // Key by key: one of the two may be the experiment's.
  refused(
    withThinking({ end: END, minThoughts: 3 }, { end: END, maxThoughts: 2 }),
    "arms[0].thinking.minThoughts of experiment tiny, arm base: found 3, expected at most maxThoughts, 2",
  );
  refused(
    withThinking({ end: END, maxThoughts: 2 }, { end: END, minThoughts: 3 }),
    "arms[0].thinking.maxThoughts of experiment tiny, arm base: found 2, expected at least minThoughts, 3",
  );
  const thinking = { end: END, minThoughts: 3, maxThoughts: 2 };
  refused({ ...tiny, matched: { ...tiny.matched!, thinking } }, "matched.thinking.minThoughts of experiment tiny");
  const evaluations = [tiny.matched!, { ...tiny.matched!, decoding: "long", thinking }];
  refused(
    { ...tiny, arms: [{ ...first, evaluations }, ...others] },
    "arms[0].evaluations[1].thinking.minThoughts of experiment tiny, arm base",
  );
});

Deno.test("a thinking of fixed length is resolved as it was written; other experiments keep their configuration", () => {
  const fixed = { end: END, minThoughts: 5, maxThoughts: 5, atMaximum: "go-on" } as const;
  const { arms } = resolveExperiment(withThinking(fixed, tiny.thinking));
  assertEquals(arms[0].thinking, { ...fixed, endRule: "sequence", endIsDrawn: true, afterEnd: "" });
  assertEquals(Object.keys(arms[1].thinking), ["endRule", "endIsDrawn", "afterEnd", "end"]);
});

Deno.test("a stored thinking is refused likewise", () => {
  const stored = { end: END, endRule: "sequence", endIsDrawn: true, afterEnd: "", minThoughts: 3, maxThoughts: 2 };
  assertThrows(
    () => check(resolvedThinkingSchema, stored, { root: "thinking" }),
    UsageError,
    "thinking.minThoughts: found 3, expected at most maxThoughts",
  );
});
