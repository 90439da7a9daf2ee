/**
 * Whether softness itself helps: SofT-GRPO's paper score at τ_g from 0.001, where every thought is one token, to 3, where
 * mixtures are flat; accuracy beside the softness that was measured.
 *
 * The untrained model is decoded at each τ_g, and every trained one as it was trained and under the matched decoding.
 *
 * 5 trained arms, 16 evaluations: at 45 and 12 lane-seconds a seed, three seeds and two lanes, about 11 minutes.
 *
 * @module
 */
import type { DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ablation, SOURCES, trained, untrained } from "../shared/ablation.ts";
import { DECODINGS } from "../tiny.ts";

const { algorithm: PAPER, answers } = DECODINGS.paper;

/** τ_g; 0.001 is the control whose mixtures are single tokens, 0.1 the paper's. */
const TEMPERATURES = [0.001, 0.1, 0.3, 1, 3];

function decodingOf(temperature: number): DecodingConfig {
  const algorithm = { ...PAPER, perturbation: { ...PAPER.perturbation, temperature } };
  return { decoding: `gumbel-${temperature}`, algorithm, answers };
}

/** @see file header */
const experiment: ExperimentConfig = ablation("softness", "SofT-GRPO (paper) from single tokens to flat mixtures", [
  untrained(...TEMPERATURES.map(decodingOf)),
  ...TEMPERATURES.map((temperature) =>
    trained(
      `tau-${temperature}`,
      `SofT-GRPO, Zheng et al., the paper's score, τ_g ${temperature}`,
      decodingOf(temperature),
    )
  ),
]);

export default experiment;

/** What papers say of mixtures against single tokens. */
export const claims: readonly Claim[] = [
  {
    id: "softness-in-training-pass-at-32",
    claim: "Training on mixtures, not on single tokens, is what raises Pass@32.",
    source: `${SOURCES.softThinkingGrpo}, abstract and Table 1`,
    printed: "Pass@32, SofT-GRPO over discrete GRPO, mean of three models: +2.2",
    arm: "tau-0.1.matched",
    reference: "tau-0.001.matched",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "softness-own-pass-at-32",
    claim: "Trained and decoded softly, a model solves more problems in 32 tries than trained and decoded in tokens.",
    source: `${SOURCES.softThinkingGrpo}, Table 1`,
    printed: "Pass@32: +2.2",
    arm: "tau-0.1.gumbel-0.1",
    reference: "tau-0.001.gumbel-0.001",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "softness-own-pass-at-1",
    claim: "Trained and decoded softly, a model is right a little more often than trained and decoded in tokens.",
    source: `${SOURCES.softThinkingGrpo}, Table 1`,
    printed: "Pass@1: +0.1",
    arm: "tau-0.1.gumbel-0.1",
    reference: "tau-0.001.gumbel-0.001",
    metric: "Pass@1",
    direction: "more",
  },
  ...[0.3, 1, 3].map((temperature): Claim => ({
    id: `cool-over-${temperature}`,
    claim: `Mixtures warmer than τ_g 0.1 train to fewer right answers: τ_g ${temperature}.`,
    source: `${SOURCES.softThinkingGrpo}, Figure 3c`,
    printed: "training reward at the end, τ_g 0.1 against 0.25: 0.465 against 0.324",
    arm: "tau-0.1.gumbel-0.1",
    reference: `tau-${temperature}.gumbel-${temperature}`,
    metric: "Pass@1",
    direction: "more",
  })),
  {
    id: "untrained-noisy-mixtures",
    claim: "Untrained, mixtures with Gumbel noise are right more often than tokens.",
    source: "Stochastic Soft Thinking, arXiv:2508.03440v4, run again by Multiplex Thinking, arXiv:2601.08808",
    printed: "Pass@1 at τ 0.5, 7B: 76.5 against 71.6 on MATH-500, 20.3 against 15.7 on AIME24",
    arm: "base.gumbel-0.3",
    reference: "base.matched",
    metric: "Pass@1",
    direction: "more",
  },
];
