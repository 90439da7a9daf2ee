/**
 * Ctrl-C and SIGTERM as an AbortSignal: work stops at its next safe point, after saving.
 *
 * @module
 */
import { BenchError } from "./errors.ts";

/** Thrown at a safe point after an interruption; exit code 130. */
export class InterruptedError extends BenchError {
  /** Tells it from other errors. */
  override readonly name = "InterruptedError";
}

/** Listens until `stop` is called. A second signal ends the program at once, as a user expects. */
export function listenForInterruption(): { abort: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const signals: readonly Deno.Signal[] = ["SIGINT", "SIGTERM"];
  const stop = () => signals.forEach((name) => Deno.removeSignalListener(name, onSignal));
  function onSignal() {
    stop();
    controller.abort();
  }
  signals.forEach((name) => Deno.addSignalListener(name, onSignal));
  return { abort: controller.signal, stop };
}

/** Lets signals and worker errors be delivered, then throws if the work was interrupted. */
export async function safePoint(abort: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  if (abort?.aborted) {
    throw new InterruptedError("Interrupted: finished work is saved; the same command continues from here");
  }
}
