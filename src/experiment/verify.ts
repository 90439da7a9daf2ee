/**
 * Runs a result's configuration again, apart from everything that is there, and says whether it reproduces.
 *
 * @module
 */
import { dateTime, now } from "../clock.ts";
import { BenchError, UsageError } from "../errors.ts";
import { jsonSha256 } from "../files/hash.ts";
import { executorOfGrader } from "../grading/judge.ts";
import type { Reproducibility } from "../models/language_model.ts";
import { resultDomain } from "../result/domain.ts";
import type { Result } from "../result/types.ts";
import { runArm } from "./arm_run.ts";
import { type WorkOptions, workPlace } from "./bench.ts";
import { currentConfig } from "./earlier_config.ts";
import { armRuns, checkResolved } from "./resolve.ts";
import { EventStream } from "./event_stream.ts";
import type { WorkEvent } from "./events.ts";
import { type BackendName } from "./open_model.ts";
import { openWorkbench } from "./workbench.ts";

/** How far a result was reproduced. */
export type Reproduction = "bytes" | "counts" | "interval" | "not reproduced";

/** What a second run came to. */
export interface Verification {
  /** How far it was reproduced. */
  readonly reproduction: Reproduction;
  /** What the result promises. */
  readonly promised: Reproducibility;
  /** Whether the promise is kept. */
  readonly kept: boolean;
}

/**
 * Runs the configuration that a result holds once more and compares what comes out.
 *
 * @param stored the result; nothing beside it is read or written
 * @param options where it runs (default: the result's own backend, and there the weights that it decoded by)
 * @throws {BenchError} In the iteration or the promise: if it was imported, or its configuration is not of this program
 * @throws {UsageError} Likewise: if other than Pyodide ran its programs, and no executor is given
 * @throws {InterruptedError} Likewise: if `abort` is aborted
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "./bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 2, samples: 2 };
 * const { results: [{ result }] } = await bench(tiny, few);
 * assertEquals(await verify(result), { reproduction: "bytes", promised: "bitwise", kept: true });
 * ```
 */
export function verify(
  stored: Result,
  options: Omit<WorkOptions, "resultsFolder"> = {},
): EventStream<WorkEvent, Verification> {
  return new EventStream((emit, abort) => runAgain(stored, { ...options, abort }, emit), options.abort);
}

async function runAgain(
  stored: Result,
  options: WorkOptions,
  onEvent: (event: WorkEvent) => void,
): Promise<Verification> {
  if (stored.status === "imported") {
    throw new BenchError(`Cannot run ${stored.arm.label} again: its counts were imported`);
  }
  if (options.backend === undefined && stored.device.servedModel !== undefined) {
    throw new UsageError(
      `Cannot run ${stored.arm.label} again: servers drew its samples; add --backend NAME to draw them here and compare, ` +
        "or ask servers again by `sample`",
    );
  }
  const executor = executorOfGrader(stored.grader.name);
  if (options.executor === undefined && executor !== undefined && executor !== "pyodide") {
    throw new UsageError(
      `Cannot run ${stored.arm.label} again with pyodide: its programs were run by ${
        executor === "own" ? "an executor of its maker's; give that one" : `${executor}; add --executor ${executor}`
      }`,
    );
  }
  using place = workPlace(options);
  const config = checkResolved(currentConfig(stored.experiment.config), `the configuration of ${stored.arm.label}`);
  const { backend = stored.device.backend as BackendName, abort, host = "" } = options;
  const own = options.backend === undefined && stored.device.decodeDtype === "bfloat16"
    ? { decodeDtype: stored.device.decodeDtype } as const
    : {};
  const bench = await openWorkbench(config, { ...own, ...options, backend, runsFolder: place.folder });
  try {
    using _lock = bench.folder.prepare(config);
    const start = now();
    const results = await runArm(bench, armRuns(config)[0], {
      onEvent,
      ...(abort && { abort }),
      startedAt: dateTime(),
      host,
      elapsedSeconds: () => (now() - start) / 1000,
    });
    const again = results.find((result) =>
      result.arm.label === stored.arm.label && resultDomain(result) === resultDomain(stored)
    );
    if (again === undefined) {
      throw new BenchError(`Cannot verify a result: its configuration has no ${stored.arm.label}`);
    }
    const reproduction = reproductionOf(stored, again);
    const promised = stored.device.reproducibility;
    return { reproduction, promised, kept: isKept(promised, reproduction) };
  } finally {
    await bench.dispose();
  }
}

/**
 * All that was measured is compared: neither times, nor which commit and versions computed it, nor metrics, which follow
 * from the counts and may be summed in another order by a later version.
 */
export function reproductionOf(stored: Result, again: Result): Reproduction {
  const computed = ({ datasets, training, model, overlap }: Result) => ({
    datasets: datasets.map(({ metrics: _, ...measured }) => measured),
    ...{ training, model, overlap },
  });
  if (jsonSha256(computed(stored)) === jsonSha256(computed(again))) return "bytes";
  const counts = ({ datasets }: Result) =>
    datasets.map(({ name, problems }) => [name, problems.map(({ n, c }) => [n, c])]);
  if (jsonSha256(counts(stored)) === jsonSha256(counts(again))) return "counts";
  const overlaps = Object.entries(stored.average.passAt).every(([k, { low, high }]) => {
    const value = again.average.passAt[k]?.value;
    return value !== undefined && low <= value && value <= high;
  });
  return overlaps ? "interval" : "not reproduced";
}

function isKept(promised: Reproducibility, reproduction: Reproduction): boolean {
  return reproduction === "bytes" || (promised !== "bitwise" && reproduction === "counts") ||
    (promised === "statistical" && reproduction === "interval");
}
