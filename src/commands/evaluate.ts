/**
 * `evaluate`: the second half of bench, for any model under any way of decoding that the experiment knows; of a model
 * alone, under settings that follow from it.
 *
 * @module
 */
import type { EvaluateArguments } from "./descriptions/experiments.ts";
import {
  CHECKPOINT_EXPERIMENT,
  checkpointExperiment,
  checkpointSettings,
} from "../experiment/checkpoint_experiment.ts";
import type { ExperimentConfig } from "../experiment/config.ts";
import { decodedExperiment } from "../experiment/evaluate.ts";
import { runBench } from "./bench.ts";
import { commandWords } from "./command_words.ts";
import {
  type AskedExperiment,
  experimentOf,
  loadExperiment,
  overridesOf,
  withFlags,
  workbenchOptions,
} from "./experiment_arguments.ts";

/** @returns 0, or 1 where it failed */
export async function run(args: EvaluateArguments): Promise<number> {
  return await runBench(await askedEvaluation(args), workbenchOptions(args), args, commandWords("evaluate", args));
}

async function askedEvaluation(args: EvaluateArguments): Promise<AskedExperiment> {
  const { positionals, flags: { model, decoding, datasets, samples, prompt } } = args;
  const decoded = (experiment: ExperimentConfig) =>
    withFlags(decodedExperiment(experiment, decoding, { wholeDatasets: datasets !== undefined }), {
      ...overridesOf(args),
      steps: 0,
    });
  if (positionals.length > 0 || model === undefined) return decoded(await experimentOf(args));
  const choice = { ...(samples !== undefined && { samples }), ...(prompt !== undefined && { prompt }) };
  const { config } = decoded(await checkpointExperiment(await loadExperiment(CHECKPOINT_EXPERIMENT), model, choice));
  return { config, notes: [checkpointSettings(config)] };
}
