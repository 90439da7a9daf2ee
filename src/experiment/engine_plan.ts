/**
 * What the CPU engine of this machine would do with an experiment: how it is cut, what it holds, and, where the checkpoint
 * and the datasets are at hand, how long it takes by a trial of seconds.
 *
 * @module
 */
import { now } from "../clock.ts";
import { BenchError } from "../errors.ts";
import { type FreeMemory, freeMemory } from "./free_memory.ts";
import { armRuns } from "./resolve.ts";
import { expectedBytes, FitError, type Question, shareMachine, type Sizes } from "./sizes.ts";
import { type TimedWork, tryWork } from "./trial.ts";
import { openWorkbench, type WorkbenchOptions } from "./workbench.ts";
import type { Fit } from "./workload.ts";

/** What is known of an experiment on the CPU engine. */
export interface EnginePlan extends Partial<TimedWork> {
  /** How it is cut; absent where it does not fit. */
  readonly sizes?: Sizes;
  /** Runs at once. */
  readonly lanes: number;
  /** Memory that may be taken. */
  readonly free: FreeMemory;
  /** Why it would be refused. */
  readonly refusal?: string;
  /** Why nothing was tried. */
  readonly untried?: string;
}

/**
 * Opens the experiment as a run would, tries it, and closes it; where something is not at hand, plans by `typical` sizes.
 *
 * @param typical what is to be done, by sizes as they mostly are
 */
export async function planEngine(typical: Question, options: WorkbenchOptions): Promise<EnginePlan> {
  const free = freeMemory();
  const runs = armRuns(typical.config).length;
  const started = now();
  try {
    const bench = await openWorkbench(typical.config, { ...options, backend: "cpu-engine" }, runs);
    const opening = (now() - started) / 1000;
    try {
      const tried = await tryWork(bench);
      return { sizes: bench.sizes!, lanes: bench.threads.lanes, free, ...tried, seconds: opening + tried.seconds };
    } finally {
      await bench.dispose();
    }
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    if (error instanceof FitError) return { lanes: 1, free, refusal: error.message };
    try {
      const { threads: { lanes }, sizes } = await shareMachine(typical, true, options, runs);
      return { sizes: sizes!, lanes, free, untried: error.message };
    } catch (other) {
      if (!(other instanceof FitError)) throw other;
      return { lanes: 1, free, refusal: other.message };
    }
  }
}

/** The same as of a card. */
export function engineFit({ sizes, lanes, free }: EnginePlan): Fit {
  if (sizes === undefined) return { fits: false, sequences: 0, needed: 0, usable: free.bytes };
  return { fits: true, sequences: sizes.sequences, needed: expectedBytes(sizes, lanes), usable: free.bytes };
}
