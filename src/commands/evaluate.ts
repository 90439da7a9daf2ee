/**
 * `evaluate`: the second half of bench, for any model under any way of decoding that the experiment knows.
 *
 * @module
 */
import type { EvaluateArguments } from "./descriptions/experiments.ts";
import { decodedExperiment } from "../experiment/evaluate.ts";
import { runBench } from "./bench.ts";
import { commandWords } from "./command_words.ts";
import { experimentOf, overridesOf, withFlags, workbenchOptions } from "./experiment_arguments.ts";

/** @returns 0, or 1 where it failed */
export async function run(args: EvaluateArguments): Promise<number> {
  const experiment = decodedExperiment(await experimentOf(args), args.flags.decoding, {
    wholeDatasets: args.flags.datasets !== undefined,
  });
  return await runBench(
    withFlags(experiment, { ...overridesOf(args), steps: 0 }),
    workbenchOptions(args),
    args,
    commandWords("evaluate", args),
  );
}
