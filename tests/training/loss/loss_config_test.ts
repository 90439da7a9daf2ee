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
  [{ ...PPO, surrogate: { ...CLIP, low: 1.5 } }, "loss.surrogate.low: found 1.5"],
  [{ ...PPO, surrogate: { ...CLIP, high: -0.1 } }, "loss.surrogate.high: found -0.1"],
  [{ ...PPO, surrogate: { ...CLIP, dual: 1 } }, "loss.surrogate.dual: found 1,"],
  [{ ...PPO, surrogate: { kind: "cispo", cap: 0 } }, "loss.surrogate.cap: found 0"],
  [{ ...PPO, surrogate: { kind: "sapo", positive: 1, negative: NaN } }, "loss.surrogate.negative: found NaN"],
  [{ ...PPO, entropyBonus: -0.1 }, "loss.entropyBonus: found -0.1"],
  [{ ...PPO, kl: { estimator: "k3", coefficient: -1 } }, "loss.kl.coefficient: found -1"],
  [{ ...PPO, kl: { estimator: "k3", coefficient: 1, cap: 0 } }, "loss.kl.cap: found 0"],
  [
    { ...PPO, kl: { estimator: "k1", coefficient: 1 } },
    'loss.kl.estimator: found "k1", expected "k2", or `timesRatio` true beside it, as the expected gradient of k1 alone ' +
    "is exactly 0",
  ],
  [{ ...PPO, kl: { estimator: "k1", timesRatio: false, coefficient: 1 } }, 'loss.kl.estimator: found "k1"'],
];
for (const [objective, found] of IMPOSSIBLE) {
  Deno.test(`a loss is refused: ${found}`, () => {
    assertThrows(() => checkLoss(objective), UsageError, found);
  });
}

Deno.test("k1 times the ratio is possible", () => {
  checkLoss({ ...PPO, kl: { estimator: "k1", timesRatio: true, coefficient: 1 } });
});

Deno.test("every preset is possible", () => Object.values<LossConfig>(LOSS_PRESETS).forEach(checkLoss));
