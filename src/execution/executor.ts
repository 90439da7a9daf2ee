/**
 * What runs a program that nobody has read: the seam between code that a model wrote and the rest of the harness.
 *
 * @module
 */

import { UsageError } from "../errors.ts";

/** What became of a program. */
export type ExecutionOutcome = "passed" | "failed" | "timed-out" | "out-of-memory";

/** What a program is judged to be. */
export interface ExecutionVerdict {
  /** `passed` only where the whole program, its tests included, ran to its end without an exception. */
  readonly outcome: ExecutionOutcome;
  /** Why it did not pass, in one line, as the interpreter or the sandbox says it; absent where it passed. */
  readonly reason?: string;
}

/** What a program may use. */
export interface ExecutionLimits {
  /** Seconds of wall time, from the program's first statement on, above 0, at most {@link MOST_EXECUTION_SECONDS}. */
  readonly seconds: number;
}

/** A program whose tests are told apart from the code that they test, so that the code can do less about them. */
export interface TestedProgram {
  /** The program under test. */
  readonly code: string;
  /** Runs after the code, and sees the names that it defined. */
  readonly tests?: string | undefined;
}

/** Runs programs, each with an interpreter in a fresh state. Calls may overlap; each waits for a free worker. */
export interface CodeExecutor {
  /**
   * Runs one Python program and judges it. Whatever the program does ends in a verdict, never in an exception here.
   *
   * @param program source text with its tests, run as HumanEval's own evaluation runs it: in an empty namespace, whose
   *   `__name__` is not `__main__`
   * @param limits default {@link DEFAULT_EXECUTION_SECONDS}
   * @throws {BenchError} If the executor is closed, or the interpreter itself cannot start
   * @throws {UsageError} If the limit is not in its range
   */
  run(program: string | TestedProgram, limits?: ExecutionLimits): Promise<ExecutionVerdict>;
  /** Ends all workers; programs that still run get no verdict. */
  close(): Promise<void>;
}

/** Seconds that a program may take where nothing else is said: the timeout that HumanEval's own evaluation sets. */
export const DEFAULT_EXECUTION_SECONDS = 3;

/** Most seconds that a program may take: a day. */
export const MOST_EXECUTION_SECONDS = 86_400;

/**
 * Seconds that a program may take.
 *
 * @throws {UsageError} If they are not in their range
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(secondsOf({ seconds: 10 }), 10);
 * assertEquals(secondsOf(), DEFAULT_EXECUTION_SECONDS);
 * ```
 */
export function secondsOf({ seconds }: ExecutionLimits = { seconds: DEFAULT_EXECUTION_SECONDS }): number {
  if (seconds > 0 && seconds <= MOST_EXECUTION_SECONDS) return seconds;
  throw new UsageError(
    `Cannot run a program for ${seconds} seconds, expected more than 0, at most ${MOST_EXECUTION_SECONDS}.`,
  );
}
