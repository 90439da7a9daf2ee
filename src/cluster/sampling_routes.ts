/**
 * The routes by which servers sample: what one request says, and what its answer must say. A request is for one sample,
 * says every setting that a server would otherwise take from a default of its own, and carries a seed of ours.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { foundText, pathText, valueAt } from "../files/check.ts";
import { visible } from "../text/visible.ts";
import type { ServerDecoding, ServerEngine } from "./sampling_decoding.ts";

/**
 * How a prompt travels: `ids`, our own token ids on `/v1/completions`; `text`, our own prompt text there; `chat`, the user's
 * turn on `/v1/chat/completions`, which the server puts into a template of its own; `generate`, our ids on SGLang's
 * `/generate`.
 */
export type SamplingRoute = "ids" | "text" | "chat" | "generate";
/** Routes that a caller may choose. */
export const SAMPLING_ROUTES = ["ids", "text", "chat", "generate"] as const satisfies readonly SamplingRoute[];

/** Where a route lies on a server. */
export const ROUTE_PATHS = {
  ids: "/v1/completions",
  text: "/v1/completions",
  chat: "/v1/chat/completions",
  generate: "/generate",
} as const satisfies Record<SamplingRoute, string>;

/** A prompt in all its forms. */
export interface ServerPrompt {
  /** (T), token ids. */
  readonly ids: Int32Array;
  /** The whole prompt, special tokens included. */
  readonly text: string;
  /** The user's turn alone. */
  readonly turn: string;
}

/** What every request of a run has in common. */
export interface RequestSettings {
  readonly engine: ServerEngine;
  readonly route: SamplingRoute;
  /** As the server calls its model. */
  readonly model: string;
  readonly decoding: ServerDecoding;
  readonly maxNewTokens: number;
  /** Tokens that end a completion; may be empty. */
  readonly endTokens: readonly number[];
  /** Whether the log-probability of each token is asked for. */
  readonly logProbs: boolean;
}

/** What came back. */
export interface ServerText {
  readonly text: string;
  /** (T), where the server tells them; the end token is among them. */
  readonly ids?: readonly number[];
  readonly tokens: number;
  readonly promptTokens: number;
  readonly finish: "stop" | "length";
  readonly fingerprint?: string;
  readonly logProbs?: readonly (number | null)[];
}

/** The body of one request. */
export function requestBody(settings: RequestSettings, prompt: ServerPrompt, seed: number): Record<string, unknown> {
  const { route, decoding } = settings;
  if (route === "generate") return generateBody(settings, prompt, seed);
  if (decoding.kind === "soft") throw new Error("Cannot ask for mixtures where a request has no words for them");
  const common = { model: settings.model, ...samplingKeys(settings, seed) };
  if (route === "chat") {
    return {
      ...common,
      messages: [{ role: "user", content: prompt.turn }],
      ...(settings.logProbs && { logprobs: true }),
    };
  }
  return {
    ...common,
    prompt: route === "ids" ? [...prompt.ids] : prompt.text,
    // The text has its special tokens already.
    ...(route === "text" && settings.engine === "vllm" && { add_special_tokens: false }),
    ...(settings.logProbs && { logprobs: settings.engine === "openai" ? 1 : 0 }),
  };
}

/** Sampling as the OpenAI routes say it, with what vLLM and SGLang add. */
function samplingKeys(
  { engine, decoding, maxNewTokens, endTokens }: RequestSettings,
  seed: number,
): Record<string, unknown> {
  const { temperature, topK, topP = 1, minP = 0 } = decoding.filter;
  return {
    max_tokens: maxNewTokens,
    n: 1,
    stream: false,
    seed,
    temperature,
    top_p: topP,
    frequency_penalty: 0,
    presence_penalty: 0,
    ...(engine !== "openai" && {
      top_k: topK ?? ALL_TOKENS,
      min_p: minP,
      repetition_penalty: 1,
      stop_token_ids: [...endTokens],
      skip_special_tokens: false,
    }),
    ...(engine === "vllm" && { spaces_between_special_tokens: false, return_token_ids: true }),
  };
}

/** What vLLM and SGLang take for no limit. */
const ALL_TOKENS = -1;

function generateBody(
  { engine, decoding, maxNewTokens, endTokens, logProbs }: RequestSettings,
  { ids }: ServerPrompt,
  seed: number,
): Record<string, unknown> {
  const { temperature, topK = ALL_TOKENS, topP = 1, minP = 0 } = decoding.filter;
  const filter = { temperature, top_k: topK, top_p: topP, min_p: minP };
  return {
    input_ids: [...ids],
    stream: false,
    ...(logProbs && { return_logprob: true }),
    sampling_params: {
      ...filter,
      max_new_tokens: maxNewTokens,
      n: 1,
      stop_token_ids: [...endTokens],
      skip_special_tokens: false,
      spaces_between_special_tokens: false,
      ...(engine === "sglang" && { sampling_seed: seed }),
      ...(decoding.kind === "soft" && {
        gumbel_softmax_temperature: decoding.gumbelTemperature,
        noise_factor: 1,
        after_thinking_temperature: temperature,
        after_thinking_top_k: topK,
        after_thinking_top_p: topP,
        after_thinking_min_p: minP,
        think_end_str: decoding.thinkEnd,
      }),
    },
  };
}

/** Whether a server of this kind takes a seed a request. */
export function takesSeed(engine: ServerEngine): boolean {
  return engine !== "sglang-soft";
}

const COUNT = z.int().min(0);
const FINISH = z.enum(["stop", "length"]);
const USAGE = z.object({ prompt_tokens: COUNT, completion_tokens: COUNT });
const LOG_PROB = z.number().nullable();
const FINGERPRINT = z.string().max(200).nullish();

const COMPLETION = z.object({
  system_fingerprint: FINGERPRINT,
  choices: z.array(z.object({
    text: z.string(),
    finish_reason: FINISH,
    token_ids: z.array(COUNT).nullish(),
    logprobs: z.object({ token_logprobs: z.array(LOG_PROB) }).nullish(),
  })).length(1),
  usage: USAGE,
});

const CHAT = z.object({
  system_fingerprint: FINGERPRINT,
  choices: z.array(z.object({
    message: z.object({
      content: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      reasoning: z.string().nullish(),
    }),
    finish_reason: FINISH,
    token_ids: z.array(COUNT).nullish(),
    logprobs: z.object({ content: z.array(z.object({ logprob: LOG_PROB })).nullish() }).nullish(),
  })).length(1),
  usage: USAGE,
});

const GENERATE = z.object({
  text: z.string(),
  output_ids: z.array(COUNT).nullish(),
  meta_info: z.object({
    finish_reason: z.object({ type: FINISH }),
    prompt_tokens: COUNT,
    completion_tokens: COUNT,
    output_token_logprobs: z.array(z.tuple([LOG_PROB], z.unknown())).nullish(),
  }),
});

/** An answer that was understood, or what is wrong with it in a few words. */
export type ReadAnswer = { readonly answer: ServerText } | { readonly fault: string };

/** Reads what a route answered. Everything in it is checked, as a server may send anything. */
export function readAnswer(
  value: unknown,
  { route, maxNewTokens }: Pick<RequestSettings, "route" | "maxNewTokens">,
): ReadAnswer {
  const read = READERS[route](value);
  if ("fault" in read) return read;
  const { answer } = read;
  if (answer.tokens > maxNewTokens) {
    return { fault: `${answer.tokens} tokens, expected at most ${maxNewTokens}` };
  }
  if (answer.ids !== undefined && answer.ids.length !== answer.tokens) {
    return { fault: `${answer.ids.length} token ids, expected ${answer.tokens}, as usage counts them` };
  }
  if (answer.logProbs !== undefined && answer.logProbs.length !== answer.tokens) {
    return { fault: `${answer.logProbs.length} log-probabilities, expected ${answer.tokens}, one a token` };
  }
  return read;
}

const READERS = {
  ids: completionAnswer,
  text: completionAnswer,
  chat: chatAnswer,
  generate: generateAnswer,
} as const satisfies Record<SamplingRoute, (value: unknown) => ReadAnswer>;

function completionAnswer(value: unknown): ReadAnswer {
  return understood(COMPLETION, value, ({ system_fingerprint, choices: [choice], usage }) => ({
    ...told(system_fingerprint, usage, choice.finish_reason),
    text: choice.text,
    ...present("ids", choice.token_ids),
    ...present("logProbs", choice.logprobs?.token_logprobs),
  }));
}

function chatAnswer(value: unknown): ReadAnswer {
  return understood(CHAT, value, ({ system_fingerprint, choices: [choice], usage }) => {
    const { content, reasoning_content, reasoning } = choice.message;
    // A server that takes the thinking apart leaves out the marker between the parts.
    const thought = reasoning_content ?? reasoning;
    return {
      ...told(system_fingerprint, usage, choice.finish_reason),
      text: `${thought == null ? "" : `${thought}</think>`}${content ?? ""}`,
      ...present("ids", choice.token_ids),
      ...present("logProbs", choice.logprobs?.content?.map(({ logprob }) => logprob)),
    };
  });
}

function generateAnswer(value: unknown): ReadAnswer {
  return understood(GENERATE, value, ({ text, output_ids, meta_info }) => ({
    ...told(undefined, meta_info, meta_info.finish_reason.type),
    text,
    ...present("ids", output_ids),
    ...present("logProbs", meta_info.output_token_logprobs?.map(([logProb]) => logProb)),
  }));
}

function told(
  fingerprint: string | null | undefined,
  { prompt_tokens, completion_tokens }: z.output<typeof USAGE>,
  finish: "stop" | "length",
): Omit<ServerText, "text"> {
  return {
    tokens: completion_tokens,
    promptTokens: prompt_tokens,
    finish,
    ...(fingerprint != null && fingerprint !== "" && { fingerprint: visible(fingerprint) }),
  };
}

function present<Key extends string, T>(key: Key, value: T | null | undefined): { readonly [K in Key]?: T } {
  return value == null ? {} : { [key]: value } as { readonly [K in Key]: T };
}

function understood<S extends z.ZodType>(
  schema: S,
  value: unknown,
  read: (value: z.output<S>) => ServerText,
): ReadAnswer {
  const outcome = schema.safeParse(value);
  if (outcome.success) return { answer: read(outcome.data) };
  const { path } = outcome.error.issues[0];
  const found = valueAt(value, path);
  const at = path.length === 0 ? "an answer" : pathText(path);
  return { fault: `${at} is ${found.absent ? "missing" : foundText(found.value)}` };
}
