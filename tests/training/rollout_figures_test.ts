import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { CompletionStep } from "../../src/rollout/completion.ts";
import type { PaidCompletion, PaidGroup } from "../../src/training/paid_group.ts";
import { rolloutFigures } from "../../src/training/rollout_figures.ts";

const THOUGHT = {
  kind: "thought",
  action: { token: 3, input: { ids: Int32Array.of(3), weights: Float32Array.of(1) } },
} as unknown as CompletionStep;
const TOKEN: CompletionStep = { kind: "token", token: 4 };
const FORCED: CompletionStep = { kind: "forced", token: 5 };

function paid(
  steps: readonly CompletionStep[],
  reward: number | undefined,
  { equal = false, excluded = false, cut = false } = {},
): PaidCompletion {
  return {
    completion: { steps, finish: cut ? "length" : "stop" },
    verdict: { equal, reason: equal ? "same-value" : "different" },
    ...(reward !== undefined && { reward }),
    excluded,
  };
}

const group = (...completions: PaidCompletion[]): PaidGroup => ({
  problem: { id: "p", question: "", answer: "" },
  prompt: Int32Array.of(1),
  completions,
});

/** Rewards 0 for right and -1 for wrong: their best is nothing to divide by. */
const MIXED = group(
  paid([THOUGHT, THOUGHT, FORCED, TOKEN], 0, { equal: true }),
  paid([THOUGHT, TOKEN], -1),
  paid([THOUGHT, THOUGHT, THOUGHT, TOKEN, TOKEN], undefined, { excluded: true, cut: true }),
);
const EQUAL = group(paid([TOKEN], -1), paid([TOKEN, TOKEN], -1));

Deno.test("figures are means over completions, rewards over those that have one", () => {
  assertEquals(rolloutFigures({ first: [MIXED, EQUAL], groups: [MIXED, EQUAL], redraws: 0 }), {
    reward: -3 / 4,
    correct: 1 / 4,
    tokens: 14 / 5,
    thoughtTokens: 6 / 5,
    answerTokens: 8 / 5,
    topWeight: 1,
    truncated: 1 / 5,
    equalGroups: 1 / 2,
    excluded: 1 / 5,
  });
});

Deno.test("what was drawn again is counted where the training asks for it, and does not touch what the policy did", () => {
  const again = group(paid([TOKEN], 0, { equal: true }), paid([TOKEN], -1));
  const drawn = { first: [MIXED, EQUAL, EQUAL], groups: [MIXED, again], redraws: 5 };
  const figures = rolloutFigures(drawn, { draws: 4, then: "leave-out" });
  assertEquals([figures.reward, figures.equalGroups], [-5 / 6, 2 / 3]);
  assertEquals([figures.redrawnGroups, figures.leftOutGroups, figures.excluded], [5 / 3, 1 / 3, 1 / 5]);
});

Deno.test("where every group is left out there is no share of what the update takes", () => {
  const figures = rolloutFigures({ first: [EQUAL], groups: [], redraws: 2 }, { draws: 2, then: "leave-out" });
  assertEquals("excluded" in figures, false);
  assertAlmostEquals(figures.leftOutGroups!, 1, 0);
});
