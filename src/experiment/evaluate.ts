/**
 * The second half of the main job as a function: any model under any way of decoding that an experiment knows.
 *
 * @module
 */
import { nearestName, UsageError } from "../errors.ts";
import { bench, type BenchOptions, type BenchRun } from "./bench.ts";
import { type ArmConfig, evaluatedDecodings, type ExperimentConfig } from "./config.ts";

/**
 * What {@link evaluate} may change of an experiment, where it runs, and what it leaves behind. Datasets that are named
 * here are taken whole, unless `problemsPerDataset` or `limit` says otherwise.
 */
export interface EvaluateOptions extends Omit<BenchOptions, "arms" | "steps"> {
  /** How thoughts and answers are decoded: as an arm of this label, or the first of this decoding (default: the first arm). */
  readonly decoding?: string;
}

/**
 * Samples a model on datasets and scores it, without training.
 *
 * @throws {UsageError} If the experiment has no such decoding; in the iteration or the promise: if an option is wrong
 * @throws {BenchError} In the iteration or the promise: if a file is missing or damaged
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { evaluate } from "./evaluate.ts";
 *
 * const options = { decoding: "soft-thinking", datasets: ["arith-add"], limit: 3, samples: 5, seeds: [1] };
 * const { results: [{ result }] } = await evaluate(tiny, options);
 * assert(result.average.passAt["1"].value >= 0);
 * ```
 */
export function evaluate(experiment: ExperimentConfig, options: EvaluateOptions = {}): BenchRun {
  const { decoding, ...rest } = options;
  const wholeDatasets = options.datasets !== undefined;
  return bench(decodedExperiment(experiment, decoding, { wholeDatasets }), { ...rest, steps: 0 });
}

/** What the name of an experiment ends in, of which one model was evaluated. */
export const EVALUATE_SUFFIX = "-evaluate";

/**
 * The experiment with one untrained arm, decoded as asked.
 *
 * @param options.wholeDatasets whether datasets are named anew: then the experiment's number of problems, which is about
 * its own, does not cut them
 * @throws {UsageError} If no arm has that label or decoding
 */
export function decodedExperiment(
  experiment: ExperimentConfig,
  decoding: string | undefined,
  { wholeDatasets = false }: { readonly wholeDatasets?: boolean } = {},
): ExperimentConfig {
  const { objective: _objective, evaluations: _evaluations, training: _training, ...untrained } = armToDecode(
    experiment,
    decoding,
  );
  const { matched: _matched, problemsPerDataset, ...rest } = experiment;
  return {
    ...rest,
    ...(problemsPerDataset !== undefined && !wholeDatasets && { problemsPerDataset }),
    name: experiment.name + EVALUATE_SUFFIX,
    arms: [untrained],
  };
}

function armToDecode({ name, arms, matched }: ExperimentConfig, decoding: string | undefined): ArmConfig {
  if (decoding === undefined) return arms[0];
  const named = arms.find(({ label }) => label === decoding);
  if (named !== undefined) return named;
  const decodings = arms.flatMap((arm) => [arm, ...evaluatedDecodings(arm, matched)].map((own) => ({ arm, own })));
  const found = decodings.find(({ own }) => own.decoding === decoding);
  if (found !== undefined) {
    const { thinking: _thinking, ...arm } = found.arm;
    return { ...arm, ...found.own };
  }
  const known = [...new Set([...decodings.map(({ own }) => own.decoding), ...arms.map(({ label }) => label)])];
  const near = nearestName(decoding, known);
  throw new UsageError(
    `Cannot decode by ${JSON.stringify(decoding)}: experiment ${name} has ${known.join(", ")}` +
      (near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`),
  );
}
