/**
 * `bench --verify FILE`: runs a result's configuration again, apart from everything that is there, and says whether it
 * reproduces.
 *
 * @module
 */
import { type CommandArguments, EXIT } from "./command.ts";
import { listenForInterruption } from "../interruption.ts";
import { runArm } from "../experiment/arm_run.ts";
import { armRuns, type ResolvedExperimentConfig } from "../experiment/config.ts";
import { BenchError, UsageError } from "../errors.ts";
import { Progress } from "../progress.ts";
import type { Result } from "../result/types.ts";
import { readResult } from "../result/store.ts";
import { openWorkbench } from "../experiment/workbench.ts";
import { workbenchOptions } from "./experiment_arguments.ts";
import { dateTime, now } from "../clock.ts";
import { jsonSha256 } from "../files/hash.ts";

/** How far a result was reproduced. */
type Reproduction = "bytes" | "counts" | "interval" | "not reproduced";

/** Where the second run works; its folder is removed at its end. */
const RUNS = "runs";

/** @returns 0 where the promise of the result's `reproducibility` is kept, 1 otherwise */
export async function verify(args: CommandArguments): Promise<number> {
  const file = args.flags.verify as string;
  refuseOthers(args);
  const stored = readResult(file);
  if (stored.status === "imported") throw new BenchError(`Cannot run ${file} again: its counts were imported`);
  const config = stored.experiment.config as unknown as ResolvedExperimentConfig;
  const { abort, stop } = listenForInterruption();
  const progress = new Progress({ quiet: args.flags.quiet === true });
  const runs = `${RUNS}/verify-${Deno.pid}`;
  const bench = await openWorkbench(config, {
    ...workbenchOptions(args),
    backend: backendOf(stored, args),
    runsFolder: runs,
  });
  try {
    using _lock = bench.folder.prepare(config);
    const start = now();
    const results = await runArm(bench, armRuns(config)[0], {
      progress,
      abort,
      startedAt: dateTime(),
      host: Deno.hostname(),
      elapsedSeconds: () => (now() - start) / 1000,
    });
    const again = results.find(({ arm }) => arm.label === stored.arm.label);
    if (again === undefined) {
      throw new BenchError(`Cannot verify ${file}: its configuration has no ${stored.arm.label}`);
    }
    const reproduction = reproductionOf(stored, again);
    const verdict = { file, reproduction, promised: stored.device.reproducibility };
    console.log(args.flags.json === true ? JSON.stringify(verdict) : sentence(verdict));
    const kept = reproduction === "bytes" ||
      (stored.device.reproducibility !== "bitwise" && reproduction === "counts") ||
      (stored.device.reproducibility === "statistical" && reproduction === "interval");
    return kept ? EXIT.ok : EXIT.failed;
  } finally {
    await bench.opened.dispose();
    await Deno.remove(runs, { recursive: true });
    stop();
  }
}

/** Flags that say how a configuration is run; every other one would change what is run, or is not used. */
const FLAGS = ["verify", "backend", "workers", "native", "mirror", "json", "quiet", "debug"];

function refuseOthers({ positionals, flags }: CommandArguments): void {
  const other = positionals[0] ?? Object.keys(flags).find((name) => !FLAGS.includes(name));
  if (other === undefined) return;
  const given = positionals.length > 0 ? other : `--${other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new UsageError(
    `Cannot take ${given} with --verify: the result's own configuration is run again; beside it stand ` +
      FLAGS.slice(1, -1).map((name) => `--${name}`).join(", "),
  );
}

function backendOf(stored: Result, args: CommandArguments) {
  return (args.flags.backend ?? stored.device.backend) as ReturnType<typeof workbenchOptions>["backend"];
}

/** Everything that was computed: neither times nor which commit and versions computed it. */
function reproductionOf(stored: Result, again: Result): Reproduction {
  const computed = ({ datasets, training, model, overlap }: Result) => ({ datasets, training, model, overlap });
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

function sentence(
  { file, reproduction, promised }: { file: string; reproduction: Reproduction; promised: string },
): string {
  const found = {
    bytes: "every count, vote, metric and training figure is the same",
    counts: "every count is the same; some training figures differ",
    interval: "counts differ; every average lies in the stored 95 % interval",
    "not reproduced": "an average lies outside the stored 95 % interval",
  }[reproduction];
  return `${file}: ${reproduction} (${found}; promised: ${promised})`;
}
