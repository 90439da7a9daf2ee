/**
 * A sampling server for tests: OpenAI's completions and chat and SGLang's native route, as vLLM and SGLang answer them,
 * with a stated capacity, and with faults of every kind that a network and a busy server have. It counts what it is asked,
 * so that a test can tell a sample that was asked for twice.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { RandomSequence } from "../../src/random/streams.ts";

/** What goes wrong at a request. */
export const FAULTS = [
  "cut before the answer",
  "cut within the answer",
  "429 with Retry-After",
  "500",
  "503",
  "torn JSON",
  "wrong types",
  "hang",
  "two choices",
  "no choices",
  "over-long text",
] as const;
/** One of them. */
export type Fault = typeof FAULTS[number];

/** How a fake server behaves. */
export interface FakeOptions {
  readonly engine?: "vllm" | "sglang" | "sglang-soft" | "openai";
  /** Requests that are worked on at once, and ms that each takes: its capacity is their quotient. */
  readonly slots?: number;
  readonly latencyMs?: number;
  /** Share of the requests that meet each of these faults. */
  readonly faultShare?: number;
  readonly faults?: readonly Fault[];
  /** Names the draws of the faults. */
  readonly seed?: number;
  /** Required of every request. */
  readonly key?: string;
  readonly port?: number;
  readonly maxModelLength?: number;
  readonly model?: string;
  /** Overrides fields of `/get_server_info`. */
  readonly info?: Readonly<Record<string, unknown>>;
  /** Whether bodies are kept (default true). */
  readonly keepBodies?: boolean;
  /** Told after each sampling request that came, which is the how many-th. */
  readonly onAsked?: (requests: number) => void;
  /** The completion of a prompt under a seed (default a boxed number). */
  readonly complete?: (prompt: string, seed: number) => FakeText;
}

/** What a fake server writes. */
export interface FakeText {
  readonly text: string;
  readonly tokens: number;
  readonly finish: "stop" | "length";
  readonly ids?: readonly number[];
}

/** A fake server that runs. */
export interface FakeServer extends AsyncDisposable {
  readonly address: string;
  /** Bodies of all sampling requests, if they are kept. */
  readonly bodies: Record<string, unknown>[];
  /** By prompt and seed: how often it was asked for, and how often an answer went out whole. */
  readonly asked: Map<string, number>;
  readonly answered: Map<string, number>;
  /** Requests by what became of them. */
  readonly outcomes: Map<string, number>;
  /** Most requests at once. */
  readonly peak: () => number;
  /** Whether it is there: one that is not cuts every connection. */
  here: boolean;
}

const ANSWERS = 7;

/** The default completion: a number by the prompt and the seed, in a box. */
export function boxedNumber(prompt: string, seed: number): FakeText {
  const number = new RandomSequence("fake", prompt, seed).integer(ANSWERS);
  return { text: `It is \\boxed{${number}}.`, tokens: 11, finish: number === 0 ? "length" : "stop" };
}

/** An answer on its way out; `cut` breaks the connection before or within it. */
interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
  readonly cut?: "before" | "within";
}

/** Starts one on a free port of this machine, or on the one given. */
export async function startFakeServer(options: FakeOptions = {}): Promise<FakeServer> {
  const { engine = "vllm", slots = Infinity, latencyMs = 0, faultShare = 0, faults = FAULTS, key, port = 0 } = options;
  const chance = new RandomSequence("fake-faults", options.seed ?? 1);
  const complete = options.complete ?? boxedNumber;
  const bodies: Record<string, unknown>[] = [];
  const [asked, answered, outcomes] = [1, 2, 3].map(() => new Map<string, number>());
  let [working, underWay, most, requests] = [0, 0, 0, 0];
  const queue: (() => void)[] = [];
  const hanging = new Set<() => void>();

  const work = async () => {
    if (working >= slots) await new Promise<void>((resolve) => queue.push(resolve));
    else working++;
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
    const next = queue.shift();
    if (next === undefined) working--;
    else next();
  };

  const sample = async (request: IncomingMessage, route: "completions" | "chat" | "generate"): Promise<Reply> => {
    underWay++;
    most = Math.max(most, underWay);
    try {
      const body = JSON.parse(await bodyOf(request)) as Record<string, unknown>;
      requests++;
      if (options.keepBodies !== false) bodies.push(body);
      options.onAsked?.(requests);
      const settings = (route === "generate" ? body.sampling_params : body) as Record<string, unknown>;
      const seed = Number(settings.seed ?? settings.sampling_seed ?? -1);
      const prompt = JSON.stringify(body.prompt ?? body.messages ?? body.input_ids);
      const unit = `${seed} ${prompt}`;
      count(asked, unit);
      const drawn = Math.floor(chance.uniform() / faultShare);
      const fault = faults[drawn];
      count(outcomes, fault ?? "answer");
      if (fault === "hang") {
        await new Promise<void>((resolve) => hanging.add(resolve));
        return { text: "", cut: "before" };
      }
      await work();
      const text = complete(prompt, seed);
      const answer = answerOf(engine, route, body, text, fault);
      if (fault === undefined) count(answered, unit);
      return replyOf(answer, fault);
    } finally {
      underWay--;
    }
  };

  const reply = async (request: IncomingMessage): Promise<Reply> => {
    if (!server.here) return { text: "", cut: "before" };
    const { authorization } = request.headers;
    if (key !== undefined && authorization !== `Bearer ${key}`) {
      return json({ error: `no such key: ${authorization}` }, 401);
    }
    switch (request.url) {
      case "/v1/models": {
        const owner = { vllm: "vllm", sglang: "sglang", "sglang-soft": "sglang", openai: "somebody" }[engine];
        const [id, length] = [options.model ?? "/models/fake", options.maxModelLength ?? 4096];
        return json({ object: "list", data: [{ id, owned_by: owner, max_model_len: length }] });
      }
      case "/version":
        return engine === "vllm" ? json({ version: "0.0.fake" }) : NOT_FOUND;
      case "/get_server_info": {
        if (engine !== "sglang" && engine !== "sglang-soft") return NOT_FOUND;
        const soft = { enable_soft_thinking: true, max_topk: 5, add_noise_gumbel_softmax: true, noise_gumbel: true };
        return json({ version: "0.0.fake", api_key: "secret", ...(engine === "sglang-soft" && soft), ...options.info });
      }
      case "/v1/completions":
        return await sample(request, "completions");
      case "/v1/chat/completions":
        return await sample(request, "chat");
      case "/generate":
        return engine === "sglang" || engine === "sglang-soft" ? await sample(request, "generate") : NOT_FOUND;
    }
    return request.url === "/counts" ? json(counts(server)) : NOT_FOUND;
  };

  const listener = createServer((request, response) => {
    // One that gave up waiting is owed nothing.
    reply(request).then((own) => send(own, response), () => void response.destroy());
  });
  await new Promise<void>((resolve) => listener.listen(port, "127.0.0.1", resolve));
  const server: FakeServer = {
    address: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    bodies,
    asked,
    answered,
    outcomes,
    peak: () => most,
    here: true,
    [Symbol.asyncDispose]: async () => {
      for (const resolve of hanging) resolve();
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part as Uint8Array);
  return new TextDecoder().decode(Uint8Array.from(parts.flatMap((part) => [...part])));
}

function send({ status = 200, headers, text, cut }: Reply, response: ServerResponse): void {
  if (cut === "before") return void response.destroy();
  const bytes = new TextEncoder().encode(text);
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length, ...headers });
  if (cut === undefined) return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}

function json(value: unknown, status = 200): Reply {
  return { status, text: JSON.stringify(value) };
}

const NOT_FOUND: Reply = json({ detail: "Not Found" }, 404);

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** What a route answers, right but for its fault. */
function answerOf(
  engine: string,
  route: "completions" | "chat" | "generate",
  body: Record<string, unknown>,
  { text, tokens, finish, ids }: FakeText,
  fault: Fault | undefined,
): Record<string, unknown> {
  const settings = (route === "generate" ? body.sampling_params : body) as Record<string, unknown>;
  const most = Number(settings.max_tokens ?? settings.max_new_tokens);
  const long = fault === "over-long text" ? text + "x".repeat((1 << 16) + 512 * most) : text;
  const written = fault === "wrong types" ? 17 : long;
  const prompt = body.prompt ?? body.input_ids ?? [];
  const promptTokens = Array.isArray(prompt) ? prompt.length : String(prompt).length;
  if (route === "generate") {
    const meta = {
      id: "r",
      finish_reason: fault === "no choices" ? null : { type: finish },
      prompt_tokens: promptTokens,
      completion_tokens: tokens,
      ...(body.return_logprob === true &&
        { output_token_logprobs: Array.from({ length: tokens }, () => [-0.5, 3, null]) }),
    };
    const one = { text: written, ...(ids !== undefined && { output_ids: ids }), meta_info: meta };
    return fault === "two choices" ? [one, one] as unknown as Record<string, unknown> : one;
  }
  const said = route === "chat" ? { message: { role: "assistant", content: written } } : { text: written };
  const logProbs = Array.from({ length: tokens }, () => -0.5);
  const asksLogProbs = body.logprobs !== undefined;
  const choice = {
    index: 0,
    ...said,
    finish_reason: finish,
    ...(body.return_token_ids === true && ids !== undefined && { token_ids: ids }),
    logprobs: !asksLogProbs
      ? null
      : route === "chat"
      ? { content: logProbs.map((logprob) => ({ token: "x", logprob })) }
      : { token_logprobs: logProbs, tokens: [] },
  };
  const choices = fault === "two choices" ? [choice, choice] : fault === "no choices" ? [] : [choice];
  return {
    id: "c",
    object: "text_completion",
    created: 1,
    model: body.model,
    system_fingerprint: engine === "vllm" ? "fake-tp1" : null,
    choices,
    usage: { prompt_tokens: promptTokens, completion_tokens: tokens, total_tokens: promptTokens + tokens },
  };
}

function replyOf(answer: unknown, fault: Fault | undefined): Reply {
  const text = JSON.stringify(answer);
  switch (fault) {
    case "cut before the answer":
      return { text, cut: "before" };
    case "cut within the answer":
      return { text, cut: "within" };
    case "429 with Retry-After":
      return { text: "slow down", status: 429, headers: { "retry-after": "0" } };
    case "500":
      return { text: "Traceback (most recent call last)", status: 500 };
    case "503":
      return { text: "loading", status: 503 };
    case "torn JSON":
      return { text: text.slice(0, -7) };
    default:
      return { text };
  }
}

/** What a fake server in a process of its own tells a test at `/counts`. */
export interface FakeCounts {
  /** Sampling requests, by what became of them. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Samples that were answered, and those of them that were answered more than once. */
  readonly answered: number;
  readonly twice: number;
}

function counts({ outcomes, answered }: FakeServer): FakeCounts {
  const twice = answered.values().filter((times) => times > 1).toArray().length;
  return { outcomes: Object.fromEntries(outcomes), answered: answered.size, twice };
}

/** In a process of its own: so many servers of these options, whose addresses it prints; they go when it is killed. */
if (import.meta.main) {
  const [count, options] = JSON.parse(Deno.args[0]) as [number, FakeOptions];
  const servers = await Promise.all(
    Array.from({ length: count }, () => startFakeServer({ ...options, keepBodies: false })),
  );
  console.log(servers.map(({ address }) => address).join(","));
}
