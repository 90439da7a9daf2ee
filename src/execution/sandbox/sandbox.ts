/**
 * One worker that runs programs, as the thread sees it that gives them out: a worker without permissions, and a clock
 * outside it.
 *
 * @module
 */
import { BenchError } from "../../errors.ts";
import type { ExecutionVerdict, TestedProgram } from "../executor.ts";
import type { PyodidePackage } from "./emscripten.ts";
import type { Snapshot } from "./interpreter.ts";
import type { SandboxMessage, SandboxRun, SandboxStart } from "./messages.ts";

/** `lib.deno.ns` has no type for it. */
type IsolatedWorkerOptions = WorkerOptions & { deno: { permissions: "none" } };

const MILLISECONDS = 1000;
/** In which a program ends at the alarm, unless it hangs in one long call. */
const ALARM_MILLISECONDS = 300;

/** A worker with an interpreter in the state that programs begin with. */
export class Sandbox {
  /** What another sandbox can begin with. */
  readonly snapshot: Snapshot;
  readonly #worker: Worker;
  readonly #alarm: Int32Array;
  #hear: (message: SandboxMessage) => void = () => {};
  #abandon: () => void = () => {};
  #usable = Promise.resolve(true);

  private constructor(worker: Worker, alarm: Int32Array, snapshot: Snapshot) {
    this.#worker = worker;
    this.#alarm = alarm;
    this.snapshot = snapshot;
    worker.onmessage = ({ data }: MessageEvent<SandboxMessage>) => this.#hear(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#hear({ kind: "failure", message: event.message });
    };
  }

  /**
   * Starts a worker and its interpreter.
   *
   * @param mebibytes most memory of the interpreter, MiB
   * @param snapshot of another sandbox; without one the start takes seconds
   * @throws {BenchError} If the interpreter does not start
   */
  static async start(files: PyodidePackage, mebibytes: number, snapshot?: Snapshot): Promise<Sandbox> {
    const options: IsolatedWorkerOptions = { type: "module", deno: { permissions: "none" } };
    const worker = new Worker(new URL("./worker.ts", import.meta.url), options);
    try {
      const { promise, resolve, reject } = Promise.withResolvers<Snapshot | undefined>();
      const fail = (message: string) => reject(new BenchError(`Cannot start CPython in WebAssembly: ${message}`));
      worker.onmessage = ({ data }: MessageEvent<SandboxMessage>) => {
        if (data.kind === "ready") resolve(data.snapshot);
        else fail("message" in data ? data.message : `found ${data.kind}, expected ready`);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        fail(event.message);
      };
      const alarm = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
      worker.postMessage({ kind: "start", files, mebibytes, alarm, snapshot } satisfies SandboxStart);
      const made = await promise;
      return new Sandbox(worker, alarm, snapshot ?? made!);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /** Whether it takes another program, once it knows: its state is put back after the verdict. */
  get usable(): Promise<boolean> {
    return this.#usable;
  }

  /**
   * Runs a program; only while {@link usable} is true, one at a time.
   *
   * @throws {BenchError} If {@link close} comes before the verdict
   */
  run(program: TestedProgram, seconds: number): Promise<ExecutionVerdict> {
    const verdict = Promise.withResolvers<ExecutionVerdict>();
    const usable = Promise.withResolvers<boolean>();
    this.#usable = usable.promise;
    const token = crypto.randomUUID();
    const end = () => {
      clearTimeout(clock);
      this.#hear = () => {};
      this.#abandon = () => {};
      this.#worker.terminate();
      usable.resolve(false);
    };
    const judge = (outcome: ExecutionVerdict["outcome"], reason: string) => {
      end();
      verdict.resolve({ outcome, reason });
    };
    const late: ExecutionVerdict = { outcome: "timed-out", reason: `no end within ${seconds} s` };
    Atomics.store(this.#alarm, 0, 0);
    // Where this thread was busy, a verdict may wait behind the clock: it is heard first. And most programs end at the
    // alarm, so that their worker need not be terminated while it runs, which would not give its memory back.
    let clock = setTimeout(() => {
      Atomics.store(this.#alarm, 0, 1);
      clock = setTimeout(() => judge(late.outcome, late.reason!), ALARM_MILLISECONDS);
    }, seconds * MILLISECONDS);
    this.#hear = (message) => {
      if (message.kind === "verdict" && message.token === token) {
        clearTimeout(clock);
        verdict.resolve(message.verdict.outcome === "timed-out" ? late : message.verdict);
      } else if (message.kind === "ready") {
        usable.resolve(true);
      } else {
        judge("failed", `the sandbox ended: ${"message" in message ? message.message : message.kind}`);
      }
    };
    this.#abandon = () => {
      end();
      verdict.reject(new BenchError("Cannot end a program's run: its executor was closed."));
    };
    this.#worker.postMessage({ kind: "run", token, program } satisfies SandboxRun);
    return verdict.promise;
  }

  /** Ends the worker, whatever it does. */
  close(): void {
    this.#abandon();
    this.#worker.terminate();
  }
}
