/**
 * The command line that makes results again, from what they store: not every name of an experiment is one that `bench`
 * knows, and flags may have changed it.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { jsonSha256 } from "../files/hash.ts";
import type { JsonObject, JsonValue } from "../files/json.ts";
import { shellWord } from "../text/shell_word.ts";
import type { Result } from "../result/types.ts";
import type { ExperimentConfig } from "./config.ts";
import { experimentOfCheckpoint } from "./checkpoint_experiment.ts";
import { decodedExperiment, EVALUATE_SUFFIX } from "./evaluate.ts";
import { type ExperimentOverrides, type ResolvedExperimentConfig, resolveExperiment } from "./resolve.ts";
import { hasThoughts } from "./thinking.ts";

/** Name of the experiment in `benchmarks/` that a result began with: `tiny` of `tiny-evaluate`. */
export function writtenName({ experiment: { name } }: Pick<Result, "experiment">): string {
  return name.endsWith(EVALUATE_SUFFIX) ? name.slice(0, -EVALUATE_SUFFIX.length) : name;
}

/** Flags by the override that each stands for, in the order of `bench --help`. */
const FLAGS: Readonly<Partial<Record<keyof ExperimentOverrides, string>>> = {
  model: "--model",
  datasets: "--datasets",
  arms: "--arms",
  seeds: "--seeds",
  limit: "--limit",
  problemsPerDataset: "--problems",
  samples: "--samples",
  steps: "--steps",
  maxNewTokens: "--max-new-tokens",
  prompt: "--prompt",
  temperature: "--temperature",
  topP: "--top-p",
  topK: "--top-k",
  learningRate: "--lr",
  promptsPerStep: "--prompts-per-step",
  groupSize: "--group-size",
};

/**
 * `bench tiny --seeds 1,2`, or `evaluate tiny --datasets gsm8k --decoding matched`: what runs all of these results again,
 * flag by flag where they differ from the experiment as it is written. Undefined where no command line does, as where the
 * experiment has changed since.
 *
 * @param results of one experiment, under one configuration but for arms and seeds
 * @param written the experiment of {@link writtenName}
 * @param file how the command line calls that
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { evaluate } from "./evaluate.ts";
 *
 * const few = { decoding: "soft-thinking", datasets: ["arith-add"], problemsPerDataset: 3, samples: 5, seeds: [1] };
 * const { results } = await evaluate(tiny, few);
 * assertEquals(
 *   runAgain(results.map(({ result }) => result), tiny),
 *   "evaluate tiny --datasets arith-add --seeds 1 --problems 3 --samples 5 --decoding soft-thinking",
 * );
 * ```
 */
export function runAgain(
  results: readonly Result[],
  written: ExperimentConfig,
  file: string = written.name,
): string | undefined {
  try {
    const [{ experiment, arm }] = results;
    const evaluated = experiment.name.endsWith(EVALUATE_SUFFIX);
    const stored = experiment.config as unknown as Stored;
    const ownDatasets = JSON.stringify(stored.datasets) !== JSON.stringify(written.datasets);
    const base = evaluated ? decodedExperiment(written, arm.decoding, { wholeDatasets: ownDatasets }) : written;
    const fixed: ExperimentOverrides = evaluated ? { steps: 0 } : {};
    const overrides = { ...changes(stored, resolveExperiment(base, fixed)), ...chosen(results, base, evaluated) };
    const resolved = resolveExperiment(base, { ...fixed, ...overrides });
    if (!results.every((result) => follows(result, resolved))) return undefined;
    const flags = Object.entries(FLAGS).flatMap(([key, flag]) => {
      const value = overrides[key as keyof ExperimentOverrides];
      return value === undefined ? [] : [`${flag} ${shellWord([value].flat().join(","))}`];
    });
    // Whose addresses no result holds.
    const served = results.some(({ device }) => device.servedModel !== undefined);
    return [
      `${served ? "sample" : evaluated ? "evaluate" : "bench"} ${file}`,
      ...(served ? ["--address URL"] : []),
      ...flags,
      ...(evaluated ? [`--decoding ${arm.decoding}`] : []),
    ].join(" ");
  } catch (error) {
    if (error instanceof UsageError) return undefined;
    throw error;
  }
}

/**
 * `evaluate --model DIR --samples 4 …`: what runs results of a checkpoint without an experiment again; undefined where no
 * command line does.
 *
 * @param experiment what does not follow from the checkpoint
 */
export function runCheckpointAgain(results: readonly Result[], experiment: ExperimentConfig): string | undefined {
  const { model, prompt, samples, maxNewTokens, arms } = results[0].experiment.config as unknown as Stored;
  const thinking = arms?.[0]?.thinking;
  if (model === undefined || prompt === undefined || maxNewTokens === undefined || thinking === undefined) {
    return undefined;
  }
  const facts = { model, maxPositions: Infinity, thinks: hasThoughts(thinking), chats: true };
  const written = {
    ...experimentOfCheckpoint(experiment, facts, { prompt, ...defined("samples", samples) }),
    maxNewTokens,
  };
  const flags = [["model", shellWord(model)], ["prompt", prompt], ["samples", samples], [
    "max-new-tokens",
    maxNewTokens,
  ]];
  return runAgain(results, written, flags.map(([flag, value]) => `--${flag} ${value}`).join(" "));
}

/** A stored configuration, as far as it is asked for here; an earlier version may lack any of it. */
type Stored = Partial<ResolvedExperimentConfig> & JsonObject;

/** What a stored configuration has otherwise than the experiment as it is written. */
function changes(stored: Stored, plain: ResolvedExperimentConfig): ExperimentOverrides {
  const values = (config: Partial<ResolvedExperimentConfig>): ExperimentOverrides => ({
    ...defined("model", config.model),
    ...defined("datasets", config.datasets),
    ...defined("problemsPerDataset", config.problemsPerDataset),
    ...defined("limit", config.limit),
    ...defined("samples", config.samples),
    ...defined("maxNewTokens", config.maxNewTokens),
    ...defined("prompt", config.prompt),
    ...ofFilter(config),
    ...defined("learningRate", config.training?.optimizer?.schedule?.peak),
    ...defined("groupSize", config.training?.groupSize),
    // A smoke run shortens training by itself.
    ...(config.limit === undefined && {
      ...defined("steps", config.training?.steps),
      ...defined("promptsPerStep", config.training?.promptsPerStep),
    }),
  });
  const [own] = stored.arms ?? [];
  const before = values({ ...plain, arms: plain.arms.filter(({ label }) => label === own?.label) });
  return Object.fromEntries(
    Object.entries(values(stored)).filter(([key, value]) =>
      JSON.stringify(value) !== JSON.stringify(before[key as keyof ExperimentOverrides])
    ),
  );
}

/** Of an arm's first decoding: one override is for all of them. */
function ofFilter({ arms: [arm] = [] }: Partial<Pick<ResolvedExperimentConfig, "arms">>): ExperimentOverrides {
  const algorithm = arm?.evaluations?.[0]?.algorithm;
  if (typeof algorithm !== "object" || !("filter" in algorithm)) return {};
  const { temperature, topP, topK } = algorithm.filter;
  return { ...defined("temperature", temperature), ...defined("topP", topP), ...defined("topK", topK) };
}

function defined<Key extends keyof ExperimentOverrides>(
  key: Key,
  value: ExperimentOverrides[Key] | undefined,
): ExperimentOverrides {
  return value === undefined ? {} : { [key]: value };
}

/** Arms and seeds, where they are not all that the experiment has. */
function chosen(results: readonly Result[], written: ExperimentConfig, evaluated: boolean): ExperimentOverrides {
  const seeds = [...new Set(results.map(({ arm }) => arm.seed))].sort((a, b) => a - b);
  const arms = [...new Set(results.map((result) => storedArm(result)?.label).filter((label) => label !== undefined))];
  const all = resolveExperiment(written, evaluated ? { steps: 0 } : {});
  return {
    ...(!evaluated && arms.length < all.arms.length && { arms }),
    ...(String(seeds) !== String(all.seeds) && { seeds }),
  };
}

function storedArm({ experiment }: Result): { readonly label: string } | undefined {
  const [arm] = Array.isArray(experiment.config.arms) ? experiment.config.arms : [];
  return typeof arm === "object" && arm !== null && "label" in arm ? arm as { readonly label: string } : undefined;
}

/** Whether a result's configuration is that of the resolved experiment for its arm and seed. */
function follows(result: Result, resolved: ResolvedExperimentConfig): boolean {
  const arm = resolved.arms.find(({ label }) => label === storedArm(result)?.label);
  const own = { ...resolved, seeds: [result.arm.seed], arms: arm === undefined ? [] : [arm] };
  return jsonSha256(own as unknown as JsonValue) === result.experiment.configSha256;
}
