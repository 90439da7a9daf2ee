import { assertEquals } from "@std/assert";
import {
  readAnswer,
  requestBody,
  type RequestSettings,
  type SamplingRoute,
} from "../../src/cluster/sampling_routes.ts";

const PROMPT = { ids: Int32Array.of(2, 3, 5), text: "<s>2+3", turn: "2+3" };
const SETTINGS: RequestSettings = {
  engine: "vllm",
  route: "ids",
  model: "m",
  decoding: { kind: "tokens", filter: { temperature: 0.7, topK: 5, topP: 0.95 } },
  maxNewTokens: 17,
  endTokens: [7, 11],
  logProbs: false,
};

Deno.test("a request to vLLM says every setting that the server has a default for", () => {
  assertEquals(requestBody(SETTINGS, PROMPT, 13), {
    model: "m",
    prompt: [2, 3, 5],
    max_tokens: 17,
    n: 1,
    stream: false,
    seed: 13,
    temperature: 0.7,
    top_p: 0.95,
    top_k: 5,
    min_p: 0,
    frequency_penalty: 0,
    presence_penalty: 0,
    repetition_penalty: 1,
    stop_token_ids: [7, 11],
    skip_special_tokens: false,
    spaces_between_special_tokens: false,
    return_token_ids: true,
  });
});

Deno.test("text goes without a second frame of special tokens, and a turn goes alone", () => {
  const text = requestBody({ ...SETTINGS, route: "text" }, PROMPT, 13);
  assertEquals([text.prompt, text.add_special_tokens], ["<s>2+3", false]);
  const chat = requestBody({ ...SETTINGS, route: "chat", logProbs: true }, PROMPT, 13);
  assertEquals([chat.messages, chat.logprobs, "prompt" in chat], [[{ role: "user", content: "2+3" }], true, false]);
});

Deno.test("a server of OpenAI's protocol alone is sent nothing that the protocol does not have", () => {
  const decoding = { kind: "tokens", filter: { temperature: 1 } } as const;
  const body = requestBody({ ...SETTINGS, engine: "openai", decoding, logProbs: true }, PROMPT, 13);
  const known = ["model", "prompt", "max_tokens", "n", "stream", "seed", "temperature", "top_p", "logprobs"];
  const penalties = ["frequency_penalty", "presence_penalty"];
  assertEquals(Object.keys(body).sort(), [...known, ...penalties].sort());
});

Deno.test("the soft-thinking request says what the fork reads, and has no seed, which it does not take", () => {
  const decoding = {
    kind: "soft",
    filter: { temperature: 1, topK: 5, topP: 0.95 },
    gumbelTemperature: 0.1,
    thinkEnd: "</think>",
  } as const;
  const body = requestBody({ ...SETTINGS, engine: "sglang-soft", route: "generate", decoding }, PROMPT, 13);
  assertEquals(body, {
    input_ids: [2, 3, 5],
    stream: false,
    sampling_params: {
      temperature: 1,
      top_k: 5,
      top_p: 0.95,
      min_p: 0,
      max_new_tokens: 17,
      n: 1,
      stop_token_ids: [7, 11],
      skip_special_tokens: false,
      spaces_between_special_tokens: false,
      gumbel_softmax_temperature: 0.1,
      noise_factor: 1,
      after_thinking_temperature: 1,
      after_thinking_top_k: 5,
      after_thinking_top_p: 0.95,
      after_thinking_min_p: 0,
      think_end_str: "</think>",
    },
  });
  const main = requestBody({ ...SETTINGS, engine: "sglang", route: "generate" }, PROMPT, 13);
  assertEquals((main.sampling_params as { sampling_seed: number }).sampling_seed, 13);
});

const USAGE = { prompt_tokens: 3, completion_tokens: 2 };
const CHOICE = { text: "ab", finish_reason: "stop", token_ids: [19, 7], logprobs: { token_logprobs: [-0.5, null] } };
const ANSWER = { system_fingerprint: "f\u001b[2J", choices: [CHOICE], usage: USAGE };

function read(value: unknown, route: SamplingRoute = "ids") {
  return readAnswer(value, { ...SETTINGS, route });
}

Deno.test("answers of all routes are read alike", () => {
  const told = { text: "ab", tokens: 2, promptTokens: 3, finish: "stop" };
  assertEquals(read(ANSWER), {
    answer: { ...told, ids: [19, 7], logProbs: [-0.5, null], fingerprint: "f�[2J" } as never,
  });
  const message = { content: "b", reasoning_content: "a" };
  assertEquals(read({ choices: [{ message, finish_reason: "stop" }], usage: USAGE }, "chat"), {
    answer: { ...told, text: "a</think>b" } as never,
  });
  const meta = { finish_reason: { type: "stop", matched: 7 }, prompt_tokens: 3, completion_tokens: 2 };
  const logProbs = [[-0.5, 19, null], [-0.25, 7, null]];
  assertEquals(
    read({ text: "ab", output_ids: [19, 7], meta_info: { ...meta, output_token_logprobs: logProbs } }, "generate"),
    { answer: { ...told, ids: [19, 7], logProbs: [-0.5, -0.25] } as never },
  );
});

const WRONG: readonly (readonly [what: unknown, fault: string])[] = [
  [null, "an answer is null"],
  [[], "an answer is a list of 0"],
  [{ ...ANSWER, choices: [] }, "choices is a list of 0"],
  [{ ...ANSWER, choices: [CHOICE, CHOICE] }, "choices is a list of 2"],
  [{ ...ANSWER, choices: [{ ...CHOICE, text: 5 }] }, "choices[0].text is 5"],
  [{ ...ANSWER, choices: [{ ...CHOICE, finish_reason: "abort" }] }, 'choices[0].finish_reason is "abort"'],
  [{ ...ANSWER, choices: [{ ...CHOICE, finish_reason: null }] }, "choices[0].finish_reason is null"],
  [{ ...ANSWER, choices: [{ ...CHOICE, token_ids: [1.5, 2] }] }, "choices[0].token_ids[0] is 1.5"],
  [{ choices: [CHOICE] }, "usage is missing"],
  [{ ...ANSWER, usage: { ...USAGE, completion_tokens: -1 } }, "usage.completion_tokens is -1"],
  [{ ...ANSWER, usage: { ...USAGE, completion_tokens: 19 } }, "19 tokens, expected at most 17"],
  [{ ...ANSWER, usage: { ...USAGE, completion_tokens: 3 } }, "2 token ids, expected 3, as usage counts them"],
  [{ ...ANSWER, system_fingerprint: "f".repeat(201) }, `system_fingerprint is "${"f".repeat(59)}…"`],
];

for (const [value, fault] of WRONG) {
  Deno.test(`an answer that breaks the protocol is told: ${fault}`, () => assertEquals(read(value), { fault }));
}
