/**
 * Lanes of an experiment beside the main thread's own: each is a thread with a workbench of its own, which takes runs from
 * the same queue and says how far it is.
 *
 * @module
 */
import { InterruptedError, type StopSignal } from "../interruption.ts";
import type { ResolvedExperimentConfig } from "./resolve.ts";
import { BenchError } from "../errors.ts";
import type { WorkEvent } from "./events.ts";
import type { RunOutcome } from "./run_queue.ts";
import type { WorkbenchOptions } from "./workbench.ts";

/** What a lane is told at its start. */
export interface LaneStart {
  readonly config: ResolvedExperimentConfig;
  readonly options: WorkbenchOptions;
  readonly taken: Int32Array<SharedArrayBuffer>;
  readonly host: string;
}

/** What a lane says. */
export type LaneMessage =
  | { readonly kind: "event"; readonly event: WorkEvent }
  | { readonly kind: "outcome"; readonly outcome: RunOutcome }
  | { readonly kind: "end"; readonly error?: LaneError };

/** An error as a message: an Error loses its class between threads, so its kind goes along. */
export interface LaneError {
  readonly kind: "interrupted" | "expected" | "fault";
  readonly message: string;
  /** What interrupted it. */
  readonly signal?: StopSignal;
}

/** What a lane is told later, with the reason. */
export interface LaneAbort {
  readonly abort: unknown;
}

/** Who hears what a lane says. */
export interface LaneListener {
  readonly onEvent: (event: WorkEvent) => void;
  readonly onOutcome: (outcome: RunOutcome) => void;
}

/** A lane as the main thread sees it. */
export class Lane {
  /** Resolves once no run is left; rejects as the lane's work did, with an InterruptedError after `abort`. */
  readonly ended: Promise<void>;
  readonly #worker: Worker;

  constructor(start: LaneStart, listener: LaneListener) {
    this.#worker = new Worker(new URL("./lane_worker.ts", import.meta.url), { type: "module" });
    this.ended = new Promise((resolve, reject) => {
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new BenchError(`Cannot go on, a lane died: ${event.message}`));
      };
      this.#worker.onmessage = ({ data }: MessageEvent<LaneMessage>) => {
        try {
          if (data.kind === "event") listener.onEvent(data.event);
          else if (data.kind === "outcome") listener.onOutcome(data.outcome);
          else if (data.error === undefined) resolve();
          else reject(errorOf(data.error));
        } catch (error) {
          reject(error);
        }
      };
    });
    this.#worker.postMessage(start);
  }

  /** Stops the lane at its next safe point. */
  abort(reason: unknown): void {
    // Only a name crosses threads whole.
    const abort = typeof reason === "string" ? reason : undefined;
    this.#worker.postMessage({ abort } satisfies LaneAbort);
  }

  /** Ends the thread at once. */
  terminate(): void {
    this.#worker.terminate();
  }
}

function errorOf({ kind, message, signal }: LaneError): Error {
  if (kind === "interrupted") return new InterruptedError(message, signal);
  return kind === "expected" ? new BenchError(message) : new Error(message);
}
