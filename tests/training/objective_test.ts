import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { check } from "../../src/files/check.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss_config.ts";
import {
  DEFAULT_REWARD,
  objectiveSchema,
  requireObjectiveFits,
  resolvedObjectiveSchema,
  resolveObjective,
} from "../../src/training/objective.ts";

const OBJECTIVE = { advantage: ADVANTAGE_PRESETS.rloo, loss: LOSS_PRESETS.grpo };

Deno.test("a right answer is paid 1 where nothing else is said", () => {
  assertEquals<unknown>(check(objectiveSchema, OBJECTIVE, { root: "objective" }), OBJECTIVE);
  assertEquals(DEFAULT_REWARD, { correct: 1, extracted: 0, missing: 0 });
  const resolved = { ...OBJECTIVE, reward: DEFAULT_REWARD };
  assertEquals<unknown>(check(resolvedObjectiveSchema, resolved, { root: "objective" }), resolved);
});

Deno.test("an objective may name a grader of its own, which is whole where it runs", () => {
  const written = { ...OBJECTIVE, grader: { name: "release-string" } } as const;
  assertEquals(check(objectiveSchema, written, { root: "objective" }).grader, { name: "release-string" });
  const resolved = resolveObjective(written);
  assertEquals<unknown>(resolved.grader, { name: "release-string", boxed: false });
  assertEquals<unknown>(check(resolvedObjectiveSchema, resolved, { root: "objective" }), resolved);
  assertEquals(resolveObjective(OBJECTIVE), { ...OBJECTIVE, reward: DEFAULT_REWARD });
});

Deno.test("what a run has no room for is refused", () => {
  const overlong = { buffer: 7, penalty: 1 };
  requireObjectiveFits({ ...OBJECTIVE, overlong }, { groupSize: 3, maxNewTokens: 7 });
  assertThrows(
    () => requireObjectiveFits({ ...OBJECTIVE, overlong }, { groupSize: 3, maxNewTokens: 5 }),
    UsageError,
    "overlong.buffer: found 7, expected at most the 5 new tokens",
  );
  const advantage = ADVANTAGE_PRESETS["pass-at-4"];
  requireObjectiveFits({ ...OBJECTIVE, advantage }, { groupSize: 4, maxNewTokens: 5 });
  assertThrows(
    () => requireObjectiveFits({ ...OBJECTIVE, advantage }, { groupSize: 3, maxNewTokens: 5 }),
    UsageError,
    "advantage.k: found 4, expected at most the 3 completions",
  );
});

const PASS = ADVANTAGE_PRESETS["pass-at-4"];
const WRONG: [Record<string, unknown>, string][] = [
  [{ reward: { correct: 1 } }, "objective.reward.extracted: found nothing, expected a number"],
  [{ reward: { ...DEFAULT_REWARD, correct: NaN } }, "objective.reward.correct: found NaN"],
  [{ advantage: { kind: "rlo" } }, 'objective.advantage.kind: found "rlo"'],
  [{ overlong: { buffer: 0, penalty: 1 } }, "objective.overlong.buffer: found 0"],
  [{ overlong: { buffer: 1, penalty: 0 } }, "objective.overlong.penalty: found 0, expected a number above 0"],
  [{ maskTruncated: "yes" }, 'objective.maskTruncated: found "yes"'],
  [{ grader: { name: "symbolic", box: true } }, 'did you mean "boxed"?'],
  [{ advantage: { ...PASS, k: 0 } }, "objective.advantage.k: found 0, expected an integer of at least 1"],
  [
    { advantage: PASS, reward: { correct: 100, extracted: 10, missing: 0 } },
    "objective.reward.extracted: found 10, expected 0, as missing: pass-at-k knows right and wrong alone",
  ],
  [{ advantage: PASS, overlong: { buffer: 3, penalty: 1 } }, "objective.overlong: found"],
  [{ advantge: ADVANTAGE_PRESETS.trl }, 'did you mean "advantage"?'],
];
for (const [change, message] of WRONG) {
  Deno.test(`an objective is refused: ${message}`, () => {
    assertThrows(() => check(objectiveSchema, { ...OBJECTIVE, ...change }, { root: "objective" }), UsageError, message);
  });
}
