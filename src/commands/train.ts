/**
 * `train`: the first half of bench. Checkpoints stay in the run folder, where `bench` finds them.
 *
 * @module
 */
import { tryFolder } from "../files/write.ts";
import { trainResolved } from "../experiment/train.ts";
import { listenForInterruption } from "../interruption.ts";
import { Progress } from "../progress.ts";
import { EXIT } from "./command.ts";
import { commandWords } from "./command_words.ts";
import type { ExperimentArguments } from "./descriptions/experiments.ts";
import { askedExperiment, workbenchOptions } from "./experiment_arguments.ts";
import { ProgressView, runText } from "./show_progress.ts";
import { openTrackers } from "./trackers.ts";

/** @returns 0 */
export async function run(args: ExperimentArguments): Promise<number> {
  const { config, notes } = await askedExperiment(args);
  const options = workbenchOptions(args);
  const progress = new Progress({ quiet: args.flags.quiet === true });
  for (const note of notes) progress.note(note);
  if (args.flags.dryRun === true) return await (await import("./dry_run.ts")).dryRun(config, options, args);
  tryFolder(options.runsFolder);
  const { abort, stop } = listenForInterruption();
  using view = new ProgressView(progress);
  view.announceStop(abort);
  using trackers = await openTrackers(args.flags.track, config);
  try {
    const trained = await trainResolved(
      config,
      { ...options, abort, command: commandWords("train", args) },
      (event) => {
        view.show(event);
        trackers.follow(event);
      },
    );
    for (const run of trained) progress.note(`${runText(run)}: ${run.checkpoint}`);
    if (args.flags.json === true) {
      const rows = trained.map(({ curve, ...run }) => ({ ...run, lastReward: curve.at(-1)?.reward }));
      console.log(JSON.stringify({ trained: rows }));
    }
    return EXIT.ok;
  } finally {
    stop();
  }
}
