/**
 * Ray Jobs over HTTP, as a dashboard of Ray offers them: sending a package, submitting, asking, stopping. What may have
 * been done already is done as if for the first time: packages go by their content, jobs by an id of the caller's.
 *
 * Source: python/ray/dashboard/modules/job/job_head.py of Ray 2.60, and what that version answered.
 *
 * @module
 */
import type { z } from "npm:zod@4.3.5";
import { BenchError } from "../errors.ts";
import { check } from "../files/check.ts";
import { sha256 } from "../files/hash.ts";
import { visible } from "../text/visible.ts";
import { JOB_LOG, RAY_JOB, RAY_VERSION, type RayJob, type RayVersion, STOPPED, SUBMITTED } from "./ray_answers.ts";

/** How a cluster is reached. */
export interface RayAddress {
  /** Of its dashboard, e.g. `http://127.0.0.1:8265`. */
  readonly address: string;
  /** Sent with every request, where the cluster wants one. */
  readonly token?: string;
  /** Waits, in ms; another in tests. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** A job as it is submitted; every key is one that Ray knows, as it refuses others. */
export interface RayJobRequest {
  readonly entrypoint: string;
  readonly submission_id: string;
  readonly runtime_env: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly entrypoint_num_cpus?: number;
  readonly entrypoint_num_gpus?: number;
}

/** A package that a cluster holds, or is to hold. */
export interface RayPackage {
  /** Its name there, which tells its content. */
  readonly name: string;
  readonly sha256: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Ray's dashboard takes no larger request. */
export const LARGEST_PACKAGE = 100 << 20;
/** Answers other than logs are short. */
const LARGEST_ANSWER = 4 << 20;
/** A log of that many bytes is of a program that went wrong. */
export const LARGEST_LOG = 256 << 20;
/** What of an error's text is shown. */
const LONGEST_SAYING = 300;
const ANSWER_MS = 60_000, UPLOAD_MS = 600_000;
/** Between tries of what may be tried again: 16 s together. */
const PAUSES_MS: readonly number[] = [500, 1000, 2000, 4000, 8000];
const NOT_FOUND = 404, FIRST_SERVER_FAULT = 500;
const DIGITS_OF_NAME = 40;
/** How Ray says that a job of that id is there. */
const IS_THERE = /already exists/;

interface Asked {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly largest?: number;
  /** Whether it may be sent again where its answer is lost or a fault of the server's; what reads may. */
  readonly again?: boolean;
  /** Whether an answer whose status is an error's says what was asked for all the same; absent: none does. */
  readonly good?: (answer: Answer) => boolean;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The package of these bytes. */
export function rayPackage(bytes: Uint8Array<ArrayBuffer>): RayPackage {
  const hash = sha256(bytes);
  return { name: `_ray_pkg_${hash.slice(0, DIGITS_OF_NAME)}.zip`, sha256: hash, bytes };
}

/** What a job calls a package that was sent. */
export function packageUri({ name }: RayPackage): string {
  return `gcs://${name}`;
}

/** One cluster. */
export class RayJobs {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #wait: (ms: number) => Promise<void>;

  /** @throws {BenchError} If the address is none of HTTP */
  constructor({ address, token, wait }: RayAddress) {
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol)) {
      throw new BenchError(
        `Cannot reach a Ray cluster at ${JSON.stringify(address)}: expected the address of its dashboard, ` +
          "as http://127.0.0.1:8265",
      );
    }
    this.#base = url.href.replace(/\/+$/, "");
    this.#headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    this.#wait = wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /** Which Ray answers there. */
  async version(): Promise<RayVersion> {
    return this.#read(RAY_VERSION, await this.#ask("/api/version"), "its version");
  }

  /**
   * Sends a package, unless the cluster holds it.
   *
   * @returns whether it was sent now
   * @throws {BenchError} If it is larger than a cluster takes; nothing is sent then
   */
  async upload({ name, bytes }: RayPackage): Promise<boolean> {
    if (bytes.length > LARGEST_PACKAGE) {
      throw new BenchError(
        `Cannot send a package of ${mebibytes(bytes.length)} to Ray: expected at most ${mebibytes(LARGEST_PACKAGE)}; ` +
          "leave weights and data where the nodes can read them, and name their path there",
      );
    }
    const place = `/api/packages/gcs/${name}`;
    if (!isMissing(await this.#ask(place, { good: isMissing }))) return false;
    await this.#ask(place, { method: "PUT", body: bytes, again: true });
    return true;
  }

  /** Submits a job. One of that id that is there already is this one, whose answer was lost. */
  async submit(job: RayJobRequest): Promise<void> {
    const good = ({ status, text }: Answer) => status === FIRST_SERVER_FAULT && IS_THERE.test(text);
    const answer = await this.#ask("/api/jobs/", { method: "POST", body: JSON.stringify(job), again: true, good });
    if (!good(answer)) this.#read(SUBMITTED, answer, "what was submitted");
  }

  /** A job; undefined where the cluster knows none of that id. */
  async job(id: string): Promise<RayJob | undefined> {
    const answer = await this.#ask(placeOf(id), { good: isMissing });
    return isMissing(answer) ? undefined : this.#read(RAY_JOB, answer, "the job");
  }

  /** All that a job has written so far; nothing where it is not there yet. */
  async log(id: string): Promise<string> {
    const answer = await this.#ask(`${placeOf(id)}/logs`, { largest: LARGEST_LOG, good: isMissing });
    return isMissing(answer) ? "" : this.#read(JOB_LOG, answer, "the log").logs ?? "";
  }

  /** Asks a job to end. @returns whether it had not ended yet */
  async stop(id: string): Promise<boolean> {
    const answer = await this.#ask(`${placeOf(id)}/stop`, { method: "POST", again: true, good: isMissing });
    return !isMissing(answer) && this.#read(STOPPED, answer, "whether it stopped").stopped;
  }

  /** A socket on which a job's log comes as it is written, from its beginning. */
  tail(id: string): WebSocket {
    const address = `${this.#base.replace(/^http/, "ws")}${placeOf(id)}/logs/tail`;
    return new WebSocket(address, { headers: { ...this.#headers } });
  }

  /** Waits, as between two tries. */
  wait(ms: number): Promise<void> {
    return this.#wait(ms);
  }

  /** One request, tried again where that can do no harm. */
  async #ask(path: string, asked: Asked = {}): Promise<Answer> {
    const { method = "GET", good = () => false, again = method === "GET" } = asked;
    for (let attempt = 0;; attempt++) {
      const last = !again || attempt === PAUSES_MS.length;
      try {
        const answer = await this.#send(path, asked);
        const { status } = answer;
        if (status < 300 || good(answer)) return answer;
        if (status === 401 || status === 403) throw this.#unknownUser(status);
        if (status < FIRST_SERVER_FAULT || last) throw this.#refused(`${method} ${path}`, answer);
      } catch (error) {
        if (error instanceof BenchError) throw error;
        if (last) throw this.#unreachable(error);
      }
      await this.#wait(PAUSES_MS[attempt]);
    }
  }

  async #send(path: string, { method = "GET", body, largest = LARGEST_ANSWER }: Asked): Promise<Answer> {
    const isJson = typeof body === "string";
    const response = await fetch(this.#base + path, {
      method,
      headers: { ...this.#headers, ...(isJson && { "Content-Type": "application/json" }) },
      ...(body !== undefined && { body }),
      // A token goes to no other host.
      redirect: "error",
      signal: AbortSignal.timeout(isJson || body === undefined ? ANSWER_MS : UPLOAD_MS),
    });
    return { status: response.status, text: await this.#textOf(response, largest) };
  }

  async #textOf(response: Response, largest: number): Promise<string> {
    let text = "", bytes = 0;
    const decoder = new TextDecoder();
    for await (const piece of response.body ?? []) {
      bytes += piece.length;
      if (bytes > largest) {
        throw new BenchError(`Cannot read Ray's answer: found more than ${mebibytes(largest)}, expected less`);
      }
      text += decoder.decode(piece, { stream: true });
    }
    return text + decoder.decode();
  }

  #read<S extends z.ZodType>(schema: S, { text }: Answer, what: string): z.output<S> {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new BenchError(
        `Cannot understand the answer of ${this.#base}: expected ${what} as JSON, ` +
          `found ${JSON.stringify(visible(text).slice(0, LONGEST_SAYING))}; is this the dashboard of a Ray cluster?`,
      );
    }
    return check(schema, value, { cannot: "read", of: `what Ray answers, ${what}` });
  }

  #refused(what: string, { status, text }: Answer): BenchError {
    // Errors are tracebacks of Python, whose last line says what is wrong.
    const said = text.split("\n").map((line) => line.trim()).filter((line) => /\w/.test(line)).at(-1) ?? "nothing";
    return new BenchError(
      `Cannot ${what} at ${this.#base}: Ray answers ${status}: ${visible(said).slice(0, LONGEST_SAYING)}`,
    );
  }

  #unknownUser(status: number): BenchError {
    const found = "Authorization" in this.#headers ? "another token than the cluster's" : "no token";
    return new BenchError(
      `Cannot use the Ray cluster at ${this.#base}: it answers ${status} and found ${found}; ` +
        "put its token into RAY_AUTH_TOKEN, or its file's path into RAY_AUTH_TOKEN_PATH",
    );
  }

  #unreachable(error: unknown): BenchError {
    const reason = error instanceof Error ? error.message : String(error);
    return new BenchError(
      `Cannot reach a Ray cluster at ${this.#base}: ${visible(reason).slice(0, LONGEST_SAYING)}; ` +
        "is it up, and its port reachable, by a tunnel where it listens on its own machine alone?",
    );
  }
}

function placeOf(id: string): string {
  return `/api/jobs/${encodeURIComponent(id)}`;
}

function isMissing({ status }: Answer): boolean {
  return status === NOT_FOUND;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20)} MiB`;
}
