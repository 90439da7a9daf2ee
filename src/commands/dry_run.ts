/**
 * `--dry-run`: the resolved configuration and the work it implies, without doing any of it.
 *
 * @module
 */
import { type CommandArguments, EXIT } from "../cli/command.ts";
import type { ResolvedExperimentConfig } from "../config.ts";
import { BenchError } from "../errors.ts";
import { now } from "../progress.ts";
import { noiseStream } from "../random.ts";
import { rollout } from "../rollout.ts";
import { openWorkbench, type Workbench, type WorkbenchOptions } from "../workbench.ts";
import { type MemoryLayout, workload } from "../workload.ts";

/** How `cpu-engine` holds things: 32-bit floats, four gradient shards, a group a worker, 512 sequences a batch. */
const ENGINE_LAYOUT: MemoryLayout = { bytes: 4, gradientCopies: 4, groupsAtOnce: 2, sequencesAtOnce: 512 };
/** Positions drawn to see how fast this machine is. */
const TRIAL_SEQUENCES = 64;
const TRIAL_POSITIONS = 16;

/** Prints what would run, and what it would cost on this machine. */
export async function dryRun(
  config: ResolvedExperimentConfig,
  options: WorkbenchOptions,
  args: CommandArguments,
): Promise<number> {
  const bench = await openWorkbench(config, options);
  try {
    const problems = bench.datasets.map((dataset) => dataset.problems.length);
    const work = workload(config, bench.checkpoint.config, problems, meanPromptTokens(bench), ENGINE_LAYOUT);
    const flopsASecond = await measureDecoding(bench);
    const seconds = (work.decodeFlops + work.trainFlops) / flopsASecond;
    if (args.flags.json === true) {
      console.log(JSON.stringify({ config, work, estimatedSeconds: Math.round(seconds) }));
      return EXIT.ok;
    }
    console.log(JSON.stringify(config, null, 2));
    console.log(
      [
        `${work.runs} runs, ${work.trainedRuns} of them trained`,
        `at most ${count(work.rolloutTokens)} tokens of rollouts, ${count(work.evaluationTokens)} of evaluation`,
        `about ${mebibytes(work.memory.total)} of memory: weights ${mebibytes(work.memory.weights)}, ` +
        `gradients and moments ${mebibytes(work.memory.training)}, cache ${mebibytes(work.memory.cache)}, ` +
        `activations ${mebibytes(work.memory.activations)}`,
        `at most ${duration(seconds)} on this machine (${bench.opened.model.backend}, ${bench.opened.reason})`,
      ].join("\n"),
    );
    return EXIT.ok;
  } finally {
    await bench.opened.dispose();
  }
}

function meanPromptTokens(bench: Workbench): number {
  const prompts = bench.datasets.flatMap(({ problems }) => problems.slice(0, 8).map(bench.encodePrompt));
  return prompts.reduce((sum, ids) => sum + ids.length, 0) / prompts.length;
}

/** Floating-point operations a second of a short rollout, the kind of work that takes most of the time. */
async function measureDecoding(bench: Workbench): Promise<number> {
  const problem = bench.datasets[0]?.problems[0];
  if (problem === undefined) throw new BenchError("Cannot estimate the work: there is no problem to try");
  const settings = bench.rolloutSettings(bench.config.arms[0], TRIAL_POSITIONS);
  const streams = Array.from(
    { length: TRIAL_SEQUENCES },
    (_, sample) => noiseStream({ seed: 0, purpose: "dry-run", dataset: "", problem: problem.id, sample }),
  );
  let positions = 0;
  const start = now();
  await rollout(bench.opened.model, [{ ids: bench.encodePrompt(problem), streams }], settings, (n) => positions += n);
  return 2 * bench.checkpoint.parameters * positions / ((now() - start) / 1000);
}

function count(value: number): string {
  return value >= 1e9
    ? `${(value / 1e9).toFixed(1)} G`
    : value >= 1e6
    ? `${(value / 1e6).toFixed(1)} M`
    : String(value);
}

function mebibytes(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
