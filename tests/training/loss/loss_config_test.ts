import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { checkLoss, LOSS_PRESETS, type LossConfig } from "../../../src/training/loss/loss_config.ts";

Deno.test("objectives survive JSON, so that a result file can hold them", () => {
  assertEquals(JSON.parse(JSON.stringify(LOSS_PRESETS)), LOSS_PRESETS);
});

Deno.test("paper and release of SofT-GRPO differ in the rows of its table, and in nothing else", () => {
  const paper = LOSS_PRESETS["soft-thinking-grpo-paper"];
  const release = LOSS_PRESETS["soft-thinking-grpo-release"];
  assertEquals({ ...release.surrogate, dual: undefined }, { ...paper.surrogate, dual: undefined });
  assertEquals(release.kl.coefficient, paper.kl.coefficient);
  assertEquals(release.ratioOver, paper.ratioOver);
});

const PPO: LossConfig = LOSS_PRESETS["on-policy"];
const CLIP = { kind: "clipped-ratio", low: 0.2, high: 0.2 } as const;
const IMPOSSIBLE: [LossConfig, string][] = [
  [{ ...PPO, surrogate: { ...CLIP, low: 1.5 } }, "lower clip of 1.5"],
  [{ ...PPO, surrogate: { ...CLIP, high: -0.1 } }, "upper clip of -0.1"],
  [{ ...PPO, surrogate: { ...CLIP, dual: 1 } }, "dual clip of 1"],
  [{ ...PPO, surrogate: { kind: "cispo", cap: 0 } }, "weight cap of 0"],
  [{ ...PPO, surrogate: { kind: "sapo", positive: 1, negative: NaN } }, "temperature of NaN"],
  [{ ...PPO, kl: { estimator: "k3", coefficient: -1 } }, "KL coefficient of -1"],
  [{ ...PPO, kl: { estimator: "k3", coefficient: 1, cap: 0 } }, "KL cap of 0"],
];
for (const [objective, found] of IMPOSSIBLE) {
  Deno.test(`an objective with a ${found} is refused`, () => {
    assertThrows(() => checkLoss(objective), UsageError, found);
  });
}

Deno.test("every preset is possible", () => Object.values<LossConfig>(LOSS_PRESETS).forEach(checkLoss));
