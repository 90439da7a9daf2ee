/**
 * The Python process of `--backend torch`: started, asked one thing at a time, and ended. Whatever happens to it becomes
 * one line.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { visible } from "../text/visible.ts";
import {
  cannotUse,
  defaultFolder,
  interpreterOf,
  requireVersions,
  SETUP_COMMAND,
  type TorchVersions,
  WORKER_VARIABLES,
  workerScript,
} from "./environment.ts";
import { type Message, readMessage, type ShapedArray, writeMessage } from "./frames.ts";

/** What a worker says of its machine. */
export interface WorkerDescription extends TorchVersions {
  /** Version of peft, which adapters need; null where it is not there. */
  readonly peft: string | null;
  /** Version that PyTorch was built for; null where it was built for CPUs alone. */
  readonly cuda: string | null;
  /** GPUs, in the order of their numbers; bytes. */
  readonly devices: readonly {
    readonly name: string;
    readonly memory: number;
    readonly free: number;
    readonly bfloat16: boolean;
  }[];
  readonly threads: number;
  /** Machines that the workers are on, as many devices on each (absent: this one). */
  readonly nodes?: number;
}

/** How a worker is started. */
export interface WorkerOptions {
  /** Default: that of `.cache/torch`. */
  readonly interpreter?: string;
  /** Tests put their own here. */
  readonly script?: string;
  /** Threads of the CPU; default: PyTorch's choice. */
  readonly threads?: number;
}

/** What a worker wrote to its errors. */
interface Sayings {
  readonly lines: string[];
  listener: (line: string) => void;
}

/** Lines of its errors that are kept, for the message in which it ends. */
const KEPT_LINES = 40;
const LONGEST_SAYING = 300;

/** A worker that is ready. */
export class WorkerProcess {
  readonly description: WorkerDescription;
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #said: Sayings;
  readonly #drained: Promise<void>;
  #last: Promise<unknown> = Promise.resolve();
  #failure: BenchError | undefined;

  private constructor(child: Deno.ChildProcess, said: Sayings, drained: Promise<void>) {
    this.#child = child;
    this.#writer = child.stdin.getWriter();
    this.#reader = child.stdout.getReader({ mode: "byob" });
    this.#said = said;
    this.#drained = drained;
    this.description = undefined as unknown as WorkerDescription;
  }

  /**
   * Starts a worker and asks for its versions.
   *
   * @throws {BenchError} If there is no such Python, it lacks a package, or has another version of one
   */
  static async start(options: WorkerOptions = {}): Promise<WorkerProcess> {
    const interpreter = options.interpreter ?? interpreterOf(defaultFolder());
    const said: Sayings = { lines: [], listener: () => {} };
    const child = spawn(interpreter, options);
    const drained = drain(child.stderr, (line) => {
      said.lines.push(line);
      if (said.lines.length > KEPT_LINES) said.lines.shift();
      said.listener(line);
    });
    const worker = new WorkerProcess(child, said, drained);
    try {
      const description = (await worker.request("describe", {})).header as unknown as WorkerDescription;
      requireVersions(description);
      return Object.assign(worker, { description });
    } catch (error) {
      await worker.close();
      throw error;
    }
  }

  /** Hands on every line that the worker writes to its errors, the last ones before this call first. */
  listen(listener: (line: string) => void): void {
    this.#said.lines.forEach(listener);
    this.#said.listener = listener;
  }

  /** The process, for tests that end it. */
  get pid(): number {
    return this.#child.pid;
  }

  /**
   * One request and its answer; requests wait for each other.
   *
   * @throws {BenchError} If the worker refuses, runs out of memory, fails, or has ended
   */
  request(
    name: string,
    message: Readonly<Record<string, unknown>>,
    arrays: Readonly<Record<string, ShapedArray>> = {},
  ): Promise<Message> {
    const answer = this.#last.then(() => this.#ask(name, message, arrays));
    this.#last = answer.catch(() => {});
    return answer;
  }

  async #ask(
    name: string,
    message: Readonly<Record<string, unknown>>,
    arrays: Readonly<Record<string, ShapedArray>>,
  ): Promise<Message> {
    if (this.#failure !== undefined) throw this.#failure;
    let answer: Message | undefined;
    try {
      await writeMessage(this.#writer, { header: { ...message, request: name }, arrays });
      answer = await readMessage(this.#reader);
    } catch (error) {
      if (error instanceof BenchError) throw error;
      // A pipe whose other end is gone: how it went is said below.
    }
    if (answer === undefined) throw this.#failure = await this.#ending();
    const { failed, text } = answer.header as { failed?: string; text?: string };
    if (failed === undefined) return answer;
    throw this.#failed(failed, visible(text ?? "").slice(0, LONGEST_SAYING));
  }

  #failed(kind: string, text: string): BenchError {
    switch (kind) {
      case "start":
        return this.#failure = cannotUse(`its Python cannot start: ${text}; run: ${SETUP_COMMAND}`);
      case "refused":
        return cannotUse(text);
      case "memory":
        return this.#failure = new BenchError(
          `Cannot go on: PyTorch found no memory left (${text}); free the device, take --dtype bfloat16, more --devices, ` +
            `or a smaller batch`,
        );
      default:
        return this.#failure = new BenchError(
          `Cannot go on: PyTorch failed: ${text}; torch.log in the run's folder shows where`,
        );
    }
  }

  async #ending(): Promise<BenchError> {
    await this.#drained;
    const { code, signal } = await this.#child.status;
    const how = signal === null ? `exit code ${code}` : signal;
    const last = this.#said.lines.at(-1);
    const saying = last === undefined ? "it said nothing" : `it said last: ${visible(last).slice(0, LONGEST_SAYING)}`;
    return new BenchError(
      `Cannot go on: the PyTorch worker ended by ${how}, ${saying}; start again, work goes on from the last checkpoint`,
    );
  }

  /** Ends the process; a second call does nothing. */
  async close(): Promise<void> {
    this.#failure ??= new BenchError("Cannot ask the PyTorch worker: it was closed");
    await this.#writer.close().catch(() => {});
    await this.#child.status;
    await this.#reader.cancel().catch(() => {});
    await this.#drained;
  }
}

function spawn(interpreter: string, options: WorkerOptions): Deno.ChildProcess {
  try {
    return new Deno.Command(interpreter, {
      // Nothing of the user's own folders gets in its way.
      args: ["-s", "-u", options.script ?? workerScript()],
      env: { ...WORKER_VARIABLES, ...(options.threads !== undefined && { OMP_NUM_THREADS: `${options.threads}` }) },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw cannotUse(`found no Python at ${interpreter}; run: ${SETUP_COMMAND}`);
    }
    if (error instanceof Deno.errors.NotCapable) {
      throw cannotUse(`no permission to run ${interpreter}: add --allow-run=${interpreter}`);
    }
    throw error;
  }
}

/** Reads a stream to its end, line by line: a full pipe would stop the worker. */
async function drain(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  let open = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (open + text).split("\n");
    open = lines.pop()!.slice(-LONGEST_SAYING);
    for (const line of lines) if (line.trim() !== "") onLine(line);
  }
  if (open.trim() !== "") onLine(open);
}
