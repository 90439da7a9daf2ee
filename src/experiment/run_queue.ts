/**
 * The runs of an experiment, taken one after another by one lane or several, in this thread and others.
 *
 * @module
 */
import { type ArmRunOptions, runName, type WorkOptions } from "./arm_run.ts";
import type { RunName } from "./events.ts";
import { InterruptedError } from "../interruption.ts";
import { type ArmRun, armRuns, type ResolvedExperimentConfig } from "./resolve.ts";
import { BenchError } from "../errors.ts";
import type { Result } from "../result/types.ts";
import { dateTime, now } from "../clock.ts";

/** What a run came to; `index` is its place in `armRuns`. */
export type RunOutcome =
  & { readonly index: number; readonly run: RunName }
  & ({ readonly results: readonly Result[] } | { readonly failure: string });

/** How runs are worked through. */
export interface QueueOptions extends WorkOptions {
  readonly host: string;
  readonly onOutcome: (outcome: RunOutcome) => void;
}

/** Runs that nobody has begun. */
export class RunQueue {
  readonly #order: readonly (readonly [number, ArmRun])[];

  /** @param taken how many were taken, shared by all who take from this queue */
  constructor(
    config: ResolvedExperimentConfig,
    readonly taken: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
  ) {
    // Long runs first, so that lanes end at about the same time; seeds outermost, so that a first comparison is early.
    const untrained = ({ arm }: ArmRun) => Number(arm.objective === undefined);
    this.#order = [...armRuns(config).entries()].toSorted(([, a], [, b]) =>
      config.seeds.indexOf(a.seed) - config.seeds.indexOf(b.seed) || untrained(a) - untrained(b)
    );
  }

  /** The next run with its place in `armRuns`; undefined once all are taken. */
  take(): readonly [number, ArmRun] | undefined {
    return this.#order[Atomics.add(this.taken, 0, 1)];
  }
}

/** Does one run. */
export type DoRun = (run: ArmRun, options: ArmRunOptions) => Promise<Result[]>;

/**
 * Takes runs until none is left. A failed one does not stop the others.
 *
 * @throws {InterruptedError} After saving, if `abort` is aborted
 */
export async function workThrough(queue: RunQueue, doRun: DoRun, options: QueueOptions): Promise<void> {
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    const [index, run] = next;
    const name = runName(run);
    const start = now();
    try {
      const results = await doRun(run, {
        ...options,
        startedAt: dateTime(),
        elapsedSeconds: () => Math.round((now() - start) / 100) / 10,
      });
      options.onOutcome({ index, run: name, results });
    } catch (error) {
      if (error instanceof InterruptedError || !(error instanceof BenchError)) throw error;
      options.onOutcome({ index, run: name, failure: error.message });
    }
  }
}
