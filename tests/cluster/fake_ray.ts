/**
 * A made-up Ray dashboard with the manners of a real one (2.60): paths that want their slash, unknown keys refused, errors
 * as tracebacks, a log by a socket and whole, and, where a test asks for it, faults of the network.
 *
 * @module
 */

/** One request that came. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
}

/** What becomes of a job here, by its submission. */
export interface FakeJob {
  readonly request: Readonly<Record<string, unknown>>;
  status: "PENDING" | "RUNNING" | "STOPPED" | "SUCCEEDED" | "FAILED";
  log: string;
  message?: string;
  exitCode?: number | null;
}

/** What goes wrong, or is asked for. */
export interface FakeRayOptions {
  /** Wanted with every request. */
  readonly token?: string;
  /** Submissions whose connection is cut after they were taken. */
  cutSubmissions?: number;
  /** Requests that are answered by 503 before one goes through. */
  busy?: number;
  /** Whether a log's socket breaks after its first message. */
  readonly breaksSockets?: boolean;
  /** Bytes that a request may have. */
  readonly largestBody?: number;
  /** What a job does, step by step; the next step comes with every question for it. */
  readonly steps?: (job: FakeJob, index: number) => void;
}

const KNOWN_KEYS = new Set([
  "entrypoint",
  "submission_id",
  "runtime_env",
  "metadata",
  "entrypoint_num_cpus",
  "entrypoint_num_gpus",
  "entrypoint_memory",
  "entrypoint_resources",
  "entrypoint_label_selector",
]);
const LARGEST_BODY = 100 << 20;
const ENDED = ["STOPPED", "SUCCEEDED", "FAILED"];

/** A dashboard under way. */
export class FakeRay implements AsyncDisposable {
  readonly requests: FakeRequest[] = [];
  readonly packages = new Map<string, Uint8Array>();
  readonly jobs = new Map<string, FakeJob>();
  readonly #steps = new Map<string, number>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #sockets = new Set<WebSocket>();

  constructor(readonly options: FakeRayOptions = {}) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) if (socket.readyState === WebSocket.OPEN) socket.close();
    await this.#server.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const { method } = request;
    const path = new URL(request.url).pathname;
    const authorization = request.headers.get("authorization");
    this.requests.push({ method, path, authorization });
    const { token } = this.options;
    if (token !== undefined && authorization !== `Bearer ${token}`) {
      return text(authorization === null ? 401 : 403, "Unauthorized: missing or invalid authentication token");
    }
    if ((this.options.busy ?? 0) > 0) {
      this.options.busy!--;
      return text(503, "Service Unavailable");
    }
    const body = new Uint8Array(await request.arrayBuffer());
    const most = this.options.largestBody ?? LARGEST_BODY;
    if (body.length > most) {
      return text(413, `Maximum request body size ${most} exceeded, actual body size ${body.length}`);
    }
    if (path === "/api/version") {
      return json({ version: "4", ray_version: "2.60.0", ray_commit: "b7f4259e", session_name: "session_1" });
    }
    const [, name] = /^\/api\/packages\/gcs\/([\w.]+)$/.exec(path) ?? [];
    if (name !== undefined) return this.#package(method, name, body);
    if (path === "/api/jobs/" && method === "POST") return this.#submit(request, body);
    const [, id, rest] = /^\/api\/jobs\/([\w.-]+)(\/.*)?$/.exec(path) ?? [];
    if (id === undefined) return text(404, "404: Not Found");
    const job = this.jobs.get(id);
    if (job === undefined) return text(404, `Job ${id} does not exist`);
    if (rest === undefined && method === "DELETE") return this.#remove(id, job);
    if (rest === undefined) return json(this.#describe(id, job));
    if (rest === "/logs") return json({ logs: job.log });
    if (rest === "/logs/tail") return this.#tail(id, job, request);
    if (rest === "/stop" && method === "POST") {
      const stopped = !ENDED.includes(job.status);
      if (stopped) job.status = "STOPPED";
      return json({ stopped });
    }
    return text(404, "404: Not Found");
  }

  #package(method: string, name: string, body: Uint8Array): Response {
    if (method === "PUT") {
      this.packages.set(name, body);
      return text(200, "");
    }
    return this.packages.has(name) ? text(200, "") : text(404, `Package gcs://${name} does not exist`);
  }

  #submit(request: Request, body: Uint8Array): Response {
    if (request.headers.get("content-type") !== "application/json") return text(415, "Unsupported Media Type");
    const asked = JSON.parse(new TextDecoder().decode(body)) as Record<string, unknown>;
    const unknown = Object.keys(asked).find((key) => !KNOWN_KEYS.has(key));
    if (unknown !== undefined) {
      return traceback(400, `TypeError: JobSubmitRequest.__init__() got an unexpected keyword argument '${unknown}'\n`);
    }
    if (Object.values(asked.metadata ?? {}).some((value) => typeof value !== "string")) {
      return traceback(400, "TypeError: metadata values must be strings");
    }
    const id = String(asked.submission_id);
    if (this.jobs.has(id)) {
      return traceback(
        500,
        `ValueError: Job with submission_id ${id} already exists. Please use a different submission_id.\n.\n`,
      );
    }
    this.jobs.set(id, { request: asked, status: "PENDING", log: "" });
    if ((this.options.cutSubmissions ?? 0) > 0) {
      this.options.cutSubmissions!--;
      // The answer breaks off before its end: the connection is cut.
      return new Response(new ReadableStream({ pull: (controller) => controller.error(new Error("cut")) }));
    }
    return json({ job_id: id, submission_id: id });
  }

  #describe(id: string, job: FakeJob): unknown {
    const index = this.#steps.get(id) ?? 0;
    this.#steps.set(id, index + 1);
    this.options.steps?.(job, index);
    return {
      type: "SUBMISSION",
      job_id: null,
      submission_id: id,
      driver_info: null,
      status: job.status,
      entrypoint: job.request.entrypoint,
      message: job.message ?? null,
      error_type: null,
      metadata: job.request.metadata ?? {},
      runtime_env: null,
      driver_exit_code: job.exitCode === undefined ? null : job.exitCode,
    };
  }

  #tail(id: string, job: FakeJob, request: Request): Response {
    const { socket, response } = Deno.upgradeWebSocket(request);
    this.#sockets.add(socket);
    let sent = 0;
    const timer = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (job.log.length > sent) {
        socket.send(job.log.slice(sent));
        sent = job.log.length;
        if (this.options.breaksSockets) socket.close(4000, "broken");
      }
      if (ENDED.includes(this.jobs.get(id)?.status ?? "STOPPED")) socket.close(1000);
    }, 5);
    socket.onclose = () => clearInterval(timer);
    return response;
  }

  #remove(id: string, job: FakeJob): Response {
    if (!ENDED.includes(job.status)) {
      return traceback(500, `RuntimeError: Attempted to delete job '${id}', but it is running`);
    }
    this.jobs.delete(id);
    return json({ deleted: true });
  }
}

function text(status: number, body: string): Response {
  return new Response(body, { status, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

function json(value: unknown): Response {
  return new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json; charset=utf-8" } });
}

function traceback(status: number, last: string): Response {
  return text(status, `Traceback (most recent call last):\n  File "job_head.py", line 1, in submit_job\n${last}`);
}
