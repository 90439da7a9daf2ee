/**
 * `bench`: train every arm, evaluate, write result files, print the table.
 *
 * @module
 */
import process from "node:process";
import { EXIT } from "./command.ts";
import { commandWords } from "./command_words.ts";
import type { BenchArguments, ExperimentArguments } from "./descriptions/experiments.ts";
import { places } from "./places.ts";
import { resultsFolder } from "./result_arguments.ts";
import { listenForInterruption } from "../interruption.ts";
import { tryFolder } from "../files/write.ts";
import { runResolved, type WorkOptions } from "../experiment/bench.ts";
import type { ResolvedExperimentConfig } from "../experiment/resolve.ts";
import type { BenchEvent } from "../experiment/events.ts";
import type { ExperimentOutcome } from "../experiment/experiment.ts";
import { Progress } from "../progress.ts";
import { countText } from "../text/numbers.ts";
import { resultText } from "../summary/tables.ts";
import { isAblation } from "../result/choice.ts";
import { RESULT_VERSION_FOLDER, resultsFolderOf } from "../result/store.ts";
import { summarize } from "../summary/summary.ts";
import type { WorkbenchOptions } from "../experiment/workbench.ts";
import { ProgressView, runText } from "./show_progress.ts";
import { TimeSpent } from "./time_spent.ts";
import { openTrackers } from "./trackers.ts";
import { type AskedExperiment, askedExperiment, workbenchOptions } from "./experiment_arguments.ts";
import { now } from "../clock.ts";

/** @returns 0, or 1 where an arm failed */
export async function run(args: BenchArguments): Promise<number> {
  if (args.flags.verify !== undefined) return await (await import("./verify.ts")).verify(args.flags.verify, args);
  return await runBench(await askedExperiment(args), workbenchOptions(args), args, commandWords("bench", args));
}

/**
 * Runs an experiment and shows what came out of it.
 *
 * @param command the words that do so
 */
export async function runBench(
  { config, notes }: AskedExperiment,
  options: WorkbenchOptions,
  args: ExperimentArguments,
  command: readonly string[],
): Promise<number> {
  const progress = new Progress({ quiet: args.flags.quiet === true });
  for (const note of notes) progress.note(note);
  if (args.flags.dryRun === true) return await (await import("./dry_run.ts")).dryRun(config, options, args);
  return await showExperiment(
    config,
    { ...args.flags, runs: options.runsFolder },
    (work, emit) => runResolved(config, { ...options, ...work, command }, emit),
    progress,
  );
}

/** Flags by which an experiment's work is shown and kept. */
export interface ShownFlags {
  readonly results?: string;
  readonly runs: string;
  readonly track?: readonly string[];
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly profile?: boolean;
}

/** Where an experiment's results go, and what stops it. */
export type ShownWork = Required<Pick<WorkOptions, "resultsFolder" | "host" | "abort">>;

/**
 * Shows an experiment while it runs, and what came out of it.
 *
 * @param work does it
 * @param progress where it is shown (default the terminal)
 * @returns 0, or 1 where an arm failed
 */
export async function showExperiment(
  config: ResolvedExperimentConfig,
  flags: ShownFlags,
  work: (options: ShownWork, emit: (event: BenchEvent) => void) => Promise<ExperimentOutcome>,
  progress: Progress = new Progress({ quiet: flags.quiet === true }),
): Promise<number> {
  const started = now();
  const { runs, results: given = "results" } = flags;
  const results = resultsFolderOf(given, config);
  tryFolder(resultsFolder(results));
  tryFolder(runs);
  const { abort, stop } = listenForInterruption();
  using view = new ProgressView(progress);
  view.announceStop(abort);
  using trackers = await openTrackers(flags.track, config);
  const spent = new TimeSpent();
  let folder = "";
  try {
    const outcome = await work({ resultsFolder: given, host: Deno.hostname(), abort }, (event) => {
      if (event.kind === "start") folder = event.folder;
      view.show(event);
      trackers.follow(event);
      spent.follow(event);
    });
    if (flags.json === true) {
      console.log(
        JSON.stringify({
          results: outcome.results,
          failures: outcome.failures.map(({ run, error }) => ({ run: runText(run), error })),
        }),
      );
    } else {
      const colour = Deno.stdout.isTerminal() && !Deno.noColor;
      for (const summary of summarize(outcome.results.map(({ result }) => result))) {
        console.log(resultText(summary, { colour }));
      }
      if (outcome.results.length > 0) console.log(await reportLine(results, runs));
      const next = config.limit !== undefined
        ? "bench"
        : isAblation(config.name)
        ? "bench:ablations --page"
        : "leaderboard";
      console.log(closingLines(outcome.results.length, results, folder, next, (now() - started) / 1000));
    }
    if (flags.profile === true) console.error(spent.text());
    for (const { run, error } of outcome.failures) console.error(`${runText(run)} failed: ${error}`);
    return outcome.failures.length > 0 ? EXIT.failed : EXIT.ok;
  } finally {
    stop();
  }
}

/** Writes the page of all results; what is wrong with one of them must not make finished work look failed. */
async function reportLine(results: string, runs: string): Promise<string> {
  const [{ writeReport }, { whileReading }] = await Promise.all([import("./report.ts"), import("./reading.ts")]);
  try {
    let line = "";
    await whileReading(async (reading) => {
      const { path } = await writeReport({ results, runs }, reading);
      line = `report in ${path}`;
      return EXIT.ok;
    });
    return line;
  } catch (error) {
    return `no report: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function closingLines(count: number, results: string, runs: string, next: string, seconds: number): string {
  const whole = Math.round(seconds);
  const minutes = `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const mebibytes = Math.round(peakMemory() / 2 ** 20);
  return [
    `${countText(count, "result file")} in ${results}/${RESULT_VERSION_FOLDER}, samples and checkpoints in ${runs}`,
    `took ${minutes}, peak memory ${mebibytes} MiB; next: ${places().program} ${next}`,
  ].join("\n");
}

/** Peak resident memory of this process in bytes, as the system counts it. */
function peakMemory(): number {
  return 1024 * process.resourceUsage().maxRSS;
}
