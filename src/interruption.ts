/**
 * Ctrl-C and its kin as an AbortSignal: work stops at its next safe point, after saving.
 *
 * @module
 */
import { BenchError } from "./errors.ts";
import { now } from "./clock.ts";

/** What stops the work: Ctrl-C; what timeouts, containers and batch systems send; and the end of a terminal. */
export type StopSignal = "SIGINT" | "SIGTERM" | "SIGHUP";
/** All of them. */
export const STOP_SIGNALS: readonly StopSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** A terminal, and every program between it and this one, pass on one press of Ctrl-C within this time. */
const SAME_PRESS_MS = 500;

/** How often a program looks whether the one that started it is still there. */
export const PARENT_CHECK_MS = 1000;
const LAUNCHED_BY = /^--launched-by=(\d+),(\w+)$/;

/** The launcher of a program, as that is told. */
export interface Launcher {
  /** Its process. */
  readonly pid: number;
  /** What it passes on; SIGHUP is not among them where the user asked for that (`nohup`). */
  readonly signals: readonly StopSignal[];
}

/** The word, ahead of all others, by which a launcher tells the program of itself. */
export function launcherWord({ pid, signals }: Launcher): string {
  return `--launched-by=${pid},${signals.join("_")}`;
}

/** The launcher that a command line tells of, and the command line without it. */
export function splitLauncher(argv: readonly string[]): { launcher?: Launcher; argv: readonly string[] } {
  const [, pid, names] = LAUNCHED_BY.exec(argv[0] ?? "") ?? [];
  if (names === undefined) return { argv };
  const signals = STOP_SIGNALS.filter((signal) => names.split("_").includes(signal));
  return { launcher: { pid: Number(pid), signals }, argv: argv.slice(1) };
}

/** What the exit code of a program that a signal ended is counted from. */
const SIGNAL_EXIT_BASE = 128;
const SIGNAL_NUMBERS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** The exit code of a program that ended on a signal: 130 for Ctrl-C. */
export function signalExitCode(signal: StopSignal): number {
  return SIGNAL_EXIT_BASE + SIGNAL_NUMBERS[signal];
}

/** Thrown at a safe point after an interruption. */
export class InterruptedError extends BenchError {
  /** Tells it from other errors. */
  override readonly name = "InterruptedError";
  /** What was sent. */
  readonly signal: StopSignal;

  /** Says what was kept, and what was sent. */
  constructor(message: string, signal: StopSignal = "SIGINT") {
    super(message);
    this.signal = signal;
  }
}

/**
 * Listens until `stop` is called; the reason of the abort is the signal's name. A second signal ends the program at once,
 * as a user expects. The end of the launcher, by which nobody could stop the program any more, is one too.
 *
 * @param end ends the program with an exit code; another in tests
 * @param time in ms; another in tests
 */
export function listenForInterruption(
  end: (code: number) => void = Deno.exit,
  time: () => number = now,
): { abort: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  let first: number | undefined;
  const { launcher } = splitLauncher(Deno.args);
  const listeners = (launcher?.signals ?? ownSignals()).map((signal) => {
    const listener = () => {
      if (first === undefined) controller.abort(signal);
      else if (time() - first > SAME_PRESS_MS) end(signalExitCode(signal));
      first ??= time();
    };
    Deno.addSignalListener(signal, listener);
    return { signal, listener };
  });
  const check = setInterval(() => {
    if (launcher !== undefined && Deno.ppid !== launcher.pid) controller.abort("SIGHUP");
  }, PARENT_CHECK_MS);
  Deno.unrefTimer(check);
  const stop = () => {
    clearInterval(check);
    listeners.forEach(({ signal, listener }) => Deno.removeSignalListener(signal, listener));
  };
  return { abort: controller.signal, stop };
}

/** Without a launcher nothing tells whether SIGHUP is to be ignored; a listener would undo that. */
function ownSignals(): readonly StopSignal[] {
  return Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
}

/**
 * An interruption in the middle of a training step, after its updates began: the model stands at the end of no step, and
 * must not be saved.
 */
export class InterruptedStepError extends InterruptedError {}

/** Does work within a training step whose updates began. */
export async function withinStep<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof InterruptedError ? new InterruptedStepError(error.message, error.signal) : error;
  }
}

/** Lets signals and worker errors be delivered, then throws if the work was interrupted. */
export async function safePoint(abort: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  throwIfInterrupted(abort);
}

/** Most time between two safe points of a loop whose rounds are short. */
const SAFE_POINT_MS = 500;

/**
 * As {@link safePoint}, for a loop whose rounds may be short: most calls cost nothing.
 *
 * @param time in ms; another in tests
 */
export function safePoints(abort: AbortSignal | undefined, time: () => number = now): () => Promise<void> {
  let last = time();
  return async () => {
    if (abort === undefined || (!abort.aborted && time() - last < SAFE_POINT_MS)) return;
    await safePoint(abort);
    last = time();
  };
}

/**
 * @throws {InterruptedError} If `abort` is aborted
 */
export function throwIfInterrupted(abort: AbortSignal | undefined): void {
  if (!abort?.aborted) return;
  const signal = STOP_SIGNALS.find((name) => name === abort.reason);
  throw new InterruptedError("Interrupted: finished work is saved; the same command continues from here", signal);
}
