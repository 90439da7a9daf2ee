/**
 * `--dry-run`: where and how an experiment would run, what it would take, and the resolved configuration. Neither the checkpoint nor
 * the datasets need to be there where their sizes are known.
 *
 * @module
 */
import type { ResolvedExperimentConfig } from "../experiment/resolve.ts";
import type { EnginePlan } from "../experiment/engine_plan.ts";
import { type Plan, planExperiment } from "../experiment/plan.ts";
import { expectedBytes } from "../experiment/sizes.ts";
import type { WorkbenchOptions } from "../experiment/workbench.ts";
import type { Workload } from "../experiment/workload.ts";
import { parameterCount } from "../models/parameters.ts";
import { durationText } from "../progress.ts";
import { visible } from "../text/visible.ts";
import { countText, gigabytesText } from "../text/numbers.ts";
import { EXIT } from "./command.ts";
import type { ExperimentArguments } from "./descriptions/experiments.ts";

/** Prints what would run here and what it would take, then the configuration. */
export async function dryRun(
  config: ResolvedExperimentConfig,
  options: WorkbenchOptions,
  args: ExperimentArguments,
): Promise<number> {
  const plan = await planExperiment(config, options);
  if (args.flags.json === true) {
    const { model: _model, estimatedSeconds, ...rest } = plan;
    const seconds = estimatedSeconds && Math.round(estimatedSeconds);
    console.log(JSON.stringify({ ...rest, estimatedSeconds: seconds }));
    return EXIT.ok;
  }
  console.log(planLines(plan).join("\n"));
  console.log(JSON.stringify(config, null, 2));
  return EXIT.ok;
}

/** What would run, where, how it is cut, what it holds on this machine and on cards, and how long it takes. */
export function planLines(plan: Plan): string[] {
  const { model, work, engine } = plan;
  return [
    `${countText(work.runs, "run")}, ${work.trainedRuns} of them trained, on ${
      billions(parameterCount(model))
    } parameters: at most ` +
    `${count(work.rolloutTokens)} tokens of rollouts and ${count(work.evaluationTokens)} of evaluation, ` +
    `${count(work.decodeFlops + work.trainFlops)} floating-point operations`,
    `backend: ${plan.backend}, ${plan.reason}`,
    ...(engine === undefined ? [] : engineLines(engine, work)),
    ...cardLines(plan),
    ...checkpointLine(plan),
    timeLine(plan),
  ];
}

function engineLines({ sizes, lanes, free, refusal }: EnginePlan, { trainedRuns }: Workload): string[] {
  if (refusal !== undefined || sizes === undefined) return [`refused: ${refusal}`];
  const { sequences, recompute, records, engine, engineAtMost, reference, others } = sizes;
  const each = lanes === 1 ? "" : ` in each of ${lanes} runs at once`;
  const [expected, most] = [engine, engineAtMost].map(gigabytesText);
  const atMost = most === expected ? "" : `, at most ${most}`;
  const parts = [
    `engine ${expected} of ${gigabytesText(sizes.room)}${atMost}`,
    ...(reference > 0 ? [`reference ${gigabytesText(reference)}`] : []),
    `samples and threads${trainedRuns === 0 ? "" : ", and what is saved,"} ${gigabytesText(others)}`,
  ];
  const kept = records ? "kept from the rollout for the backward pass" : "kept for the backward pass";
  const layers = recompute ? "computed again in the backward pass" : kept;
  return [
    `at once: ${countText(sequences, "sequence")}${each}${trainedRuns === 0 ? "" : `; layers are ${layers}`}`,
    `memory at peak: about ${gigabytesText(expectedBytes(sizes, lanes))} (${lanes === 1 ? "" : "a run: "}${
      parts.join(", ")
    }); ${gigabytesText(free.bytes)} ${FREE[free.source]}`,
  ];
}

const FREE: Readonly<Record<EnginePlan["free"]["source"], string>> = {
  machine: "are free on this machine",
  container: "are left to this container",
  assumed: "are assumed to be free, for nobody may look",
};

function cardLines(plan: Plan): string[] {
  const cards = Object.entries(plan.fits).filter(([place]) => place !== plan.backend);
  if (cards.length === 0) return [];
  return [
    memoryLine(plan.work),
    ...cards.map(([place, { fits, sequences, needed, usable }]) =>
      fits
        ? `fits ${place}: ${gigabytesText(needed)} of ${
          gigabytesText(usable)
        } usable, room for ${sequences} sequences at once`
        : `does not fit ${place}: needs ${gigabytesText(needed)} with one sequence, ${gigabytesText(usable)} are usable`
    ),
    ...devicesLine(plan),
  ];
}

function checkpointLine({ checkpoints: { each, kept } }: Plan): string[] {
  if (kept === 0) return [];
  return [`disk: ${gigabytesText(kept)} of checkpoints at the end, ${gigabytesText(each)} each`];
}

/** What more than one device changes. */
function devicesLine({ devices, shard, fits }: Plan): string[] {
  if (devices === 1) return [];
  const sequences = Object.entries(fits).map(([place, { sequences }]) => `${devices * sequences} on ${place}s`);
  const held = shard ? "a piece of what is trained" : "the model whole";
  return [
    `${devices} devices: each holds ${held}, and the memory above; sequences at once ${sequences.join(", ")}; ` +
    `tokens and updates are those of one`,
  ];
}

function timeLine({ estimatedSeconds, rates, engine, devices }: Plan): string {
  if (estimatedSeconds === undefined) {
    if (engine === undefined) return "time: not measured; deno task gpu:check measures this machine's GPU";
    return `time: not measured${engine.untried === undefined ? "" : `: ${engine.untried}`}`;
  }
  const time = durationText(1000 * estimatedSeconds);
  if (rates === undefined) {
    const { drawnPerSecond, trainedPerSecond } = engine!;
    const pace = [
      `${Math.round(drawnPerSecond!)} tokens/s drawn`,
      ...(trainedPerSecond === undefined ? [] : [`${Math.round(trainedPerSecond)} trained`]),
    ];
    return `time: about ${time} on this machine, by a trial now (${pace.join(", ")}${
      engine!.lanes === 1 ? "" : " by each run"
    })`;
  }
  const where = `${devices === 1 ? "" : `${devices} devices like `}${visible(rates.machine.join(", "))}`;
  return `time: at most ${time} by gpu:check of ${
    visible(rates.date)
  } on ${where}, if every completion ran to its limit`;
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
