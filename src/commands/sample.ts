/**
 * `sample`: as `evaluate`, where servers hold the model.
 *
 * @module
 */
import { sampleResolved } from "../cluster/sampling.ts";
import { UsageError } from "../errors.ts";
import { decodedExperiment } from "../experiment/evaluate.ts";
import { resolveExperiment } from "../experiment/resolve.ts";
import { showExperiment } from "./bench.ts";
import { commandWords } from "./command_words.ts";
import type { SampleArguments } from "./descriptions/experiments.ts";
import { experimentOf, overridesOf } from "./experiment_arguments.ts";
import { mirrorOfEnvironment } from "./mirror.ts";

/** Where the servers' key may be, in this order. */
const KEY_VARIABLES = ["SOFT_GRPO_BENCH_API_KEY", "OPENAI_API_KEY"];

/** What stands for addresses in what is kept: names of hosts are nobody else's business. */
const ANY_ADDRESS = ["URL"];

/** @returns 0, or 1 where it failed */
export async function run(args: SampleArguments): Promise<number> {
  const { flags } = args;
  const { address, runs = "runs", mirror = mirrorOfEnvironment(), executor, servedModel, route, logProbs } = flags;
  if (address === undefined) {
    throw new UsageError("Cannot sample: --address is missing, expected that of a server, as http://127.0.0.1:8000");
  }
  const experiment = decodedExperiment(await experimentOf(args), flags.decoding, {
    wholeDatasets: flags.datasets !== undefined,
  });
  const config = resolveExperiment(experiment, { ...overridesOf(args), steps: 0 });
  const key = KEY_VARIABLES.map((name) => Deno.env.get(name)).find((value) => value !== undefined && value !== "");
  const options = {
    addresses: address,
    runsFolder: runs,
    command: commandWords("sample", { ...args, flags: { ...flags, address: ANY_ADDRESS } }),
    ...(key !== undefined && { key }),
    ...(mirror !== undefined && { mirror }),
    ...(executor !== undefined && { executor }),
    ...(servedModel !== undefined && { servedModel }),
    ...(route !== undefined && { route }),
    ...(logProbs !== undefined && { logProbs }),
    ...(flags.concurrency !== undefined && { concurrency: flags.concurrency }),
    ...(flags.timeout !== undefined && { timeoutSeconds: flags.timeout }),
    ...(flags.attempts !== undefined && { attempts: flags.attempts }),
    ...(flags.patience !== undefined && { patienceSeconds: flags.patience }),
  };
  return await showExperiment(
    config,
    { ...flags, runs },
    (work, emit) => sampleResolved(config, { ...options, ...work }, emit),
  );
}
