/**
 * How warm and how wide mixtures may be: SofT-GRPO's τ_g 0.1 and 0.25, its top-p 0.95 and 1 (Figure 3, whose panel c
 * shows the collapse of all but the first).
 *
 * With the released code's score, which drew the figure: its curves ran for 366 to 629 steps of 512 completions, and
 * collapsed after step 400. This experiment has 70 steps of 128: it sees whether the settings differ early, not what
 * becomes of them late. Answers are drawn under the filter of the thoughts, as in the release.
 *
 * 5 trained arms, 14 evaluations: at 45 and 12 lane-seconds a seed, three seeds and two lanes, about 10 minutes.
 *
 * @module
 */
import type { DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ablation, DISCRETE_GRPO, SOURCES, trained, untrained } from "../shared/ablation.ts";
import { DECODINGS } from "../tiny.ts";

const { algorithm: RELEASE } = DECODINGS.release;

/** A top-p and a τ_g. */
interface Setting {
  readonly topP: number;
  readonly temperature: number;
}

const MAIN: Setting = { topP: 0.95, temperature: 0.1 };
const WARM: Setting = { topP: 0.95, temperature: 0.25 };
const WIDE: Setting = { topP: 1, temperature: 0.1 };
const WARM_AND_WIDE: Setting = { topP: 1, temperature: 0.25 };
const SETTINGS = [MAIN, WARM, WIDE, WARM_AND_WIDE];

function nameOf({ topP, temperature }: Setting): string {
  return `top-p-${topP}-tau-${temperature}`;
}

function decodingOf(setting: Setting): DecodingConfig {
  const filter = { ...RELEASE.filter, topP: setting.topP };
  const perturbation = { ...RELEASE.perturbation, temperature: setting.temperature };
  return {
    decoding: "release",
    algorithm: { ...RELEASE, filter, perturbation },
    answers: { rule: "argmax-noised", filter, perturbation },
  };
}

/** @see file header */
const experiment: ExperimentConfig = ablation("tau-top-p", "SofT-GRPO (release) at two τ_g and two top-p", [
  untrained(...SETTINGS.map((setting) => ({ ...decodingOf(setting), decoding: nameOf(setting) }))),
  DISCRETE_GRPO,
  ...SETTINGS.map((setting) =>
    trained(
      nameOf(setting),
      `SofT-GRPO, Zheng et al., the released code's score, top-p ${setting.topP}, τ_g ${setting.temperature}`,
      decodingOf(setting),
    )
  ),
]);

export default experiment;

/** The main setting against another one, each as it was trained. */
function mainOver(other: Setting, claim: string, end: string): Claim {
  return {
    id: `main-over-${nameOf(other)}`,
    claim,
    source: `${SOURCES.softThinkingGrpo}, Figure 3c and the released curves`,
    printed: `training reward at the end: 0.465 against ${end}`,
    arm: `${nameOf(MAIN)}.release`,
    reference: `${nameOf(other)}.release`,
    metric: "Pass@1",
    direction: "more",
  };
}

/** What Figure 3 says of τ_g and top-p. */
export const claims: readonly Claim[] = [
  mainOver(WARM, "A warmer mixture, τ_g 0.25 in place of 0.1, trains to fewer right answers.", "0.324"),
  mainOver(WIDE, "A wider mixture, top-p 1 in place of 0.95, trains to fewer right answers.", "0.311"),
  mainOver(WARM_AND_WIDE, "Warmer and wider mixtures together train to the fewest right answers.", "0.240"),
  {
    ...mainOver(WARM_AND_WIDE, "What warmer and wider mixtures cost is in the model, not in its decoding.", "0.240"),
    id: "main-over-both-matched",
    arm: `${nameOf(MAIN)}.matched`,
    reference: `${nameOf(WARM_AND_WIDE)}.matched`,
  },
];
