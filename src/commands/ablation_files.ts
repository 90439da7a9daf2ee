/**
 * The ablations in `benchmarks/ablations/`: each an experiment and its claims.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { checkExperiment, type ExperimentConfig } from "../experiment/config.ts";
import { resolveExperiment } from "../experiment/resolve.ts";
import { checkClaims, type Claim } from "../summary/claims.ts";
import { choice } from "./flag.ts";
import { experimentNames, loadExperimentFile } from "./experiment_arguments.ts";

const FOLDER = "ablations/";

/** An ablation as its file has it. */
export interface AblationFile {
  /** As the command takes it, e.g. `noise`. */
  readonly name: string;
  readonly experiment: ExperimentConfig;
  readonly claims: readonly Claim[];
}

/** Names of all ablations, in order. */
export function ablationNames(): string[] {
  return experimentNames().filter((name) => name.startsWith(FOLDER)).map((name) => name.slice(FOLDER.length));
}

/**
 * The ablations of these names, in the order in which they are given; all where none is.
 *
 * @throws {UsageError} If one is not there, or its experiment or claims are wrong
 */
export async function loadAblations(names: readonly string[] = []): Promise<AblationFile[]> {
  const all = ablationNames();
  const chosen = names.length === 0 ? all : [...new Set(names.map((name) => known(name, all)))];
  return await Promise.all(chosen.map(loadAblation));
}

function known(name: string, all: readonly string[]): string {
  try {
    return choice(name, all);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`Cannot run ablation ${JSON.stringify(name)}: ${error.message}`);
  }
}

async function loadAblation(name: string): Promise<AblationFile> {
  const file = await loadExperimentFile(`${FOLDER}${name}`);
  const experiment = checkExperiment(file.default);
  const rows = resolveExperiment(experiment).arms.flatMap(({ evaluations }) => evaluations.map(({ label }) => label));
  return { name, experiment, claims: checkClaims(file.claims, experiment.name, rows) };
}
