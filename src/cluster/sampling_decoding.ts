/**
 * What of a way of decoding a server can do. A server draws tokens by its own code: what its request cannot say exactly is
 * refused, and never left out.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { CandidateFilter } from "../algorithms/candidates.ts";
import { thoughtLaw } from "../algorithms/registry.ts";
import { UsageError } from "../errors.ts";
import { decodingText } from "../experiment/decoding_text.ts";
import type { ResolvedEvaluation } from "../experiment/resolve.ts";

/** Servers that are told apart: vLLM, SGLang, the SGLang of SofT-GRPO's release thinking softly, and any other. */
export type ServerEngine = "vllm" | "sglang" | "sglang-soft" | "openai";

/** How a server draws: tokens alone, or thoughts that are mixtures. */
export type ServerDecoding = TokenDecoding | SoftDecoding;

/** Thoughts and answers are tokens under one filter. */
export interface TokenDecoding {
  readonly kind: "tokens";
  readonly filter: CandidateFilter;
}

/** Thoughts are mixtures under clamped Gumbel noise, as the released SofT-GRPO draws them, answers by its own rule. */
export interface SoftDecoding {
  readonly kind: "soft";
  readonly filter: CandidateFilter & { readonly topK: number };
  /** τ_g of the mixtures. */
  readonly gumbelTemperature: number;
  /** The marker that ends the thinking. */
  readonly thinkEnd: string;
}

/** The noise of the released code, which its requests cannot change. */
const RELEASED_NOISE = { kind: "gumbel", floor: 1e-6, clamp: { low: -1.5, high: 3 } } as const;

/** Whose mass top-p counts where there is a top-k too: vLLM masks first, SGLang's joint filter counts all. */
const NUCLEUS = { vllm: "kept", sglang: "vocabulary" } as const;

type Decoding = Pick<ResolvedEvaluation, "algorithm" | "answers" | "thinking">;

/**
 * The request's part of a decoding.
 *
 * @throws {UsageError} If no request to such a server says the same
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { serverDecoding } from "./sampling_decoding.ts";
 * const filter = { temperature: 1, topK: 5, topP: 0.95 };
 * const decoding = {
 *   algorithm: { name: "discrete-grpo", filter },
 *   answers: { rule: "sample", filter },
 *   thinking: { end: "</think>", endRule: "sequence", endIsDrawn: true, afterEnd: "" },
 * } as const;
 * assertEquals(serverDecoding(decoding, "vllm"), { kind: "tokens", filter });
 * ```
 */
export function serverDecoding(decoding: Decoding, engine: ServerEngine): ServerDecoding {
  const fault = thinkingFault(decoding);
  if (fault !== undefined) throw refusal(decoding, engine, fault);
  return engine === "sglang-soft" ? softDecoding(decoding, engine) : tokenDecoding(decoding, engine);
}

function refusal(decoding: Decoding, engine: ServerEngine, why: string): UsageError {
  return new UsageError(`Cannot sample ${decodingText(decoding)} from ${ENGINE_TITLES[engine]}: ${why}`);
}

/** Engines, as errors name them. */
export const ENGINE_TITLES = {
  "vllm": "vLLM",
  "sglang": "SGLang",
  "sglang-soft": "a soft-thinking SGLang",
  "openai": "an OpenAI-compatible server",
} as const satisfies Record<ServerEngine, string>;

/** What a request cannot say of the thinking. */
function thinkingFault({ thinking }: Decoding): string | undefined {
  const { afterEnd, minThoughts = 0, maxThoughts, coldStop } = thinking;
  const forced = "a server draws a completion in one piece; take a decoding without it";
  if (afterEnd !== "") return `it forces ${JSON.stringify(afterEnd)} behind the thinking, and ${forced}`;
  if (minThoughts > 0 || maxThoughts !== undefined) return `it bounds the number of thoughts, and ${forced}`;
  if (coldStop !== undefined) return `it ends the thinking by entropy, and ${forced}`;
  return undefined;
}

function tokenDecoding(decoding: Decoding, engine: Exclude<ServerEngine, "sglang-soft">): TokenDecoding {
  const refuse = (why: string) => refusal(decoding, engine, why);
  const { algorithm, answers } = decoding;
  const { hard, filter } = thoughtLaw(algorithm);
  if (hard !== "yes" || filter === undefined) {
    throw refuse(
      "its thoughts are no tokens, and this server draws tokens alone; take a decoding such as matched, or a server that " +
        "was started by src/cluster/python/soft_server.py",
    );
  }
  if (answers.rule !== "sample") throw refuse(`answers by rule ${answers.rule} need a request of their own`);
  if (!isDeepStrictEqual(definite(filter), definite(answers.filter))) {
    throw refuse("thoughts and answers are drawn under different filters, and a request has one");
  }
  const { topK, topP = 1, minP = 0, nucleusOf = "kept" } = filter;
  if (engine === "openai") {
    if (topK !== undefined || minP > 0) throw refuse("its protocol has no top-k and no min-p");
    return { kind: "tokens", filter };
  }
  if (topK !== undefined && topP < 1 && nucleusOf !== NUCLEUS[engine]) {
    throw refuse(
      `there top-p counts the mass of ${engine === "vllm" ? "the top-k alone" : "the whole vocabulary"}, ` +
        `here nucleusOf is "${nucleusOf}"; set it to "${NUCLEUS[engine]}"`,
    );
  }
  if (engine === "vllm" && topP < 1 && minP > 0) throw refuse("there min-p comes before top-p, here behind it");
  return { kind: "tokens", filter };
}

/** A filter without open ends, so that equal ones look equal. */
function definite({ temperature, topK, topP = 1, minP = 0, nucleusOf = "kept" }: CandidateFilter) {
  return { temperature, topK, topP, minP, nucleusOf };
}

function softDecoding(decoding: Decoding, engine: "sglang-soft"): SoftDecoding {
  const { algorithm, answers, thinking } = decoding;
  const { topK } = thoughtLaw(algorithm).filter ?? {};
  const noise = "perturbation" in algorithm ? algorithm.perturbation : undefined;
  if (noise?.kind !== "gumbel" || topK === undefined || answers.rule !== "argmax-noised") {
    throw refusal(
      decoding,
      engine,
      "it draws thoughts and answers as the released SofT-GRPO does; take that decoding (preset release)",
    );
  }
  const { temperature: gumbelTemperature, ...other } = noise;
  const same = isDeepStrictEqual(other, RELEASED_NOISE) && isDeepStrictEqual(answers.perturbation, noise) &&
    isDeepStrictEqual(definite(answers.filter), definite(thoughtLaw(algorithm).filter!));
  if (!same) {
    throw refusal(
      decoding,
      engine,
      "there the noise is clamped to [-1.5, 3] with a floor of 1e-6, under one filter; take the preset release",
    );
  }
  return {
    kind: "soft",
    filter: { ...thoughtLaw(algorithm).filter!, topK },
    gumbelTemperature,
    thinkEnd: thinking.end,
  };
}
