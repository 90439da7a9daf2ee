/**
 * The thread of a lane: opens the experiment, takes runs until none is left, and tells the main thread.
 *
 * @module
 */
import { InterruptedError } from "../interruption.ts";
import { BenchError } from "../errors.ts";
import type { LaneAbort, LaneError, LaneMessage, LaneStart } from "./lane.ts";
import { runArm } from "./arm_run.ts";
import { RunQueue, workThrough } from "./run_queue.ts";
import { openWorkbench } from "./workbench.ts";

/** The part of a worker's global scope that is used; `lib.dom` knows no workers. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<LaneStart | LaneAbort>) => void) | null;
  postMessage(message: LaneMessage): void;
}
const scope = globalThis as unknown as WorkerScope;
const interruption = new AbortController();

scope.onmessage = async ({ data }) => {
  if ("abort" in data) return interruption.abort(data.abort);
  try {
    await work(data);
    scope.postMessage({ kind: "end" });
  } catch (error) {
    scope.postMessage({ kind: "end", error: laneError(error) });
  }
};

async function work({ config, options, taken, host }: LaneStart): Promise<void> {
  const bench = await openWorkbench(config, options);
  try {
    await workThrough(new RunQueue(config, taken), (run, own) => runArm(bench, run, own), {
      onEvent: (event) => scope.postMessage({ kind: "event", event }),
      abort: interruption.signal,
      host,
      onOutcome: (outcome) => scope.postMessage({ kind: "outcome", outcome }),
    });
  } finally {
    await bench.dispose();
  }
}

function laneError(error: unknown): LaneError {
  if (error instanceof InterruptedError) return { kind: "interrupted", message: error.message, signal: error.signal };
  if (error instanceof BenchError) return { kind: "expected", message: error.message };
  return { kind: "fault", message: error instanceof Error ? error.stack ?? error.message : String(error) };
}
