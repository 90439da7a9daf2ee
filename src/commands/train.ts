/**
 * `train`: the first half of bench. Checkpoints stay in the run folder, where `bench` finds them.
 *
 * @module
 */
import { trainArm } from "../experiment/arm_run.ts";
import { type CommandArguments, EXIT } from "./command.ts";
import { listenForInterruption } from "../interruption.ts";
import { armRuns } from "../experiment/config.ts";
import { UsageError } from "../errors.ts";
import { Progress } from "../progress.ts";
import { runLabel } from "../experiment/run_folder.ts";
import { stepFolder } from "../training/checkpoint.ts";
import { openWorkbench } from "../experiment/workbench.ts";
import { resolvedExperiment, workbenchOptions } from "./experiment_arguments.ts";

/** @returns 0 */
export async function run(args: CommandArguments): Promise<number> {
  const config = await resolvedExperiment(args);
  const runs = armRuns(config).filter(({ arm }) => arm.objective !== undefined);
  if (runs.length === 0) {
    throw new UsageError(`Cannot train ${config.arms.map(({ label }) => label).join(", ")}: choose an arm that trains`);
  }
  const options = workbenchOptions(args);
  if (args.flags.dryRun === true) return await (await import("./dry_run.ts")).dryRun(config, options, args);
  const progress = new Progress({ quiet: args.flags.quiet === true });
  const { abort, stop } = listenForInterruption();
  const bench = await openWorkbench(config, options);
  try {
    using _lock = bench.folder.prepare(config);
    const trained = [];
    for (const run of runs) {
      const done = await trainArm(bench, run, { progress, abort });
      trained.push({
        arm: run.arm.label,
        seed: run.seed,
        checkpoint: stepFolder(bench.folder.checkpoints(run), config.training.steps),
        sha256: done!.sha256,
        lastReward: done!.curve.at(-1)?.reward,
      });
      progress.note(`${runLabel(run)}: ${trained.at(-1)!.checkpoint}`);
    }
    if (args.flags.json === true) console.log(JSON.stringify({ trained }));
    return EXIT.ok;
  } finally {
    await bench.opened.dispose();
    stop();
  }
}
