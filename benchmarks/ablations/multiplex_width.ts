/**
 * How many tokens a thought of Multiplex Thinking should draw: K 1, 2, 3 and 6 under the released code's weights, K 3 also
 * under equal ones, beside discrete GRPO, which K 1 is byte for byte.
 *
 * Nothing is filtered, as in the paper. It answers at temperature 0.6 under top-p 0.95 after thoughts at temperature 1:
 * that is a decoding of its own here, so that what the answers' law does is not taken for what K does.
 *
 * 6 trained arms, 20 evaluations: at 45 and 12 lane-seconds a seed, three seeds and two lanes, about 13 minutes.
 *
 * @module
 */
import { ALGORITHM_PRESETS } from "../../src/algorithms/registry.ts";
import type { MultiplexGrpoConfig } from "../../src/algorithms/multiplex_grpo.ts";
import type { ArmConfig, DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ablation, SOURCES, trained, untrained } from "../shared/ablation.ts";
import { DECODINGS } from "../tiny.ts";

const { release: RELEASE, mean: MEAN } = ALGORITHM_PRESETS["multiplex-grpo"];

/** K of the paper's main runs. */
const PAPER_WIDTH = 3;
const WIDTHS = [1, 2, PAPER_WIDTH, 6];

/** Answers as the paper evaluates. */
const PAPER_ANSWERS = { rule: "sample", filter: { temperature: 0.6, topP: 0.95 } } as const;

function decodingOf(decoding: string, algorithm: MultiplexGrpoConfig): DecodingConfig {
  return { decoding, algorithm, answers: { rule: "sample", filter: algorithm.filter } };
}

const width = (draws: number) => decodingOf(`multiplex-${draws}`, { ...RELEASE, draws });
const asEvaluated: DecodingConfig = {
  ...width(PAPER_WIDTH),
  decoding: `multiplex-${PAPER_WIDTH}-paper-answers`,
  answers: PAPER_ANSWERS,
};
const tokensAsEvaluated: DecodingConfig = {
  ...DECODINGS.unfiltered,
  decoding: "tokens-unfiltered-paper-answers",
  answers: PAPER_ANSWERS,
};

function multiplex(draws: number): ArmConfig {
  const own = width(draws);
  const arm = trained(`multiplex-${draws}`, `Multiplex Thinking, Tang et al., K ${draws}`, own);
  return draws === PAPER_WIDTH ? { ...arm, evaluations: [own, asEvaluated] } : arm;
}

/** @see file header */
const experiment: ExperimentConfig = ablation("multiplex-width", "Multiplex Thinking by the number of tokens drawn", [
  untrained(DECODINGS.unfiltered, width(2), width(PAPER_WIDTH), width(6), asEvaluated),
  {
    ...trained("discrete-grpo-unfiltered", "GRPO, Shao et al.", DECODINGS.unfiltered),
    evaluations: [DECODINGS.unfiltered, tokensAsEvaluated],
  },
  ...WIDTHS.map(multiplex),
  trained("multiplex-mean", "Multiplex Thinking, Tang et al., K 3, equal weights", decodingOf("multiplex-mean", MEAN)),
]);

export default experiment;

const source = `${SOURCES.multiplex}, results by width`;

/** What the paper says of K, of its weights, and of Multiplex against discrete training. */
export const claims: readonly Claim[] = [
  ...[2, PAPER_WIDTH, 6].map((draws): Claim => ({
    id: `width-${draws}-over-1`,
    claim: `Drawing several tokens a thought gives more Pass@1 than drawing one: K ${draws}.`,
    source,
    arm: `multiplex-${draws}.multiplex-${draws}`,
    reference: "multiplex-1.multiplex-1",
    metric: "Pass@1",
    direction: "more",
  })),
  {
    id: "width-6-over-3",
    claim: "From K 3 on, more draws add little, but add.",
    source,
    arm: "multiplex-6.multiplex-6",
    reference: "multiplex-3.multiplex-3",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "over-discrete-as-evaluated",
    claim: "Both answering at temperature 0.6, Multiplex Thinking has more Pass@1 than discrete GRPO.",
    source: `${SOURCES.multiplex}, Table 1`,
    printed: "AIME24 10.5 to 11.8, MATH-500 66.7 to 67.5 (1.5B); 17.2 to 20.6, 74.1 to 78.0 (7B)",
    arm: "multiplex-3.multiplex-3-paper-answers",
    reference: "discrete-grpo-unfiltered.tokens-unfiltered-paper-answers",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "over-discrete-pass-at-32",
    claim: "Multiplex Thinking also solves more problems in many tries than discrete GRPO.",
    source: `${SOURCES.multiplex}, abstract: Pass@1 to Pass@1024`,
    arm: "multiplex-3.multiplex-3-paper-answers",
    reference: "discrete-grpo-unfiltered.tokens-unfiltered-paper-answers",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "over-discrete-matched",
    claim: "What Multiplex Thinking gains in Pass@1 is in the model, not in its decoding.",
    source: `${SOURCES.multiplex}, Table 1`,
    arm: "multiplex-3.matched",
    reference: "discrete-grpo-unfiltered.matched",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "shorter",
    claim: "Multiplex Thinking takes fewer tokens than discrete GRPO.",
    source: `${SOURCES.multiplex}, abstract`,
    arm: "multiplex-3.multiplex-3",
    reference: "discrete-grpo-unfiltered.tokens-unfiltered",
    metric: "tokens",
    direction: "less",
  },
  {
    id: "untrained",
    claim: "Untrained, multiplex thoughts are right more often than tokens.",
    source: `${SOURCES.multiplex}, results without training`,
    arm: "base.multiplex-3",
    reference: "base.tokens-unfiltered",
    metric: "Pass@1",
    direction: "more",
  },
];
