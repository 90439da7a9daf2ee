/**
 * From flags to an experiment: which one, what is overridden, where things are.
 *
 * @module
 */
import {
  chosenBackend,
  type EvaluateArguments,
  type ExperimentArguments,
  type SampleArguments,
} from "./descriptions/experiments.ts";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkExperiment, type ExperimentConfig } from "../experiment/config.ts";
import { configChanges } from "../experiment/config_changes.ts";
import { type ExperimentOverrides, type ResolvedExperimentConfig, resolveExperiment } from "../experiment/resolve.ts";
import { SETTINGS } from "../experiment/setting_overrides.ts";
import { BenchError, nearestName, UsageError } from "../errors.ts";
import { foundText } from "../files/check.ts";
import { ABLATION_PREFIX, isAblation } from "../result/choice.ts";
import type { WorkbenchOptions } from "../experiment/workbench.ts";
import { mirrorOfEnvironment } from "./mirror.ts";

const DEFAULT_EXPERIMENT = "tiny";
const EXPERIMENTS = new URL("../../benchmarks/", import.meta.url);

/** What a command line asks for. */
export interface AskedExperiment {
  /** With its flags applied. */
  readonly config: ResolvedExperimentConfig;
  /** What a user should know of it before it runs. */
  readonly notes: readonly string[];
}

/** An experiment with its flags applied. */
export async function askedExperiment(args: ExperimentArguments): Promise<AskedExperiment> {
  return withFlags(await experimentOf(args), overridesOf(args));
}

/** An experiment with flags applied, and what those that are settings have changed. */
export function withFlags(experiment: ExperimentConfig, overrides: ExperimentOverrides): AskedExperiment {
  const config = resolveExperiment(experiment, overrides);
  const others = Object.fromEntries(Object.entries(overrides).filter(([key]) => !isSetting(key)));
  const changes = configChanges(resolveExperiment(experiment, others), config);
  return { config, notes: changes.length === 0 ? [] : [`changed by flags: ${changes.join(", ")}`] };
}

function isSetting(key: string): boolean {
  return (SETTINGS as readonly string[]).includes(key);
}

/** The experiment that a command line names, or the default one. */
export async function experimentOf(
  { positionals }: Pick<ExperimentArguments, "positionals">,
): Promise<ExperimentConfig> {
  return await loadExperiment(positionals[0] ?? DEFAULT_EXPERIMENT);
}

/**
 * The experiment of that name in `benchmarks/`, or of that path.
 *
 * @throws {UsageError} If there is none, it cannot be loaded, or what it exports is no experiment
 */
export async function loadExperiment(name: string): Promise<ExperimentConfig> {
  return checkExperiment((await loadExperimentFile(name)).default);
}

/** What an experiment's file exports. */
export interface ExperimentFile {
  readonly default: unknown;
  /** Of an ablation: what it is to decide. */
  readonly claims?: unknown;
}

/**
 * The file of an experiment, by its name in `benchmarks/` or its path.
 *
 * @throws {UsageError} If there is none, it cannot be loaded, or it has no default export
 */
export async function loadExperimentFile(name: string): Promise<ExperimentFile> {
  const isPath = name.endsWith(".ts");
  const url = isPath ? pathToFileURL(resolve(name)) : new URL(`${name}.ts`, EXPERIMENTS);
  if (!isPath && !experimentNames().includes(name)) {
    const near = nearestName(name, experimentNames());
    throw new UsageError(
      `Cannot run experiment ${JSON.stringify(name)}: benchmarks/ has ${experimentNames().join(", ")}` +
        (near ? `; did you mean ${JSON.stringify(near)}?` : ""),
    );
  }
  let file: Partial<ExperimentFile>;
  try {
    file = await import(url.href);
  } catch (error) {
    if (error instanceof BenchError) throw error;
    const reason = error instanceof Error && error.message !== "" ? error.message : `it throws ${foundText(error)}`;
    throw new UsageError(`Cannot load experiment ${name}: ${reason.split("\n")[0]}`);
  }
  if (!("default" in file)) {
    throw new UsageError(
      `Cannot load experiment ${name}: found no default export, expected an experiment; write export default { … }`,
    );
  }
  return { default: file.default, claims: file.claims };
}

/** Where experiments are, below `benchmarks/`. */
const EXPERIMENT_FOLDERS = ["", "ablations/"];

/** Experiments in `benchmarks/`, in order of name: `tiny`, `ablations/objectives`. */
export function experimentNames(): string[] {
  return EXPERIMENT_FOLDERS.flatMap((folder) =>
    [...Deno.readDirSync(new URL(folder, EXPERIMENTS))]
      .filter(({ isFile, name }) => isFile && name.endsWith(".ts"))
      .map(({ name }) => `${folder}${name.slice(0, -".ts".length)}`)
  ).sort();
}

/** The file in `benchmarks/` of an experiment that goes by this name in results: `ablations/off_policy` of `ablation-off-policy`. */
export function experimentFile(name: string): string {
  const [folder, own] = isAblation(name) ? [EXPERIMENT_FOLDERS[1], name.slice(ABLATION_PREFIX.length)] : ["", name];
  return folder + own.replaceAll(/[.-]/g, "_");
}

/** What flags change. */
export function overridesOf({ flags }: ExperimentArguments | EvaluateArguments | SampleArguments): ExperimentOverrides {
  if (flags.seed !== undefined && flags.seeds !== undefined) {
    throw new UsageError("Cannot take both --seed and --seeds: give one of them");
  }
  const seeds = flags.seed !== undefined ? [flags.seed] : flags.seeds;
  return {
    ...given("model", flags.model),
    ...given("datasets", flags.datasets),
    ...given("arms", "arms" in flags ? flags.arms : undefined),
    ...given("seeds", seeds),
    ...given("problemsPerDataset", flags.problems),
    ...given("samples", flags.samples),
    ...given("steps", "steps" in flags ? flags.steps : undefined),
    ...given("maxNewTokens", flags.maxNewTokens),
    ...given("prompt", flags.prompt),
    ...given("temperature", flags.temperature),
    ...given("topP", flags.topP),
    ...given("topK", flags.topK),
    ...("lr" in flags ? given("learningRate", flags.lr) : {}),
    ...("promptsPerStep" in flags ? given("promptsPerStep", flags.promptsPerStep) : {}),
    ...("groupSize" in flags ? given("groupSize", flags.groupSize) : {}),
    ...given("limit", flags.limit),
    ...given("adapter", "loraRank" in flags || "loraAlpha" in flags ? adapterOf(flags) : undefined),
  };
}

/** The adapter that flags ask for. */
function adapterOf({ loraRank: rank, loraAlpha: alpha }: ExperimentArguments["flags"]): ExperimentOverrides["adapter"] {
  if (rank !== undefined && alpha !== undefined) return { rank, alpha };
  if (rank === undefined && alpha === undefined) return undefined;
  throw new UsageError("Cannot take one of --lora-rank and --lora-alpha: an adapter has both; give both of them");
}

/** An override, where its flag was given. */
function given<Key extends keyof ExperimentOverrides>(
  key: Key,
  value: ExperimentOverrides[Key] | undefined,
): ExperimentOverrides {
  return value === undefined ? {} : { [key]: value };
}

/** What the engine computes with, where flags say it. */
export function productsOf(
  { native, sandboxed }: { readonly native?: "blas"; readonly sandboxed?: boolean },
): { products?: "blas" | "wasm" } {
  if (sandboxed !== true) return native === undefined ? {} : { products: native };
  if (native === undefined) return { products: "wasm" };
  throw new UsageError("Cannot take both --native and --sandboxed: an OpenBLAS is native code; give one of them");
}

/** Where the workbench finds and keeps things. */
export function workbenchOptions({ positionals, flags }: ExperimentArguments | EvaluateArguments): WorkbenchOptions {
  const mirror = flags.mirror ?? mirrorOfEnvironment();
  return {
    backend: chosenBackend(flags, positionals),
    runsFolder: flags.runs ?? "runs",
    liveProgress: true,
    ...("profile" in flags && { profile: flags.profile === true }),
    ...(flags.workers !== undefined && { workers: flags.workers }),
    ...productsOf(flags),
    ...(flags.decodeDtype !== undefined && { decodeDtype: flags.decodeDtype }),
    ...(flags.keepThoughts !== undefined && { keepThoughts: flags.keepThoughts }),
    ...("keepRollouts" in flags && flags.keepRollouts !== undefined && { keepRollouts: flags.keepRollouts }),
    ...(flags.device !== undefined && { device: flags.device }),
    ...(flags.dtype !== undefined && { dtype: flags.dtype }),
    ...(flags.devices !== undefined && { devices: flags.devices }),
    ...(flags.shard !== undefined && { shard: flags.shard }),
    ...(flags.executor !== undefined && { executor: flags.executor }),
    ...(mirror !== undefined && { mirror }),
  };
}
