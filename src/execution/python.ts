/**
 * The executor for comparison: the machine's own `python3`, in a process of its own under resource limits. A limit is not
 * a wall: what the program may read is what this user may read.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { BenchError } from "../errors.ts";
import {
  type CodeExecutor,
  type ExecutionLimits,
  type ExecutionVerdict,
  secondsOf,
  type TestedProgram,
} from "./executor.ts";
import { WaitingLine } from "./waiting_line.ts";

/** The program that must be there. */
const PYTHON = "python3";
const LAUNCHER = fileURLToPath(new URL("./python_launcher.py", import.meta.url));
/** What the launcher may take for its own start and end, besides the program's time. */
const GRACE_SECONDS = 20;
const MILLISECONDS = 1000;

/** Starts one interpreter for each program. */
export class PythonExecutor implements CodeExecutor {
  readonly #mebibytes: number;
  readonly #line: WaitingLine<undefined>;
  readonly #closing = new AbortController();

  /**
   * @param workers programs that run at the same time
   * @param mebibytes most address space of a program, MiB
   */
  constructor(workers: number, mebibytes: number) {
    this.#mebibytes = mebibytes;
    this.#line = new WaitingLine(Array.from({ length: workers }, () => undefined));
  }

  /** See {@link CodeExecutor.run}. */
  async run(program: string | TestedProgram, limits?: ExecutionLimits): Promise<ExecutionVerdict> {
    const seconds = secondsOf(limits);
    await this.#line.take();
    try {
      const { code, tests = null } = typeof program === "string" ? { code: program } : program;
      return await this.#launch({ code, tests, seconds, mebibytes: this.#mebibytes });
    } finally {
      this.#line.give(undefined);
    }
  }

  /** See {@link CodeExecutor.close}. */
  close(): Promise<void> {
    this.#closing.abort();
    return Promise.resolve();
  }

  async #launch(job: { readonly seconds: number } & Readonly<Record<string, unknown>>): Promise<ExecutionVerdict> {
    const clock = AbortSignal.timeout((job.seconds + GRACE_SECONDS) * MILLISECONDS);
    const process = this.#spawn(AbortSignal.any([this.#closing.signal, clock]));
    const writer = process.stdin.getWriter();
    // A launcher that ended early is told by its exit code.
    await writer.write(new TextEncoder().encode(JSON.stringify(job))).then(() => writer.close()).catch(() => {});
    const { code, stdout, stderr } = await process.output();
    if (this.#closing.signal.aborted) {
      throw new BenchError("Cannot end a program's run: its executor was closed.");
    }
    if (clock.aborted) return { outcome: "timed-out", reason: `no end within ${job.seconds} s` };
    const text = new TextDecoder();
    if (code === 0) return JSON.parse(text.decode(stdout)) as ExecutionVerdict;
    const reason = text.decode(stderr).trim().split("\n").at(-1);
    throw new BenchError(`Cannot run a program with ${PYTHON}: its launcher ended with ${code}, ${reason}`);
  }

  #spawn(signal: AbortSignal): Deno.ChildProcess {
    if (signal.aborted) throw new BenchError("Cannot run a program: its executor was closed.");
    try {
      // Without the user's packages; hashes as in WebAssembly.
      return new Deno.Command(PYTHON, {
        args: ["-B", "-s", LAUNCHER],
        env: { PYTHONHASHSEED: "0" },
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
        signal,
      }).spawn();
    } catch (error) {
      throw new BenchError(
        `Cannot run programs with ${PYTHON}: ${(error as Error).message}. Install it, or use --executor pyodide.`,
      );
    }
  }
}
