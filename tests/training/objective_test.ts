import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { check } from "../../src/files/check.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss_config.ts";
import { DEFAULT_REWARD, objectiveSchema, resolvedObjectiveSchema } from "../../src/training/objective.ts";

const OBJECTIVE = { advantage: ADVANTAGE_PRESETS.rloo, loss: LOSS_PRESETS.grpo };

Deno.test("a right answer is paid 1 where nothing else is said", () => {
  assertEquals<unknown>(check(objectiveSchema, OBJECTIVE, { root: "objective" }), OBJECTIVE);
  assertEquals(DEFAULT_REWARD, { correct: 1, extracted: 0, missing: 0 });
  const resolved = { ...OBJECTIVE, reward: DEFAULT_REWARD };
  assertEquals<unknown>(check(resolvedObjectiveSchema, resolved, { root: "objective" }), resolved);
});

const WRONG: [Record<string, unknown>, string][] = [
  [{ reward: { correct: 1 } }, "objective.reward.extracted: found nothing, expected a number"],
  [{ reward: { ...DEFAULT_REWARD, correct: NaN } }, "objective.reward.correct: found NaN"],
  [{ advantage: { kind: "rlo" } }, 'objective.advantage.kind: found "rlo"'],
  [{ advantge: ADVANTAGE_PRESETS.trl }, 'did you mean "advantage"?'],
];
for (const [change, message] of WRONG) {
  Deno.test(`an objective is refused: ${message}`, () => {
    assertThrows(() => check(objectiveSchema, { ...OBJECTIVE, ...change }, { root: "objective" }), UsageError, message);
  });
}
