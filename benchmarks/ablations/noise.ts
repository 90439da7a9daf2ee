/**
 * Which noise makes mixtures trainable: SofT-GRPO's Gumbel noise against the two that its paper tried, Dirichlet and
 * Gaussian, and none (Figure 3a, Table 5).
 *
 * Gumbel noise runs with the paper's score and with the released code's. The released code has the other two with a
 * fault of their own: training feeds another mixture than the rollout fed, and answers are the argmax of the draws. They
 * run as released and mended (the mixture of the rollout, answers sampled), so that what the fault does is not taken for
 * what the noise does. The released code knows no α but 1: α 4, which the figure shows, runs mended alone. Without noise
 * nothing is drawn, so that nothing can be trained: the base alone is decoded so.
 *
 * 8 trained arms, 21 evaluations: at 45 and 12 lane-seconds a seed, three seeds and two lanes, about 15 minutes.
 *
 * @module
 */
import { ALGORITHM_PRESETS } from "../../src/algorithms/registry.ts";
import type { SoftThinkingGrpoConfig } from "../../src/algorithms/soft_thinking_grpo.ts";
import type { DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ablation, DISCRETE_GRPO, SOURCES, trained, untrained } from "../shared/ablation.ts";
import { DECODINGS } from "../tiny.ts";

const {
  "dirichlet-release": DIRICHLET_RELEASE,
  "gaussian-release": GAUSSIAN_RELEASE,
  "dirichlet-matched": DIRICHLET,
  "gaussian-matched": GAUSSIAN,
} = ALGORITHM_PRESETS["soft-thinking-grpo"];

/** As released: answers are the argmax of the draws. */
function released(decoding: string, algorithm: SoftThinkingGrpoConfig): DecodingConfig {
  const { filter, perturbation } = algorithm;
  return { decoding, algorithm, answers: { rule: "argmax-noised", filter, perturbation } };
}

function mended(decoding: string, algorithm: SoftThinkingGrpoConfig): DecodingConfig {
  return { decoding, algorithm, answers: { rule: "sample", filter: algorithm.filter } };
}

const dirichlet1 = mended("dirichlet-1-mixtures", DIRICHLET);
const dirichlet4 = mended("dirichlet-4-mixtures", {
  ...DIRICHLET,
  perturbation: { kind: "dirichlet", concentration: 4 },
});
const gaussian = mended("gaussian-mixtures", GAUSSIAN);

/** @see file header */
const experiment: ExperimentConfig = ablation(
  "noise",
  "mixtures under Gumbel, Dirichlet and Gaussian noise, and none",
  [
    untrained(DECODINGS.noiseless, DECODINGS.paper, dirichlet1, dirichlet4, gaussian),
    DISCRETE_GRPO,
    trained("gumbel", "SofT-GRPO, Zheng et al., the paper's score", DECODINGS.paper),
    trained("gumbel-release", "SofT-GRPO, Zheng et al., the released code's score", DECODINGS.release),
    trained("dirichlet-1", "SofT-GRPO's score under Dirichlet noise α 1, mended", dirichlet1),
    trained("dirichlet-4", "SofT-GRPO's score under Dirichlet noise α 4, mended", dirichlet4),
    trained("gaussian", "SofT-GRPO's score under Gaussian noise, mended", gaussian),
    trained(
      "dirichlet-1-release",
      "SofT-GRPO's score under Dirichlet noise α 1, as released",
      released("dirichlet-1-as-released", DIRICHLET_RELEASE),
    ),
    trained(
      "gaussian-release",
      "SofT-GRPO's score under Gaussian noise, as released",
      released("gaussian-as-released", GAUSSIAN_RELEASE),
    ),
  ],
);

export default experiment;

const TABLE = `${SOURCES.softThinkingGrpo}, Table 5`;
const FIGURE = `${SOURCES.softThinkingGrpo}, Figure 3a`;
const RELEASED_GUMBEL = "gumbel-release.soft-thinking-release";

/** What Figure 3a and Table 5 say. */
export const claims: readonly Claim[] = [
  {
    id: "gumbel-over-dirichlet-release",
    claim: "As released, training under Gumbel noise reaches more right answers than under Dirichlet noise.",
    source: TABLE,
    printed: "Pass@1, mean of five sets, 1.5B: 61.4 against 56.8",
    arm: RELEASED_GUMBEL,
    reference: "dirichlet-1-release.dirichlet-1-as-released",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "gumbel-over-gaussian-release",
    claim: "As released, training under Gumbel noise reaches more right answers than under Gaussian noise.",
    source: TABLE,
    printed: "Pass@1: 61.4 against 53.8",
    arm: RELEASED_GUMBEL,
    reference: "gaussian-release.gaussian-as-released",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "gumbel-over-gaussian-pass-at-32",
    claim: "As released, training under Gumbel noise also solves more problems in 32 tries than under Gaussian noise.",
    source: TABLE,
    printed: "Pass@32: 85.2 against 81.2",
    arm: RELEASED_GUMBEL,
    reference: "gaussian-release.gaussian-as-released",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "gumbel-over-dirichlet-4",
    claim: "Gumbel noise trains on where Dirichlet noise with α 4 falls back, also without the released input fault.",
    source: FIGURE,
    printed: "training reward at the end of the released curves: 0.465 against 0.271",
    arm: "gumbel.soft-thinking",
    reference: "dirichlet-4.dirichlet-4-mixtures",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "gumbel-over-dirichlet-1",
    claim: "Gumbel noise is ahead of Dirichlet noise with α 1, also without the released input fault.",
    source: FIGURE,
    printed: "training reward at step 400: 0.481 against 0.435",
    arm: "gumbel.soft-thinking",
    reference: "dirichlet-1.dirichlet-1-mixtures",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "gumbel-over-gaussian",
    claim: "Gumbel noise is ahead of Gaussian noise, also without the released input fault.",
    source: FIGURE,
    printed: "training reward at step 400: 0.481 against 0.423",
    arm: "gumbel.soft-thinking",
    reference: "gaussian.gaussian-mixtures",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "noise-over-none",
    claim: "Without noise every sample thinks alike; Gumbel noise makes 32 tries worth more than one.",
    source: `${SOURCES.softThinkingGrpo}, Eqs. 3 and 4`,
    arm: "base.soft-thinking",
    reference: "base.soft-thinking-noiseless",
    metric: "Pass@32",
    direction: "more",
  },
];
