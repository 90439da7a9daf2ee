/**
 * How long completions are (Figure 4, numbers in Table 9): thoughts and answers, before and after training, in tokens and
 * in mixtures.
 *
 * The paper counts thousands of tokens on competition problems; here a completion has about 20 and at most 40, so that
 * only the sign can carry over.
 *
 * 2 trained arms, 5 evaluations: at 45 and 12 lane-seconds a seed, three seeds and two lanes, about 4 minutes.
 *
 * @module
 */
import type { ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ablation, DISCRETE_GRPO, SOURCES, trained, untrained } from "../shared/ablation.ts";
import { DECODINGS } from "../tiny.ts";

/** @see file header */
const experiment: ExperimentConfig = ablation("token-consumption", "tokens of thought and answer by algorithm", [
  untrained(DECODINGS.paper),
  DISCRETE_GRPO,
  trained("soft-thinking-grpo", "SofT-GRPO, Zheng et al., the paper's score", DECODINGS.paper),
]);

export default experiment;

const source = `${SOURCES.softThinkingGrpo}, Figure 4 and Table 9`;

/** What Table 9 says, where its three models agree or its 1.5B model speaks. */
export const claims: readonly Claim[] = [
  {
    id: "soft-training-shortens",
    claim: "SofT-GRPO makes soft completions shorter than those of the untrained model.",
    source,
    printed: "mean tokens: 10,483 to 6,517 (1.5B), 3,077 to 712 (3B), 7,685 to 4,870 (7B)",
    arm: "soft-thinking-grpo.soft-thinking",
    reference: "base.soft-thinking",
    metric: "tokens",
    direction: "less",
  },
  {
    id: "discrete-training-shortens",
    claim: "Discrete GRPO makes completions shorter than those of the untrained model.",
    source,
    printed: "10,033 to 5,298 (1.5B), 7,775 to 4,694 (7B); the 3B model's grow, 2,837 to 5,254",
    arm: "discrete-grpo",
    reference: "base.matched",
    metric: "tokens",
    direction: "less",
  },
  {
    id: "soft-longer-than-discrete",
    claim: "After training, soft completions take somewhat more tokens than discrete ones.",
    source,
    printed: "6,517 against 5,298 (1.5B), 4,870 against 4,694 (7B); fewer for the 3B model, 712 against 5,254",
    arm: "soft-thinking-grpo.soft-thinking",
    reference: "discrete-grpo",
    metric: "tokens",
    direction: "more",
  },
  {
    id: "untrained-soft-longer",
    claim: "Untrained, soft completions of the smaller models take more tokens than discrete ones.",
    source,
    printed: "10,483 against 10,033 (1.5B), 3,077 against 2,837 (3B); fewer for the 7B model, 7,685 against 7,775",
    arm: "base.soft-thinking",
    reference: "base.matched",
    metric: "tokens",
    direction: "more",
  },
];
