/**
 * soft-grpo-bench: trains discrete GRPO (Shao et al.), soft GRPO (Butt et al.), SofT-GRPO (Zheng and Lee) and others from
 * the same base model, data, reward and seeds, and scores them with error bars.
 *
 * Four layers, from the whole to its parts:
 *
 * 1. Jobs: {@link bench}, {@link train}, {@link evaluate}, {@link sample}, {@link verify}, {@link planExperiment} take an experiment and
 *    give events and typed results. Nothing is printed, no signal is caught, nothing is written but where an option says.
 * 2. Views of results: {@link readResults}, {@link compare}, {@link powerReport}, {@link scoreFiles}, {@link summarize},
 *    {@link buildLeaderboard}, {@link reportPage}.
 * 3. Supplies: {@link fetchDataset}, {@link fetchModel}, {@link examine}, {@link pretrain}.
 * 4. Parts: {@link createAlgorithm}, {@link rollout}, {@link groupAdvantages}, {@link policyLoss}, {@link trainPolicy},
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
 * const options = { arms: ["base"], datasets: ["arith-add"], limit: 4, samples: 2, seeds: [1] };
 * const run = bench(tiny, options);
 * for await (const event of run) {
 *   if (event.kind === "samples") assertEquals(event.total, 8);
 * }
 * const { results } = await run;
 * assertEquals(compare(results, results).verdict, "ok");
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
export { type CheckpointChoice, checkpointExperiment } from "./src/experiment/checkpoint_experiment.ts";
export { sample, type SampleOptions, type SampleWorkOptions, type ServerOptions } from "./src/cluster/sampling.ts";
export type { SamplingRoute } from "./src/cluster/sampling_routes.ts";
export { type Reproduction, type Verification, verify } from "./src/experiment/verify.ts";
export type { MeasuredRates } from "./src/experiment/measured_rates.ts";
export { type Plan, planExperiment } from "./src/experiment/plan.ts";
export type { EnginePlan } from "./src/experiment/engine_plan.ts";
export type { Cut } from "./src/experiment/engine_work.ts";
export type { FreeMemory } from "./src/experiment/free_memory.ts";
export type { Sizes } from "./src/experiment/sizes.ts";
export type { TimedWork } from "./src/experiment/trial.ts";
export type { Fit, MemoryEstimate, MemoryLayout, Workload } from "./src/experiment/workload.ts";
export type { WorkbenchOptions } from "./src/experiment/workbench.ts";
export { inspectModel, type InspectOptions, type ModelReport } from "./src/experiment/inspect_model.ts";
export type { BenchEvent, RunName, RunPart, WorkEvent } from "./src/experiment/events.ts";
export type { ExperimentOutcome } from "./src/experiment/experiment.ts";
export { EventStream, type StreamedWork } from "./src/experiment/event_stream.ts";
export { BenchError, UsageError } from "./src/errors.ts";
export { InterruptedError, InterruptedStepError, type StopSignal } from "./src/interruption.ts";

// Experiments.
export {
  type ArmConfig,
  type ArmTrainingConfig,
  type DecodingConfig,
  defineExperiment,
  type ExperimentConfig,
} from "./src/experiment/config.ts";
export { presets } from "./src/experiment/presets.ts";
export {
  type ExperimentOverrides,
  type ResolvedArm,
  type ResolvedDecoding,
  type ResolvedEvaluation,
  type ResolvedExperimentConfig,
  resolveExperiment,
} from "./src/experiment/resolve.ts";
export type { ResolvedThinking, ThinkingConfig } from "./src/experiment/thinking.ts";

// Data.
export { type Dataset } from "./src/datasets/dataset.ts";
export { datasetNames, loadDataset, type LoadOptions } from "./src/datasets/registry.ts";
export type { TrainingSource } from "./src/datasets/training_source.ts";
export type { Problem } from "./src/datasets/problem.ts";
export type { Domain, ProblemKind } from "./src/datasets/problem_kind.ts";

// Supplies: datasets, checkpoints, this machine, the embedded model.
export { fetchDataset, type FetchedDataset, type FetchOptions } from "./src/datasets/fetch.ts";
export { checkDatasets, type CheckedDataset, type DatasetState, type DatasetStatus } from "./src/datasets/status.ts";
export type { DownloadOptions, DownloadProgress } from "./src/datasets/download.ts";
export type { CheckedRows } from "./src/datasets/cache.ts";
export type { Damage } from "./src/datasets/errata.ts";
export type { Pin } from "./src/datasets/pin.ts";
export type { Row, RowReader } from "./src/datasets/rows.ts";
export type { ExampleEncoder } from "./src/pretraining/batch.ts";
export { publishedDataset } from "./src/datasets/registry.ts";
export type { DatasetUse, Erratum, PublishedDataset, PublishedFile } from "./src/datasets/published_dataset.ts";
export { fetchModel, type FetchModelOptions } from "./src/checkpoint/hub/fetch.ts";
export type { FetchedModel } from "./src/checkpoint/hub/gather.ts";
export { type CachedModel, cachedModels } from "./src/checkpoint/hub/cache.ts";
export { type ModelReference, parseModelReference } from "./src/checkpoint/hub/reference.ts";
export { type DoctorOptions, examine } from "./src/doctor/doctor.ts";
export type { Fact, FactArea, FactState } from "./src/doctor/fact.ts";
export { pretrain, type PretrainingOptions, type PretrainingStep } from "./src/pretraining/pretrain.ts";
export { type PretrainingRecipe, TINY_RECIPE } from "./src/pretraining/recipe.ts";

// Views of results.
export {
  readResult,
  readResults,
  type ResultSource,
  type StoredResult,
  writeResult,
  type WrittenResult,
} from "./src/result/store.ts";
export type { OnSkipped, SkippedFile } from "./src/result/skipped.ts";
export type { ResultCounts } from "./src/result/complete.ts";
export { PROTECTED, type Protected } from "./src/compare/align.ts";
export { validateResult } from "./src/result/validate.ts";
export type { DatasetResult, Result, ResultStatus } from "./src/result/types.ts";
export type {
  DatasetMetrics,
  Estimate,
  EstimatesByK,
  ProblemCounts,
  Softness,
  Spread,
  Vote,
} from "./src/metrics/types.ts";
export {
  compare,
  type Comparison,
  type ComparisonOptions,
  type ComparisonTest,
  type ComparisonVerdict,
} from "./src/compare/compare.ts";
export { type PowerOptions, type PowerReport, powerReport } from "./src/compare/power.ts";
export {
  type PredictedByK,
  type ScoredArm,
  type ScoredDataset,
  scoreFiles,
  type WantedSizes,
} from "./src/score/score.ts";
export type { ByRule } from "./src/score/rules.ts";
export { decodingOf, type ProtocolName, PROTOCOLS } from "./src/published/protocols.ts";
export type { EvaluationProtocol, ProtocolFact, Said } from "./src/published/protocol.ts";
export { summarize, type Summary } from "./src/summary/summary.ts";
export type { ArmEstimate, ArmSoftness, ArmSummary, ShownMetric } from "./src/summary/arms.ts";
export type { AttributionRow, Question } from "./src/summary/attribution.ts";
export type { Certainty, Difference, NamedMetric } from "./src/summary/differences.ts";
export type { Coverage } from "./src/result/coverage.ts";
export { buildLeaderboard, type LeaderboardOptions, type RunAgain } from "./src/leaderboard/leaderboard.ts";
export type {
  Leaderboard,
  LeaderboardAttribution,
  LeaderboardDifference,
  LeaderboardEstimate,
  LeaderboardExperiment,
  LeaderboardMetrics,
  LeaderboardRow,
  Mark,
} from "./src/leaderboard/types.ts";
export { type Report, report, type ReportOptions } from "./src/report/report.ts";

// Parts: algorithms and rollout.
export { type AlgorithmConfig, createAlgorithm } from "./src/algorithms/registry.ts";
export type {
  Replay,
  StepDivergence,
  ThoughtAction,
  ThoughtAlgorithm,
  ThoughtInput,
} from "./src/algorithms/algorithm.ts";
// Settings of each algorithm, written by `deno task schemas`.
export type { DirichletGrpoConfig } from "./src/algorithms/dirichlet_grpo.ts";
export type { DiscreteGrpoConfig } from "./src/algorithms/discrete_grpo.ts";
export type { LepoConfig } from "./src/algorithms/lepo.ts";
export type { MultiplexGrpoConfig } from "./src/algorithms/multiplex_grpo.ts";
export type { SoftThinkingConfig } from "./src/algorithms/soft_thinking.ts";
export type { SoftThinkingGrpoConfig } from "./src/algorithms/soft_thinking_grpo.ts";
export type { SoftTokensGrpoConfig } from "./src/algorithms/soft_tokens_grpo.ts";
// End of written settings.
export type { CandidateFilter } from "./src/algorithms/candidates.ts";
export type {
  DirichletPerturbation,
  GaussianPerturbation,
  GumbelPerturbation,
  Perturbation,
} from "./src/algorithms/perturbation.ts";
export { type AnswerConfig, type AnswerSampler, createAnswerSampler } from "./src/rollout/answer_sampler.ts";
export {
  type ColdStop,
  type FinishedCompletion,
  rollout,
  type RolloutPrompt,
  type RolloutSettings,
  type RolloutWatch,
  type ThinkingRule,
} from "./src/rollout/rollout.ts";
export {
  type Completion,
  type CompletionStep,
  completionTokens,
  type DrawnStep,
  type DrawnStepNotes,
  type DrawnTokenStep,
  type ThoughtStep,
} from "./src/rollout/completion.ts";
export type { DrawnToken } from "./src/algorithms/sample_token.ts";
export type { ThoughtLaw, ThoughtNoise } from "./src/algorithms/law.ts";
export type { ThoughtSoftness } from "./src/algorithms/softness.ts";
export type { MeasuredValues, SampleSoftness } from "./src/rollout/softness.ts";
export { type NoiseName, type NoiseStream, noiseStream } from "./src/random/streams.ts";
export type { GumbelKey, StepNoise } from "./src/random/noise.ts";

// Parts: models.
export { type BackendName, type OpenedModel, openModel, type OpenModelOptions } from "./src/experiment/open_model.ts";
export { type Checkpoint, type CheckpointOptions, loadCheckpoint } from "./src/checkpoint/checkpoint.ts";
export type {
  AccumulateOptions,
  DecodeOptions,
  Decoder,
  EvaluatedModel,
  HostTensor,
  InputRows,
  LanguageModel,
  NamedTensors,
  Reproducibility,
  StepSource,
  TrainingGroup,
} from "./src/models/language_model.ts";
export type { OptimizerStep } from "./src/models/adamw.ts";
export type { Activation, ModelConfig, RopeScaling } from "./src/models/model_config.ts";
export type {
  ActionPlace,
  KeptLaw,
  LogitFault,
  MutableSlopes,
  Readings,
  Reads,
  RowLoss,
  ScaledVector,
  Slopes,
  TokenLogits,
} from "./src/models/readings.ts";
export { loadTokenizer, type Tokenizer } from "./src/prompt/tokenizer.ts";

// Parts: grading.
export { extractAnswer, type ExtractionOptions } from "./src/grading/extraction.ts";
export {
  canonicalAnswer,
  equivalent,
  grade,
  type GradeOptions,
  GRADER_VERSION,
  type ProgramOutcome,
  type Reason,
  type Verdict,
} from "./src/grading/grade.ts";
export type { Examination, TrainingExamination } from "./src/grading/examination.ts";
export { chosenLetter, gradeChoice } from "./src/grading/chosen_letter.ts";
export { codeOf, type CodeRule } from "./src/grading/code_block.ts";
export { type CodeGrading, gradeCode } from "./src/grading/code.ts";
export type {
  CodeExecutor,
  ExecutionLimits,
  ExecutionOutcome,
  ExecutionVerdict,
  TestedProgram,
} from "./src/execution/executor.ts";
export { createExecutor, type ExecutorKind, type ExecutorOptions } from "./src/execution/registry.ts";
export type { EndOfThinkingText } from "./src/prompt/prompt.ts";
export type {} from "./src/grading/graders.ts";
export type { GraderConfig, ResolvedGrader } from "./src/grading/grader_config.ts";
export { reward, type RewardConfig } from "./src/grading/reward.ts";

// Parts: training and evaluation.
export { type TrainingRequest, trainPolicy } from "./src/training/trainer.ts";
export type { DrawnCompletion } from "./src/training/step_rollout.ts";
export type { PaidCompletion } from "./src/training/paid_group.ts";
export type { Timing } from "./src/clock.ts";
export type { StepPart, StepProgress } from "./src/training/step_progress.ts";
export type { AdapterConfig } from "./src/models/adapter.ts";
export type { EqualGroups, ResolvedTraining, TrainingConfig, TrainingEvaluation } from "./src/training/config.ts";
export type { ObjectiveConfig, ResolvedObjective } from "./src/training/objective.ts";
export type { OverlongConfig } from "./src/training/overlong.ts";
export type { CurvePoint } from "./src/training/curve.ts";
export { type AdvantageConfig, groupAdvantages } from "./src/training/advantage.ts";
export { type LearningRateSchedule, type OptimizerConfig } from "./src/training/optimizer.ts";
export { type LossBatch, type PolicyLoss, policyLoss } from "./src/training/loss/loss.ts";
export type { KlPenalty, LossConfig } from "./src/training/loss/loss_config.ts";
export type { KlEstimator, Surrogate } from "./src/training/loss/surrogate.ts";
export type { Aggregation } from "./src/training/loss/aggregation.ts";
export type { StepDensities, StepPolicy } from "./src/training/loss/step_density.ts";
export type { LossSummary } from "./src/training/loss/summary.ts";
export {
  type Drawing,
  evaluatePolicy,
  type EvaluationPart,
  type EvaluationRequest,
} from "./src/evaluation/evaluation.ts";
export type { Sample, ServerNote } from "./src/evaluation/sample.ts";
export type { KeptThoughts } from "./src/evaluation/evaluation.ts";
export type { RecordedThought, SeenToken } from "./src/evaluation/recorded_thought.ts";

// Parts: statistics.
export { firstK, passAtK, passAtKVariance, type WithinVariance } from "./src/metrics/pass_at_k.ts";
export {
  blocksPassAtK,
  bootstrapDrawError,
  bootstrapPassAtK,
  type OrderedOutcome,
  PASS_ESTIMATORS,
  passAtKBy,
  type PassEstimator,
  type ProblemOutcome,
  verlBestAtK,
} from "./src/metrics/pass_estimators.ts";
export { type OtherRule, PASS_ESTIMATOR_NAMES, type PassEstimatorName } from "./src/metrics/pass_estimator_name.ts";
export { type PredictedEstimate, predictPassAtK } from "./src/metrics/predicted_pass_at_k.ts";
export type { BetaLaw, Counts } from "./src/metrics/beta_binomial.ts";
export { type BallotAnswer, type Ballots, majorityAtK } from "./src/metrics/majority_at_k.ts";
export type { Metric } from "./src/metrics/metric.ts";
export type {
  SeedDifference,
  SeedDifferenceInterval,
  SeedError,
  SeedEstimate,
  SeedValues,
} from "./src/metrics/seeds.ts";
export type { DifferenceNoise, ExperimentSize } from "./src/metrics/power.ts";
export { deriveMetrics, type MetricSizes } from "./src/metrics/derive.ts";
export type { JsonObject, JsonValue } from "./src/files/json.ts";
export type { JsonRecord } from "./src/files/read.ts";
export type { PromptTemplateName } from "./src/prompt/templates.ts";
export type { GraderName } from "./src/grading/grader_name.ts";
