/**
 * What a sampling server says of itself: which program it is, of which version, and which model it serves. Of all that it
 * says only this is kept; some servers tell their own keys.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { BenchError, nearestName, UsageError } from "../errors.ts";
import { visible } from "../text/visible.ts";
import type { ServerEngine } from "./sampling_decoding.ts";
import { type Exchange, exchange, type ExchangeSettings } from "./sampling_http.ts";

/** One server's account of itself. */
export interface ServerAccount {
  readonly engine: ServerEngine;
  /** Null where it does not tell. */
  readonly version: string | null;
  /** As requests name its model. */
  readonly model: string;
  /** Longest sequence that it takes, where it tells. */
  readonly maxPositions?: number;
  /** Of a soft-thinking server: most tokens of a mixture. */
  readonly mixed?: number;
}

/** How servers are asked. */
export interface AskSettings extends Pick<ExchangeSettings, "key" | "abort"> {
  /** Which of its models; absent where it has one. */
  readonly model?: string;
  /** Most time of one question. */
  readonly timeoutMs: number;
}

const MOST_BYTES = 1 << 20;
const MOST_LETTERS = 500;
const WORD = z.string().min(1).max(MOST_LETTERS);

const MODELS = z.object({
  data: z.array(z.object({ id: WORD, owned_by: z.string().nullish(), max_model_len: z.int().min(1).nullish() })).min(1),
});
const VERSION = z.object({ version: WORD });
const SERVER_INFO = z.object({
  version: WORD.nullish(),
  enable_soft_thinking: z.boolean().nullish(),
  max_topk: z.int().min(1).nullish(),
  add_noise_gumbel_softmax: z.boolean().nullish(),
  add_noise_dirichlet: z.boolean().nullish(),
  noise_gumbel: z.boolean().nullish(),
});
type ServerInfo = z.output<typeof SERVER_INFO>;

/**
 * An address as it is used: without a slash at its end, and without `/v1`, which many write there.
 *
 * @throws {UsageError} If it is none, or holds a password, a query or a fragment
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { serverAddress } from "./sampling_servers.ts";
 * assertEquals(serverAddress("http://127.0.0.1:8000/v1/"), "http://127.0.0.1:8000");
 * ```
 */
export function serverAddress(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isHttp = url !== undefined && /^https?:$/.test(url.protocol);
  if (!isHttp || url.search !== "" || url.hash !== "") {
    throw new UsageError(`Cannot sample from ${JSON.stringify(given)}: expected an address as http://127.0.0.1:8000`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new UsageError("Cannot sample from an address with a password in it: set SOFT_GRPO_BENCH_API_KEY instead");
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "").replace(/\/v1$/, "");
}

/**
 * Asks a server what it is.
 *
 * @returns undefined where it does not answer now
 * @throws {BenchError} If it refuses, serves no such model, or is an SGLang that thinks softly by other noise
 */
export async function askServer(address: string, settings: AskSettings): Promise<ServerAccount | undefined> {
  const ask = (path: string) => exchange(`${address}${path}`, { ...settings, mostBytes: MOST_BYTES });
  const models = await ask("/v1/models");
  if (models.kind === "failed") return undefined;
  if (models.kind === "refused") throw refused(models);
  const parsed = MODELS.safeParse(models.value);
  if (!parsed.success) {
    throw new BenchError("Cannot sample: what answers at /v1/models is no list of models; is it a sampling server?");
  }
  const served = chosenModel(parsed.data.data, settings.model);
  const owner = served.owned_by ?? "";
  // vLLM alone has `/version`, SGLang alone `/get_server_info`; a server that is too busy to say it has not answered.
  const more = await ask(owner === "vllm" ? "/version" : "/get_server_info");
  if (more.kind === "failed") return undefined;
  const info = owner === "vllm" ? undefined : understood(SERVER_INFO, more);
  const engine: ServerEngine = owner === "vllm"
    ? "vllm"
    : info?.enable_soft_thinking === true
    ? "sglang-soft"
    : owner === "sglang" || info?.version != null
    ? "sglang"
    : "openai";
  if (engine === "sglang-soft") requireReleasedNoise(info!);
  const version = engine === "vllm" ? understood(VERSION, more)?.version : info?.version;
  return {
    engine,
    version: version == null ? null : visible(version),
    model: served.id,
    ...(served.max_model_len != null && { maxPositions: served.max_model_len }),
    ...(info?.max_topk != null && engine === "sglang-soft" && { mixed: info.max_topk }),
  };
}

/** Without a noise flag, or with another one, the same program draws by another law. */
function requireReleasedNoise({ add_noise_gumbel_softmax, add_noise_dirichlet, noise_gumbel }: ServerInfo): void {
  if (add_noise_gumbel_softmax === true && noise_gumbel === true && add_noise_dirichlet !== true) return;
  throw new BenchError(
    "Cannot sample: the soft-thinking server draws by other noise than Gumbel's " +
      `(add_noise_gumbel_softmax ${add_noise_gumbel_softmax}, noise_gumbel ${noise_gumbel}, ` +
      `add_noise_dirichlet ${add_noise_dirichlet}); start it by src/cluster/python/soft_server.py`,
  );
}

function refused({ status, text }: Extract<Exchange, { kind: "refused" }>): BenchError {
  const remedy = status === 401 || status === 403
    ? "set SOFT_GRPO_BENCH_API_KEY to the server's key"
    : "expected a list of models; is the address that of a vLLM, an SGLang or another OpenAI-compatible server?";
  return new BenchError(`Cannot sample: /v1/models answers with status ${status} (${text}); ${remedy}`);
}

type Served = z.output<typeof MODELS>["data"][number];

function chosenModel(models: readonly Served[], wanted: string | undefined): Served {
  const names = models.map(({ id }) => visible(id));
  const found = wanted === undefined
    ? models.length === 1 ? models[0] : undefined
    : models.find(({ id }) => id === wanted);
  if (found !== undefined) return found;
  const near = wanted === undefined ? undefined : nearestName(wanted, names);
  throw new UsageError(
    `Cannot sample ${wanted ?? "without --served-model"}: the server has ${names.join(", ")}` +
      (near === undefined ? "; name one of them by --served-model" : `; did you mean ${near}?`),
  );
}

function understood<S extends z.ZodType>(schema: S, answer: Exchange): z.output<S> | undefined {
  return answer.kind === "answer" ? schema.safeParse(answer.value).data : undefined;
}

/** Whether two servers draw alike, as far as they tell. */
export function isSameServing(a: ServerAccount, b: ServerAccount): boolean {
  return a.engine === b.engine && a.version === b.version && servedName(a) === servedName(b) && a.mixed === b.mixed &&
    a.maxPositions === b.maxPositions;
}

/** The model's name without the folders of the server's machine. */
export function servedName({ model }: Pick<ServerAccount, "model">): string {
  return visible(/^([/\\]|\w:)/.test(model) ? model.split(/[/\\]/).findLast((part) => part !== "") ?? "model" : model);
}
