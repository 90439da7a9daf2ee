/**
 * The evaluation protocols of the papers whose methods stand here, each fact with its source. `decoding` is what an arm's
 * `evaluations` may hold: `evaluations: [decodingOf("multiplex")]` decodes as that paper says.
 *
 * @module
 */
import { ALGORITHM_PRESETS } from "../algorithms/registry.ts";
import type { DecodingConfig } from "../experiment/config.ts";
import type { ThinkingConfig } from "../experiment/thinking.ts";
import { PROMPT_TEMPLATES } from "../prompt/templates.ts";
import type { EvaluationProtocol, Said } from "./protocol.ts";

const DISCRETE = ALGORITHM_PRESETS["discrete-grpo"].paper;
const RELEASE = ALGORITHM_PRESETS["soft-thinking-grpo"].release;
const MULTIPLEX = ALGORITHM_PRESETS["multiplex-grpo"];
const LEPO = ALGORITHM_PRESETS.lepo.release;
const SOFT = ALGORITHM_PRESETS["soft-tokens-grpo"].soft;
const FUZZY = ALGORITHM_PRESETS["soft-tokens-grpo"].fuzzy;

function said<T>(is: T, source: string): Said<T> {
  return { is, source };
}

// SofT-GRPO, arXiv:2511.06411.

const SOFT_GRPO_CODE = "zz1358m/SofT-GRPO-master@2b9d8ec";
/** T 0.6, top-p 0.95 and top-k 30 together, as SGLang filters discrete tokens. */
const SOFT_GRPO_FILTER = { temperature: 0.6, topK: 30, topP: 0.95 } as const;
/** The same filter on mixtures, τ_g 0.5. */
const SOFT_GRPO_PERTURBATION = { ...RELEASE.perturbation, temperature: 0.5 } as const;

function softGrpo(rows: string, decoding: DecodingConfig, script: string): EvaluationProtocol {
  const logged = `${SOFT_GRPO_CODE}, run_sglang_softthinking.py and the logs`;
  const from = `${SOFT_GRPO_CODE}, ${script}`;
  return {
    paper: "SofT-GRPO, Zheng et al., arXiv:2511.06411",
    rows,
    decoding: said(decoding, from),
    maxNewTokens: said(32_768, from),
    samples: said(32, from),
    passAtOne: said("unbiased", logged),
    passAtMore: said("first-k", logged),
    samplingSeeds: said("one run of the engine, seed 0", logged),
    trainedSeeds: said(1, "one checkpoint is scored for each row; how it was chosen is not said"),
    grader: said("math_verify 0.8.0 on the whole text", `${SOFT_GRPO_CODE}, evaluation code`),
  };
}

// Soft Tokens, Hard Truths, arXiv:2509.19170.

/** Most thought and answer tokens of its evaluation. */
export const SOFT_TOKENS_LENGTH = { thoughts: 512, answer: 32 };

/** The most probable token, as the limit of sampling at a low temperature. */
const GREEDY_TEMPERATURE = 1e-6;

/** The text of the tokens so far decides, greedy shadow tokens of soft thoughts included; then the box is prefilled. */
export function softTokensThinking(maxThoughts: number, endIsDrawn: boolean): ThinkingConfig {
  const end = PROMPT_TEMPLATES.conversation.endOfThinking;
  return { end, endRule: "text", endIsDrawn, afterEnd: "\\boxed{", maxThoughts };
}

function inference(decoding: string, algorithm: DecodingConfig["algorithm"]): DecodingConfig {
  const thinking = softTokensThinking(SOFT_TOKENS_LENGTH.thoughts, algorithm.name === DISCRETE.name);
  return { decoding, algorithm, answers: { rule: "greedy" }, thinking };
}

function softTokens(rows: string, decoding: DecodingConfig, samples: number): EvaluationProtocol {
  return {
    paper: "Soft Tokens, Hard Truths, Butt et al., arXiv:2509.19170v2",
    rows,
    decoding: said(decoding, "section 4, appendices B to D"),
    maxNewTokens: said(
      SOFT_TOKENS_LENGTH.thoughts + SOFT_TOKENS_LENGTH.answer,
      "section 4: 512 of thought, 32 of answer",
    ),
    samples: said(samples, "section 4"),
    passAtOne: said("unbiased", "section 4: the mean"),
    passAtMore: samples === 1
      ? { unknown: "a greedy sample has no Pass@k" }
      : { unknown: "though at k = n = 32 every rule without replacement is the same" },
    samplingSeeds: { unknown: "not said in the paper" },
    trainedSeeds: said(3, "section 4: mean ± sd of three seeds, one run for the untrained model"),
    grader: { unknown: "Math-Verify in the reward; that of the evaluation is not named" },
  };
}

// Multiplex Thinking, arXiv:2601.08808.

const MULTIPLEX_CODE = "GMLR-Penn/Multiplex-Thinking";
const MULTIPLEX_SCRIPT = `${MULTIPLEX_CODE}@33af6d0, scripts/eval.sh`;

function multiplex(
  rows: string,
  decoding: EvaluationProtocol["decoding"],
  released?: string,
): EvaluationProtocol {
  return {
    paper: "Multiplex Thinking, Tang et al., arXiv:2601.08808",
    rows,
    decoding,
    maxNewTokens: said(4096, "the paper, and README.md of the code; the script's own default is 8,192"),
    samples: said(64, "table of Pass@1: 64 runs"),
    passAtOne: said("unbiased", "table of Pass@1: mean of the runs, which verl calls mean@n"),
    passAtMore: said(
      "verl-best",
      `${MULTIPLEX_SCRIPT}, which runs verl's validation; how many samples the figures up to k = 1,024 have is not known`,
    ),
    samplingSeeds: { unknown: "the script sets none" },
    trainedSeeds: { unknown: "the table prints no spread" },
    grader: said("math_verify by verl's reward manager `hf_math_verify`", MULTIPLEX_SCRIPT),
    ...(released !== undefined && { released }),
  };
}

const MULTIPLEX_ENDS: ThinkingConfig = { end: "</think>", endRule: "last-sub-token" };

// LEPO, arXiv:2604.17892.

const LEPO_CODE = "YuyanZhou/lepo@ba2eb11";
/** Latent positions of its evaluation; the training of the same model has 64. */
const LEPO_POSITIONS = 32;

function lepo(rows: string, decoding: DecodingConfig, config: string): EvaluationProtocol {
  const from = `${LEPO_CODE}, configs/eval/${config}, scripts/eval_latent.py`;
  return {
    paper: "LEPO, Zhou et al., arXiv:2604.17892",
    rows,
    decoding: said(decoding, from),
    maxNewTokens: said(2048, from),
    samples: said(8, from),
    passAtOne: said("unbiased", from),
    passAtMore: { unknown: "the released code makes none" },
    samplingSeeds: said("seed 0", from),
    trainedSeeds: { unknown: "its tables were not at hand" },
    grader: said("src/rewards/math_reward.py", from),
  };
}

/** Name of a protocol. */
export type ProtocolName =
  | "soft-grpo-discrete"
  | "soft-grpo-soft"
  | "soft-grpo-own"
  | "soft-tokens-hard-greedy"
  | "soft-tokens-hard-sample"
  | "soft-tokens-soft-greedy"
  | "soft-tokens-soft-sample"
  | "soft-tokens-fuzzy-greedy"
  | "soft-tokens-fuzzy-sample"
  | "multiplex"
  | "multiplex-release"
  | "multiplex-discrete"
  | "lepo"
  | "lepo-discrete";

/** Every protocol by its name. */
export const PROTOCOLS: Readonly<Record<ProtocolName, EvaluationProtocol>> = {
  "soft-grpo-discrete": softGrpo(
    "untrained and GRPO, discrete",
    {
      decoding: "discrete",
      algorithm: { name: "discrete-grpo", filter: { ...SOFT_GRPO_FILTER, nucleusOf: "vocabulary" } },
      answers: { rule: "sample", filter: { ...SOFT_GRPO_FILTER, nucleusOf: "vocabulary" } },
    },
    "run_sample_discrete-token_raw.sh and _grpo.sh",
  ),
  "soft-grpo-soft": softGrpo(
    "untrained and GRPO, soft",
    {
      decoding: "soft-thinking",
      algorithm: { ...RELEASE, filter: SOFT_GRPO_FILTER, perturbation: SOFT_GRPO_PERTURBATION },
      answers: { rule: "argmax-noised", filter: SOFT_GRPO_FILTER, perturbation: SOFT_GRPO_PERTURBATION },
    },
    "run_sample_gumbel_raw.sh and _grpo.sh",
  ),
  "soft-grpo-own": softGrpo(
    "SofT-GRPO",
    {
      decoding: "soft-thinking-release",
      algorithm: RELEASE,
      answers: { rule: "argmax-noised", filter: RELEASE.filter, perturbation: RELEASE.perturbation },
      thinking: { end: "</think>", endRule: "last-sub-token" },
    },
    "run_sample_gumbel.sh",
  ),
  "soft-tokens-hard-greedy": softTokens(
    "hard inference, greedy",
    inference("hard-greedy", { ...DISCRETE, filter: { temperature: GREEDY_TEMPERATURE, topK: 1 } }),
    1,
  ),
  "soft-tokens-hard-sample": softTokens("hard inference, sampled", inference("hard-sample", DISCRETE), 32),
  "soft-tokens-soft-greedy": softTokens(
    "soft inference, greedy",
    inference("soft-greedy", { ...SOFT, noiseScale: 0 }),
    1,
  ),
  "soft-tokens-soft-sample": softTokens("soft inference, sampled", inference("soft-sample", SOFT), 32),
  "soft-tokens-fuzzy-greedy": softTokens(
    "fuzzy inference, greedy",
    inference("fuzzy-greedy", { ...FUZZY, noiseScale: 0 }),
    1,
  ),
  "soft-tokens-fuzzy-sample": softTokens("fuzzy inference, sampled", inference("fuzzy-sample", FUZZY), 32),
  "multiplex": multiplex(
    "Multiplex Thinking, as the script asks",
    said({
      decoding: "multiplex",
      algorithm: MULTIPLEX.paper,
      answers: { rule: "sample", filter: { temperature: 0.6, topP: 0.95 } },
      thinking: { ...MULTIPLEX_ENDS, coldStop: { entropyBelow: 0.1, positions: 256, temperature: 1 } },
    }, `${MULTIPLEX_SCRIPT}, its defaults; the weights are those that the paper prints`),
  ),
  "multiplex-release": multiplex(
    "Multiplex Thinking, as the engine does",
    said({
      decoding: "multiplex-release",
      algorithm: MULTIPLEX.release,
      answers: { rule: "sample", filter: { temperature: 1, topP: 0.95 } },
      thinking: MULTIPLEX_ENDS,
    }, `${MULTIPLEX_CODE}@61bf68b, srt/layers/sampler.py and srt/managers/schedule_batch.py`),
    "where nothing reads the answers' temperature, so that they are drawn at that of the thoughts, and the early stopping " +
      "that the script sets ends in `pass`: @1b006f6 is without it, and does not read the answers' top-p any more either",
  ),
  "multiplex-discrete": multiplex(
    "discrete RL",
    said(
      { decoding: "discrete", algorithm: DISCRETE, answers: { rule: "sample", filter: DISCRETE.filter } },
      `${MULTIPLEX_SCRIPT}, its defaults with soft thinking off; the command behind the table is not released`,
    ),
  ),
  "lepo": lepo(
    "LEPO",
    {
      decoding: "lepo",
      algorithm: LEPO,
      answers: { rule: "sample", filter: LEPO.filter },
      thinking: { end: "</think>", minThoughts: LEPO_POSITIONS, maxThoughts: LEPO_POSITIONS, atMaximum: "go-on" },
    },
    "qwen2_3b_aime2024_latent32_gumbel030_temp100.yaml",
  ),
  "lepo-discrete": lepo(
    "discrete",
    {
      decoding: "discrete",
      algorithm: { ...DISCRETE, filter: { ...LEPO.filter, temperature: 0.6 } },
      answers: { rule: "sample", filter: { ...LEPO.filter, temperature: 0.6 } },
    },
    "qwen2_3b_math500_latent0_gumbel050_temp060.yaml",
  ),
};

/**
 * How a protocol decodes, as an arm's `evaluations` hold it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(decodingOf("multiplex").thinking?.coldStop, { entropyBelow: 0.1, positions: 256, temperature: 1 });
 * ```
 */
export function decodingOf(name: ProtocolName): DecodingConfig {
  return PROTOCOLS[name].decoding.is;
}
