/**
 * The executor that needs nothing but Deno: CPython in WebAssembly, in workers without any permission. See
 * docs/execution.md for what keeps a program in its place.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import {
  type CodeExecutor,
  type ExecutionLimits,
  type ExecutionVerdict,
  secondsOf,
  type TestedProgram,
} from "./executor.ts";
import { readPyodidePackage } from "./pyodide_package.ts";
import type { PyodidePackage } from "./sandbox/emscripten.ts";
import { Sandbox } from "./sandbox/sandbox.ts";
import { WaitingLine } from "./waiting_line.ts";

/** A worker's place: its sandbox, from the first program on. */
interface Place {
  sandbox?: Promise<Sandbox>;
}

/** Keeps one sandbox a worker warm, and replaces those that a program ended. */
export class PyodideExecutor implements CodeExecutor {
  readonly #mebibytes: number;
  readonly #places: readonly Place[];
  readonly #line: WaitingLine<Place>;
  #files: Promise<PyodidePackage> | undefined;
  /** The first sandbox makes the state that all others begin with. */
  #first: Promise<Sandbox> | undefined;
  #closed = false;

  /**
   * @param workers programs that run at the same time
   * @param mebibytes most memory of a program, MiB
   */
  constructor(workers: number, mebibytes: number) {
    this.#mebibytes = mebibytes;
    this.#places = Array.from({ length: workers }, () => ({}));
    this.#line = new WaitingLine(this.#places);
  }

  /** See {@link CodeExecutor.run}. */
  async run(program: string | TestedProgram, limits?: ExecutionLimits): Promise<ExecutionVerdict> {
    const seconds = secondsOf(limits);
    const place = await this.#line.take();
    try {
      const sandbox = await (place.sandbox ??= this.#start());
      this.#requireOpen();
      return await sandbox.run(typeof program === "string" ? { code: program } : program, seconds);
    } finally {
      void this.#renew(place).finally(() => this.#line.give(place));
    }
  }

  /** See {@link CodeExecutor.close}. */
  async close(): Promise<void> {
    this.#closed = true;
    const started = await Promise.allSettled(this.#places.map(({ sandbox }) => sandbox));
    for (const result of started) if (result.status === "fulfilled") result.value?.close();
  }

  #requireOpen(): void {
    if (this.#closed) throw new BenchError("Cannot run a program: its executor was closed.");
  }

  async #start(): Promise<Sandbox> {
    this.#requireOpen();
    const files = await (this.#files ??= readPyodidePackage());
    if (this.#first === undefined) return await (this.#first = Sandbox.start(files, this.#mebibytes));
    return await Sandbox.start(files, this.#mebibytes, (await this.#first).snapshot);
  }

  /** Makes a place ready for the next program, after its verdict. */
  async #renew(place: Place): Promise<void> {
    try {
      if (await (await place.sandbox)?.usable) return;
      place.sandbox = this.#start();
      await place.sandbox;
    } catch {
      // The next program tries to start it, and tells.
      delete place.sandbox;
    }
  }
}
