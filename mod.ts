/**
 * soft-grpo-bench: trains discrete GRPO (Shao et al.), soft GRPO (Butt et al.), SofT-GRPO (Zheng and Lee) and others from
 * the same base model, data, reward and seeds, and scores them with error bars.
 *
 * Three layers, from the whole to its parts:
 *
 * 1. Jobs: {@link bench}, {@link train}, {@link evaluate}, {@link verify}, {@link planExperiment} take an experiment and
 *    give events and typed results. Nothing is printed, no signal is caught, nothing is written but where an option says.
 * 2. Views of results: {@link readResults}, {@link compare}, {@link powerReport}, {@link scoreFiles}, {@link summarize},
 *    {@link buildLeaderboard}, {@link reportPage}.
 * 3. Parts: {@link createAlgorithm}, {@link rollout}, {@link groupAdvantages}, {@link policyLoss}, {@link trainPolicy},
 *    {@link evaluatePolicy}, {@link openModel}, {@link grade}, {@link passAtK}, {@link majorityAtK}.
 *
 * Shapes are written with `B` prompts, `G` completions per prompt, `N = B·G`, `T` positions, `V` vocabulary, `D` width,
 * `K` kept tokens. Errors are thrown: {@link UsageError} for a wrong request, {@link BenchError} for what a user can mend.
 *
 * @example Train, follow, compare
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { bench, compare } from "./mod.ts";
 * import tiny from "./benchmarks/tiny.ts";
 *
 * const options = { arms: ["base-discrete"], datasets: ["arith-add"], limit: 4, samples: 2, seeds: [1] };
 * const run = bench(tiny, options);
 * for await (const event of run) {
 *   if (event.kind === "samples") assertEquals(event.total, 8);
 * }
 * const { results } = await run;
 * assertEquals(compare(results, results).verdict, "not-enough-data");
 * ```
 *
 * @example Grade an answer, estimate Pass@k
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { equivalent, passAtK } from "./mod.ts";
 * assert(equivalent("\\frac{1}{2}", "0.5"));
 * assertEquals(passAtK(4, 1, 2), 0.5);
 * ```
 *
 * @module
 */
// Jobs.
export { bench, type BenchOptions, type BenchRun, type WorkOptions } from "./src/experiment/bench.ts";
export { train, type TrainedRun, type TrainOptions, type TrainRun } from "./src/experiment/train.ts";
export { evaluate, type EvaluateOptions } from "./src/experiment/evaluate.ts";
export { type Reproduction, type Verification, verify } from "./src/experiment/verify.ts";
export { type Plan, planExperiment } from "./src/experiment/plan.ts";
export type { BenchEvent, RunName, WorkEvent } from "./src/experiment/events.ts";
export type { ExperimentOutcome } from "./src/experiment/experiment.ts";
export { EventStream, type StreamedWork } from "./src/experiment/event_stream.ts";
export { BenchError, UsageError } from "./src/errors.ts";
export { InterruptedError } from "./src/interruption.ts";

// Views of results.
export {
  readResult,
  readResults,
  type ResultSource,
  type StoredResult,
  writeResult,
  type WrittenResult,
} from "./src/result/store.ts";
export { validateResult } from "./src/result/validate.ts";
export type { DatasetResult, Result, ResultStatus } from "./src/result/types.ts";
export type { DatasetMetrics, Estimate, EstimatesByK, ProblemCounts, Vote } from "./src/metrics/types.ts";
export type { CurvePoint } from "./src/training/curve.ts";
export type { Reproducibility } from "./src/models/language_model.ts";
export type { JsonObject, JsonValue } from "./src/files/json.ts";
export { compare } from "./src/compare/compare.ts";

// Parts.
export { extractAnswer, type ExtractionOptions } from "./src/grading/extraction.ts";
export { canonicalAnswer, equivalent, grade, GRADER_VERSION, type Reason, type Verdict } from "./src/grading/grade.ts";
export { firstK, passAtK, passAtKVariance, type WithinVariance } from "./src/metrics/pass_at_k.ts";
export { type BallotAnswer, type Ballots, majorityAtK } from "./src/metrics/majority_at_k.ts";
export { deriveMetrics, type MetricSizes } from "./src/metrics/derive.ts";
export { type AdvantageConfig, groupAdvantages } from "./src/training/advantage.ts";
