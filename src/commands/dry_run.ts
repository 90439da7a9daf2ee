/**
 * `--dry-run`: the resolved configuration and the work it implies, without doing any of it. Neither the checkpoint nor
 * the datasets need to be there where their sizes are known.
 *
 * @module
 */
import type { ResolvedExperimentConfig } from "../experiment/resolve.ts";
import { type Plan, planExperiment } from "../experiment/plan.ts";
import type { WorkbenchOptions } from "../experiment/workbench.ts";
import type { Workload } from "../experiment/workload.ts";
import { parameterCount } from "../models/parameters.ts";
import { durationText } from "../progress.ts";
import { visible } from "../text/visible.ts";
import { gigabytesText } from "../text/numbers.ts";
import { EXIT } from "./command.ts";
import type { ExperimentArguments } from "./descriptions/experiments.ts";

/** Prints what would run, and what it would take. */
export async function dryRun(
  config: ResolvedExperimentConfig,
  options: WorkbenchOptions,
  args: ExperimentArguments,
): Promise<number> {
  const plan = await planExperiment(config, options);
  const { model, work, fits, estimatedSeconds, devices, rates } = plan;
  if (args.flags.json === true) {
    const seconds = estimatedSeconds && Math.round(estimatedSeconds);
    console.log(JSON.stringify({ config, work, fits, estimatedSeconds: seconds, devices, rates }));
    return EXIT.ok;
  }
  console.log(JSON.stringify(config, null, 2));
  console.log(
    [
      `${work.runs} runs, ${work.trainedRuns} of them trained, on ${billions(parameterCount(model))} parameters`,
      `at most ${count(work.rolloutTokens)} tokens of rollouts and ${count(work.evaluationTokens)} of evaluation; ` +
      `${count(work.decodeFlops + work.trainFlops)} floating-point operations`,
      memoryLine(work),
      ...Object.entries(fits).map(([place, { fits, sequences, needed, usable }]) =>
        fits
          ? `fits ${place}: ${gigabytesText(needed)} of ${
            gigabytesText(usable)
          } usable, room for ${sequences} sequences at once`
          : `does not fit ${place}: needs ${gigabytesText(needed)} with one sequence, ${
            gigabytesText(usable)
          } are usable`
      ),
      ...devicesLine(plan),
      timeLine(plan),
    ].join("\n"),
  );
  return EXIT.ok;
}

/** What more than one device changes. */
function devicesLine({ devices, fits }: Plan): string[] {
  if (devices === 1) return [];
  const sequences = Object.entries(fits).map(([place, { sequences }]) => `${devices * sequences} on ${place}s`);
  return [
    `${devices} devices: each holds the model whole, and the memory above; sequences at once ${
      sequences.join(", ")
    }; ` +
    `tokens and updates are those of one`,
  ];
}

function timeLine({ estimatedSeconds, rates, fits, devices }: Plan): string {
  if (estimatedSeconds === undefined) {
    return "cpu-engine" in fits
      ? "time: not measured, since nothing of this size can be tried on the CPU"
      : "time: not measured; deno task gpu:check measures this machine's GPU";
  }
  const time = durationText(1000 * estimatedSeconds);
  if (rates === undefined) return `at most ${time} on this machine, if every completion ran to its limit`;
  const where = `${devices === 1 ? "" : `${devices} devices like `}${visible(rates.machine.join(", "))}`;
  return `at most ${time} by gpu:check of ${visible(rates.date)} on ${where}, if every completion ran to its limit`;
}

function memoryLine({ memory }: Workload): string {
  return `memory of a device: weights ${gigabytesText(memory.weights)}, reference ${
    gigabytesText(memory.reference)
  }, ` +
    `gradients and moments ${gigabytesText(memory.training)}, activations ${gigabytesText(memory.activations)}, ` +
    `${gigabytesText(memory.sequence)} a decoded sequence`;
}

const PREFIXES = [[1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]] as const;

function count(value: number): string {
  const prefix = PREFIXES.find(([size]) => value >= size);
  return prefix === undefined ? String(value) : `${(value / prefix[0]).toFixed(1)} ${prefix[1]}`;
}

function billions(parameters: number): string {
  return parameters >= 1e9 ? `${(parameters / 1e9).toFixed(2)} G` : `${(parameters / 1e6).toFixed(2)} M`;
}
