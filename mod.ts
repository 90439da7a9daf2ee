/**
 * soft-grpo-bench: trains discrete GRPO, soft GRPO (Butt et al.) and SofT-GRPO from the same model, data, reward and
 * seeds, and scores them with error bars. Everything here speaks plain numbers and records.
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
export * from "./src/cli/api.ts";
export { BenchError, UsageError } from "./src/errors.ts";
export { extractAnswer, type ExtractionOptions } from "./src/grading/extraction.ts";
export { canonicalAnswer, equivalent, grade, GRADER_VERSION, type Reason, type Verdict } from "./src/grading/grade.ts";
export { firstK, passAtK, passAtKVariance, type WithinVariance } from "./src/metrics/pass_at_k.ts";
export { type BallotAnswer, type Ballots, majorityAtK } from "./src/metrics/majority_at_k.ts";
export { deriveMetrics, type MetricSizes } from "./src/metrics/derive.ts";
export { type AdvantageConfig, groupAdvantages } from "./src/training/advantage.ts";
export type { DatasetResult, Result, ResultStatus } from "./src/result/types.ts";
export type { Reproducibility } from "./src/models/language_model.ts";
export { validateResult } from "./src/result/validate.ts";
export { readResult, readResults, type StoredResult, writeResult, type WrittenResult } from "./src/result/store.ts";
export type { JsonObject } from "./src/files/json.ts";
export type { JsonValue } from "./src/files/json.ts";
export type { DatasetMetrics } from "./src/metrics/types.ts";
export type { Estimate } from "./src/metrics/types.ts";
export type { EstimatesByK } from "./src/metrics/types.ts";
export type { ProblemCounts } from "./src/metrics/types.ts";
export type { Vote } from "./src/metrics/types.ts";
export type { CurvePoint } from "./src/training/curve.ts";
