/**
 * Whether a temperature gives tokens what mixtures have (Figure 5): the base and discrete GRPO decoded at T 0.6 to 1.4
 * under the filter of the paper's tests, SofT-GRPO as it was trained and at the same temperatures, Pass@k for every k.
 *
 * The paper's test filter for tokens is top-k 30 and top-p 0.95, counted together. Its baseline was trained without a
 * filter; this one is the default experiment's, trained under SofT-GRPO's. The figure has no printed values.
 *
 * 2 trained arms, 18 evaluations: at 45 and 12 lane-seconds a seed, three seeds and two lanes, about 8 minutes.
 *
 * @module
 */
import type { DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ablation, DISCRETE_GRPO, SOURCES, trained, untrained } from "../shared/ablation.ts";
import { DECODINGS } from "../tiny.ts";

const TEMPERATURES = [0.6, 0.8, 1, 1.2, 1.4];
/** SofT-GRPO's own; its evaluation there is that of its training. */
const TRAINED_AT = 1;
/** k of Pass@k. */
const SIZES = [1, 2, 4, 8, 16, 32];

/** Tokens as the paper's tests decode them. */
function tokens(temperature: number): DecodingConfig {
  const filter = { temperature, topK: 30, topP: 0.95, nucleusOf: "vocabulary" } as const;
  return {
    decoding: `tokens-${temperature}`,
    algorithm: { ...DECODINGS.matched.algorithm, filter },
    answers: { rule: "sample", filter },
  };
}

/** SofT-GRPO's mixtures at another temperature of the model. */
function mixtures(temperature: number): DecodingConfig {
  const filter = { ...DECODINGS.paper.algorithm.filter, temperature };
  return {
    decoding: `mixtures-${temperature}`,
    algorithm: { ...DECODINGS.paper.algorithm, filter },
    answers: { rule: "sample", filter },
  };
}

/** @see file header */
const experiment: ExperimentConfig = {
  ...ablation("temperature-sweep", "Pass@k of base, discrete GRPO and SofT-GRPO at temperatures 0.6 to 1.4", [
    untrained(...TEMPERATURES.map(tokens)),
    { ...DISCRETE_GRPO, evaluations: [DECODINGS.matched, ...TEMPERATURES.map(tokens)] },
    {
      ...trained("soft-thinking-grpo", "SofT-GRPO, Zheng et al., the paper's score", DECODINGS.paper),
      evaluations: [
        DECODINGS.paper,
        ...TEMPERATURES.filter((temperature) => temperature !== TRAINED_AT).map(mixtures),
      ],
    },
  ]),
  passAt: SIZES,
};

export default experiment;

function softOver(label: "base" | "discrete-grpo", name: string, printed: string): Claim[] {
  return TEMPERATURES.map((temperature) => ({
    id: `over-${label}-${temperature}`,
    claim: `At T ${temperature}, ${name} does not reach SofT-GRPO's Pass@32.`,
    source: `${SOURCES.softThinkingGrpo}, Figure 5`,
    // The figure prints no values; Table 1 has those of T 0.6.
    ...(temperature === TEMPERATURES[0] && { printed }),
    arm: "soft-thinking-grpo.soft-thinking",
    reference: `${label}.tokens-${temperature}`,
    metric: "Pass@32",
    direction: "more",
  }));
}

/** What Figure 5 says: no temperature of a baseline makes up for mixtures. */
export const claims: readonly Claim[] = [
  ...softOver("discrete-grpo", "discrete GRPO", "Table 1, 1.5B: 85.2 against 82.4"),
  ...softOver("base", "the untrained model", "Table 1, 1.5B: 85.2 against 83.2"),
];
