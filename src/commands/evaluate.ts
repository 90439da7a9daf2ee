/**
 * `evaluate`: the second half of bench, for any model under any way of decoding that the experiment knows.
 *
 * @module
 */
import type { CommandArguments } from "./command.ts";
import { type ExperimentConfig, resolveExperiment } from "../experiment/config.ts";
import { nearestName, UsageError } from "../errors.ts";
import { runBench } from "./bench.ts";
import { experimentOf, overridesOf, workbenchOptions } from "./experiment_arguments.ts";

/** @returns 0, or 1 where it failed */
export async function run(args: CommandArguments): Promise<number> {
  const experiment = await experimentOf(args);
  const arm = armToDecode(experiment, args.flags.decoding as string | undefined);
  const { objective: _training, evaluations: _evaluations, ...untrained } = arm;
  const config = resolveExperiment({ ...experiment, name: `${experiment.name}-evaluate`, arms: [untrained] }, {
    ...overridesOf(args),
    steps: 0,
  });
  return await runBench(config, workbenchOptions(args), args);
}

/** The arm whose decoding is asked for: by its label, or the first with that name of decoding. */
function armToDecode({ name, arms }: ExperimentConfig, decoding: string | undefined): ExperimentConfig["arms"][number] {
  if (decoding === undefined) return arms[0];
  const found = arms.find(({ label }) => label === decoding) ?? arms.find((arm) => arm.decoding === decoding);
  if (found !== undefined) return found;
  const known = [...new Set(arms.flatMap((arm) => [arm.decoding, arm.label]))];
  const near = nearestName(decoding, known);
  throw new UsageError(
    `Cannot decode by ${JSON.stringify(decoding)}: experiment ${name} has ${known.join(", ")}` +
      (near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`),
  );
}
