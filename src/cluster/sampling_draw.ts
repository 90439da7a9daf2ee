/**
 * Samples of one dataset from servers: each is asked for until it came, is graded as any other, and is on the disk before
 * it counts. What the file holds is not asked for again.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Problem } from "../datasets/problem.ts";
import { gradedSample } from "../evaluation/graded_sample.ts";
import type { Sample } from "../evaluation/sample.ts";
import { SampleStore } from "../evaluation/sample_store.ts";
import type { SamplesRequest } from "../experiment/arm_run.ts";
import type { Examination } from "../grading/examination.ts";
import { InterruptedError, throwIfInterrupted } from "../interruption.ts";
import { RandomSequence } from "../random/streams.ts";
import { exchange, type FailedExchange } from "./sampling_http.ts";
import { pause, type ServerPool } from "./sampling_pool.ts";
import {
  readAnswer,
  requestBody,
  type RequestSettings,
  ROUTE_PATHS,
  type ServerPrompt,
  type ServerText,
  takesSeed,
} from "./sampling_routes.ts";

/** How often and how long servers are asked. */
export interface AskingSettings {
  /** Most attempts of one sample. */
  readonly attempts: number;
  /** Most time of one attempt. */
  readonly timeoutMs: number;
  /** The pause behind the first attempt, which doubles with every further one, up to the most; each is cut by chance. */
  readonly firstPauseMs: number;
  readonly mostPauseMs: number;
  readonly key?: string;
}

/** What a dataset is sampled with. */
export interface ServerSampling extends RequestSettings {
  readonly pool: ServerPool;
  readonly asking: AskingSettings;
  /** Most requests under way at all servers together. */
  readonly atOnce: number;
  readonly samples: number;
  readonly prompt: (problem: Problem) => ServerPrompt;
  /** The text of our own token ids. */
  readonly decode: (ids: readonly number[]) => string;
  readonly grade: Examination["grade"];
}

/** Bytes of an answer that need no token, and most bytes that one token takes, with its log-probability. */
const ANSWER_BYTES = 1 << 16, TOKEN_BYTES = 512;

/**
 * The seed of one sample, in [0, 2^31): all servers take such a number.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { sampleSeed } from "./sampling_draw.ts";
 * const name = { seed: 1, dataset: "add", problem: "add/0001", sample: 0 };
 * assertEquals(sampleSeed(name), sampleSeed({ ...name }));
 * ```
 */
export function sampleSeed(
  { seed, dataset, problem, sample }: {
    readonly seed: number;
    readonly dataset: string;
    readonly problem: string;
    readonly sample: number;
  },
): number {
  return new RandomSequence("server-sample", seed, dataset, problem, sample).word() >>> 1;
}

/**
 * All samples of a dataset, in the order of problems and sample indices.
 *
 * @throws {BenchError} If a server refuses a request, or a sample did not come in so many attempts; finished ones are saved
 * @throws {InterruptedError} After saving, if `abort` is aborted
 */
export async function drawFromServers(sampling: ServerSampling, request: SamplesRequest): Promise<Sample[]> {
  const { dataset: { problems }, file, owner = "", onDamage, onProgress, abort } = request;
  const order = problems.flatMap(({ id }) =>
    Array.from({ length: sampling.samples }, (_, sample) => ({ problem: id, sample }))
  );
  using store = new SampleStore(file, owner, order, (text) => onDamage?.(text));
  const tell = () => {
    const { done, correct } = store.count;
    onProgress?.(done, order.length, correct);
  };
  tell();
  const missing = problems.values().flatMap((problem) =>
    Array.from({ length: sampling.samples }, (_, sample) => ({ problem, sample })).values()
      .filter(({ sample }) => store.get({ problem: problem.id, sample }) === undefined)
  );
  const stop = new AbortController();
  const onAbort = () => stop.abort(abort?.reason);
  if (abort?.aborted) onAbort();
  abort?.addEventListener("abort", onAbort);
  let fault: unknown;
  const fail = (error: unknown) => {
    fault ??= error;
    stop.abort();
  };
  const saver = new Saver((rows) => {
    store.add(rows);
    tell();
  }, fail);
  const work = async () => {
    try {
      for (const unit of missing) saver.add(await new SampleAsk(sampling, request, unit).sample(stop.signal));
    } catch (error) {
      fail(error);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(sampling.atOnce, order.length) }, work));
    saver.flush();
    if (fault !== undefined && !(fault instanceof InterruptedError)) throw fault;
    throwIfInterrupted(abort);
    if (fault !== undefined) throw fault;
  } finally {
    abort?.removeEventListener("abort", onAbort);
  }
  return order.map((name) => store.get(name)!);
}

/** Saves what has come in the meantime in one write: while the disk is at work, more comes. */
class Saver {
  readonly #save: (rows: readonly Sample[]) => void;
  readonly #onFault: (error: unknown) => void;
  #waiting: Sample[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(save: (rows: readonly Sample[]) => void, onFault: (error: unknown) => void) {
    this.#save = save;
    this.#onFault = onFault;
  }

  add(row: Sample): void {
    this.#waiting.push(row);
    this.#timer ??= setTimeout(() => this.flush(), 0);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rows = this.#waiting;
    this.#waiting = [];
    try {
      if (rows.length > 0) this.#save(rows);
    } catch (error) {
      this.#onFault(error);
    }
  }
}

/** One sample, from its first attempt to its verdict. */
class SampleAsk {
  readonly #sampling: ServerSampling;
  readonly #problem: Problem;
  readonly #sample: number;
  readonly #seed: number;
  /** The seed that the server gets. */
  readonly #own: number;
  /** Chance of the pauses. */
  readonly #chance: RandomSequence;

  constructor(
    sampling: ServerSampling,
    { seed, dataset: { name: dataset } }: SamplesRequest,
    { problem, sample }: { readonly problem: Problem; readonly sample: number },
  ) {
    this.#sampling = sampling;
    this.#problem = problem;
    this.#sample = sample;
    this.#seed = seed;
    this.#own = sampleSeed({ seed, dataset, problem: problem.id, sample });
    this.#chance = new RandomSequence("server-pause", seed, dataset, problem.id, sample);
  }

  async sample(abort: AbortSignal): Promise<Sample> {
    const { engine, grade } = this.#sampling;
    const { text, tokens, finish, promptTokens, fingerprint, logProbs } = await this.#text(abort);
    return await gradedSample(grade, this.#problem, {
      sample: this.#sample,
      seed: this.#seed,
      text,
      tokens,
      finish,
      server: {
        ...(takesSeed(engine) && { seed: this.#own }),
        promptTokens,
        ...(fingerprint !== undefined && { fingerprint }),
        ...(logProbs !== undefined && { logProbs }),
      },
    });
  }

  async #text(abort: AbortSignal): Promise<ServerText> {
    const { asking: { attempts, firstPauseMs, mostPauseMs }, prompt } = this.#sampling;
    const asked = prompt(this.#problem);
    const body = requestBody(this.#sampling, asked, this.#own);
    let why = "";
    for (let attempt = 0; attempt < attempts; attempt++) {
      const came = await this.#attempt(body, abort);
      if (!("kind" in came)) return this.#checked(came, asked);
      why = came.why;
      const longest = Math.min(mostPauseMs, firstPauseMs * 2 ** attempt);
      await pause(Math.max(came.afterMs ?? 0, longest * this.#chance.uniform()), abort);
    }
    throw new BenchError(
      `${this.#cannot}: ${attempts} attempts failed, the last by ${why}; look at the server, the same command continues`,
    );
  }

  get #cannot(): string {
    return `Cannot sample problem ${this.#problem.id}, sample ${this.#sample}`;
  }

  async #attempt(body: unknown, abort: AbortSignal): Promise<ServerText | FailedExchange> {
    const { pool, asking, route, maxNewTokens } = this.#sampling;
    const server = await pool.take(abort);
    try {
      const came = await exchange(`${server.address}${ROUTE_PATHS[route]}`, {
        ...asking,
        body,
        mostBytes: ANSWER_BYTES + TOKEN_BYTES * maxNewTokens,
        abort,
      });
      if (came.kind === "failed" && came.away) pool.suspect(server);
      if (came.kind === "failed") return came;
      if (came.kind === "refused") throw this.#refusal(came.status, came.text);
      const read = readAnswer(came.value, this.#sampling);
      return "answer" in read ? read.answer : { kind: "failed", why: `an answer whose ${read.fault}`, away: false };
    } finally {
      pool.release(server);
    }
  }

  #refusal(status: number, text: string): BenchError {
    const remedy = status === 401 || status === 403
      ? "; set SOFT_GRPO_BENCH_API_KEY to the server's key"
      : this.#sampling.route === "ids"
      ? "; where the server takes no token ids, --route text sends the prompt as text"
      : "";
    return new BenchError(`${this.#cannot}: the server refuses with status ${status} (${text})${remedy}`);
  }

  /** A text under the prompt that was meant, by our own tokenizer where the ids are known. */
  #checked(came: ServerText, { ids: prompt }: ServerPrompt): ServerText {
    const { route, endTokens, decode } = this.#sampling;
    if (route !== "chat" && came.promptTokens !== prompt.length) {
      throw new BenchError(
        `${this.#cannot}: the server read ${came.promptTokens} tokens of prompt, expected ${prompt.length}; ` +
          (route === "text" ? "it adds tokens or has another tokenizer" : "--model is not the model that it serves"),
      );
    }
    if (came.ids === undefined) return came;
    const ended = came.finish === "stop" && endTokens.includes(came.ids.at(-1)!);
    return { ...came, text: decode(ended ? came.ids.slice(0, -1) : came.ids) };
  }
}
