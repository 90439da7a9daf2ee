import { leaves } from "../../fixtures/leaves.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { checkLoss, LOSS_PRESETS, type LossConfig, surrogateOf } from "../../../src/training/loss/loss_config.ts";

Deno.test("objectives survive JSON, so that a result file can hold them", () => {
  assertEquals(JSON.parse(JSON.stringify(LOSS_PRESETS)), LOSS_PRESETS);
});

type Constants = Readonly<Record<string, readonly [value: string | number | boolean, source: string]>>;

const TRL = "TRL @ f2cd577";
const VERL = "verl @ b178a3c, actor.yaml and core_algos.py";
const PAPER = "SofT-GRPO, arXiv:2511.06411v2";
const RELEASE = "zz1358m/SofT-GRPO-master @ 2b9d8ec";
const BUTT = "arXiv:2509.19170v2, appendix A";
const LEPO = "YuyanZhou/lepo @ ba2eb11, src/trainers/lepo_trainer.py";
const LEPO_TRL = "TRL 0.21, GRPOConfig, of which the released LEPO's configurations change nothing here";
const OURS = "this project's choice";

/** What the release has in all of its training scripts. */
const RELEASED: Constants = {
  "surrogate.kind": ["clipped-ratio", `${RELEASE}, verl/trainer/ppo/core_algos.py:496-513`],
  "surrogate.low": [0.2, `${RELEASE}, ppo_trainer.yaml: clip_ratio`],
  "surrogate.high": [0.2, `${RELEASE}, ppo_trainer.yaml: clip_ratio`],
  "surrogate.dual": [3, `${RELEASE}, ppo_trainer.yaml: clip_ratio_c`],
  ratioOver: ["token", `${RELEASE}, core_algos.py`],
  oldDensity: ["replayed", `${RELEASE}, ray_trainer.py:1061-1070`],
  "aggregation.kind": ["micro-batch-token-mean", `${RELEASE}, core_algos.py:434, dp_actor.py`],
  trainInputs: [false, `${RELEASE}, inputs of soft thoughts are detached`],
  "kl.estimator": ["k3", `${RELEASE}, scripts: kl_loss_type low_var_kl`],
  "kl.coefficient": [0.001, `${RELEASE}, scripts: kl_loss_coef since c56a59d; ${PAPER} table 7`],
  "kl.cap": [10, `${RELEASE}, core_algos.py:594-598`],
};

/** Every constant of every preset, and where it stands. */
const PUBLISHED: Record<keyof typeof LOSS_PRESETS, Constants> = {
  grpo: {
    "surrogate.kind": ["clipped-ratio", "arXiv:2402.03300 Eq. 3"],
    "surrogate.low": [0.2, `not in arXiv:2402.03300; ${TRL}: epsilon`],
    "surrogate.high": [0.2, `not in arXiv:2402.03300; ${TRL}: epsilon_high`],
    ratioOver: ["token", "arXiv:2402.03300 Eq. 3"],
    oldDensity: ["replayed", TRL],
    "aggregation.kind": ["sequence-mean", "arXiv:2402.03300 Eq. 3"],
    trainInputs: [true, `${TRL}: autograd`],
    "kl.estimator": ["k3", "arXiv:2402.03300 Eq. 4"],
    "kl.coefficient": [0.04, "arXiv:2402.03300 section 4.2"],
  },
  verl: {
    "surrogate.kind": ["clipped-ratio", VERL],
    "surrogate.low": [0.2, `${VERL}: clip_ratio_low; ${PAPER} table 7`],
    "surrogate.high": [0.2, `${VERL}: clip_ratio_high; ${PAPER} table 7`],
    "surrogate.dual": [3, `${VERL}: clip_ratio_c`],
    ratioOver: ["token", VERL],
    oldDensity: ["replayed", VERL],
    "aggregation.kind": ["token-mean", `${VERL}: loss_agg_mode`],
    trainInputs: [true, `${VERL}: autograd`],
    "kl.estimator": ["k3", `${VERL}: kl_loss_type low_var_kl`],
    "kl.coefficient": [0.001, `${PAPER} table 7; ${VERL}: kl_loss_coef`],
    "kl.cap": [10, `${VERL}: kl_penalty clamps low_var_kl`],
  },
  "soft-thinking-grpo-paper": {
    "surrogate.kind": ["clipped-ratio", `${PAPER} Eq. 8`],
    "surrogate.low": [0.2, `${PAPER} table 7`],
    "surrogate.high": [0.2, `${PAPER} table 7`],
    ratioOver: ["token", `${PAPER} Eq. 8`],
    oldDensity: ["drawn", `${PAPER} Eq. 11`],
    "aggregation.kind": ["sequence-mean", `${PAPER} Eq. 8`],
    trainInputs: [false, `not in ${PAPER}; as ${RELEASE}`],
    "kl.estimator": ["closed-form", `${PAPER} Eq. 8 has D_KL and no estimator`],
    "kl.coefficient": [0.001, `${PAPER} table 7`],
  },
  "soft-thinking-grpo-release": {
    ...RELEASED,
    "aggregation.completions": [2, `${RELEASE}, 8k.sh and -llama3.sh: ppo_micro_batch_size_per_gpu`],
  },
  "soft-thinking-grpo-release-7b": {
    ...RELEASED,
    "aggregation.completions": [1, `${RELEASE}, -qwen7.sh: ppo_micro_batch_size_per_gpu`],
  },
  "soft-tokens-grpo": {
    "surrogate.kind": ["log-density", `${BUTT}, Eq. 15`],
    ratioOver: ["token", `${BUTT}: there is no ratio`],
    oldDensity: ["replayed", `${BUTT}: there is no ratio`],
    "aggregation.kind": ["sequence-sum", `${BUTT}, Eq. 15`],
    trainInputs: [false, `not in arXiv:2509.19170v2; ${OURS}`],
  },
  lepo: {
    "surrogate.kind": ["clipped-ratio", LEPO],
    "surrogate.low": [0.2, `${LEPO_TRL}: epsilon`],
    "surrogate.high": [0.2, `${LEPO_TRL}: epsilon_high`],
    "thoughtSurrogate.kind": ["log-density", `${LEPO}: loss1_prefix`],
    ratioOver: ["token", `${LEPO_TRL}: importance_sampling_level`],
    oldDensity: ["replayed", LEPO],
    "aggregation.kind": ["micro-batch-token-mean", `${LEPO_TRL}: loss_type bnpo`],
    "aggregation.completions": [1, "YuyanZhou/lepo, configs/lepo/*.yaml: per_device_train_batch_size"],
    trainInputs: [false, `${LEPO}: embeddings are kept from the rollout`],
  },
  "on-policy": {
    "surrogate.kind": ["clipped-ratio", OURS],
    "surrogate.low": [0.2, `${OURS}; never acts on-policy`],
    "surrogate.high": [0.2, `${OURS}; never acts on-policy`],
    ratioOver: ["token", OURS],
    oldDensity: ["replayed", OURS],
    "aggregation.kind": ["token-mean", OURS],
    trainInputs: [false, `${OURS}: the same for all arms of the default experiment`],
  },
  gspo: {
    "surrogate.kind": ["clipped-ratio", "arXiv:2507.18071 Eq. 5"],
    "surrogate.low": [3e-4, "arXiv:2507.18071 section 5.1"],
    "surrogate.high": [4e-4, "arXiv:2507.18071 section 5.1"],
    ratioOver: ["sequence-mean", "arXiv:2507.18071 Eq. 7"],
    oldDensity: ["replayed", TRL],
    "aggregation.kind": ["sequence-mean", "arXiv:2507.18071 Eq. 5"],
    trainInputs: [true, `${TRL}: autograd`],
  },
};
for (const [name, constants] of Object.entries(PUBLISHED)) {
  Deno.test(`every constant of the loss ${name} is that of its source`, () => {
    const expected = Object.fromEntries(Object.entries(constants).map(([key, [value]]) => [key, value]));
    assertEquals(leaves(LOSS_PRESETS[name as keyof typeof LOSS_PRESETS]), expected);
  });
}

const PPO: LossConfig = LOSS_PRESETS["on-policy"];
const CLIP = { kind: "clipped-ratio", low: 0.2, high: 0.2 } as const;
const IMPOSSIBLE: [LossConfig, string][] = [
  [{ ...PPO, surrogate: { ...CLIP, low: 1.5 } }, "loss.surrogate.low: found 1.5"],
  [{ ...PPO, surrogate: { ...CLIP, high: -0.1 } }, "loss.surrogate.high: found -0.1"],
  [{ ...PPO, surrogate: { ...CLIP, dual: 1 } }, "loss.surrogate.dual: found 1,"],
  [{ ...PPO, surrogate: { kind: "cispo", cap: 0 } }, "loss.surrogate.cap: found 0"],
  [{ ...PPO, surrogate: { kind: "sapo", positive: 1, negative: NaN } }, "loss.surrogate.negative: found NaN"],
  [{ ...PPO, thoughtSurrogate: { ...CLIP, low: 2 } }, "loss.thoughtSurrogate.low: found 2"],
  [
    { ...PPO, thoughtSurrogate: { kind: "log-density" }, ratioOver: "sequence-mean" },
    'loss.ratioOver: found "sequence-mean", expected "token", as thoughts have a surrogate of their own',
  ],
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

Deno.test("thoughts have the surrogate of tokens unless they have their own", () => {
  const thoughtSurrogate = { kind: "log-density" } as const;
  const pair = (config: Parameters<typeof surrogateOf>[0]) => [
    surrogateOf(config, "thought"),
    surrogateOf(config, "token"),
  ];
  assertEquals(pair({ surrogate: CLIP }), [CLIP, CLIP]);
  assertEquals(pair({ surrogate: CLIP, thoughtSurrogate }), [thoughtSurrogate, CLIP]);
});
