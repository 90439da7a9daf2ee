/**
 * What runs the programs of an experiment: made for the first program, so that an experiment without programs starts no
 * interpreter.
 *
 * @module
 */
import type { CodeExecutor } from "../execution/executor.ts";
import { createExecutor, type ExecutorKind } from "../execution/registry.ts";
import type { ExecutorName } from "../grading/judge.ts";

/** An executor that may not be there yet. */
export interface ProgramRunner {
  /** As results name it. */
  readonly name: ExecutorName;
  /** The executor; the first call makes it. */
  readonly executor: () => CodeExecutor;
  /** Ends what was made here; an executor of the caller's goes on. */
  close(): Promise<void>;
}

/**
 * The runner that options ask for.
 *
 * @param options.executor a kind (default `pyodide`), or an executor of the caller's
 * @param options.workers programs at once (default one per core)
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(programRunner({ executor: "python" }).name, "python");
 * ```
 */
export function programRunner(
  { executor = "pyodide", workers = navigator.hardwareConcurrency }: {
    readonly executor?: ExecutorKind | CodeExecutor;
    readonly workers?: number;
  },
): ProgramRunner {
  if (typeof executor === "object") {
    return { name: "own", executor: () => executor, close: () => Promise.resolve() };
  }
  let made: CodeExecutor | undefined;
  return {
    name: executor,
    executor: () => made ??= createExecutor({ kind: executor, workers }),
    close: async () => {
      await made?.close();
      made = undefined;
    },
  };
}
