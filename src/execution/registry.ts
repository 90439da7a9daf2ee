/**
 * Executors by their command-line names.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { CodeExecutor } from "./executor.ts";
import { PyodideExecutor } from "./pyodide.ts";
import { PythonExecutor } from "./python.ts";

/** Executors by their command-line names: CPython in WebAssembly, or the machine's own `python3`. */
export type ExecutorKind = "pyodide" | "python";

/** How to make an executor. */
export interface ExecutorOptions {
  /** Which one. */
  readonly kind: ExecutorKind;
  /** Programs that run at the same time, at least 1. */
  readonly workers: number;
  /** Most memory of a program, MiB, from 64 to 2048 (default 512). */
  readonly mebibytes?: number;
}

const DEFAULT_MEBIBYTES = 512;
const FEWEST_MEBIBYTES = 64;
/** As much as 32-bit CPython can hold in one object. */
const MOST_MEBIBYTES = 2048;

/**
 * Makes an executor; it starts its workers with its first programs.
 *
 * @throws {UsageError} If `workers` or `mebibytes` is not a whole number in its range
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const executor = createExecutor({ kind: "pyodide", workers: 1 });
 * assertEquals(await executor.run("assert 2 + 2 == 4"), { outcome: "passed" });
 * await executor.close();
 * ```
 */
export function createExecutor({ kind, workers, mebibytes = DEFAULT_MEBIBYTES }: ExecutorOptions): CodeExecutor {
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new UsageError(`Cannot run programs with ${workers} workers, expected a whole number from 1 on.`);
  }
  if (!Number.isSafeInteger(mebibytes) || mebibytes < FEWEST_MEBIBYTES || mebibytes > MOST_MEBIBYTES) {
    throw new UsageError(
      `Cannot run programs with ${mebibytes} MiB of memory each, expected a whole number from ${FEWEST_MEBIBYTES} ` +
        `to ${MOST_MEBIBYTES}.`,
    );
  }
  return kind === "pyodide" ? new PyodideExecutor(workers, mebibytes) : new PythonExecutor(workers, mebibytes);
}
