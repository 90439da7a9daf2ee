/**
 * What a result file says of one evaluation of a run.
 *
 * @module
 */
import { jsonSha256 } from "../files/hash.ts";
import type { JsonObject } from "../files/json.ts";
import { averageMetrics, type MetricSizes } from "../metrics/derive.ts";
import { INTERVALS_VERSION } from "../metrics/estimate.ts";
import type { DatasetResult, Result } from "../result/types.ts";
import type { LeakReport } from "../datasets/leak_check.ts";
import type { CurvePoint } from "../training/curve.ts";
import { type ArmRun, armTraining, isMatched, type ResolvedArm, type ResolvedEvaluation } from "./resolve.ts";
import { decodingText } from "./decoding_text.ts";
import type { SampleFigures } from "../metrics/sample_figures.ts";
import { curveMismatch } from "../training/curve_mismatch.ts";
import type { OpenedModel } from "./open_model.ts";
import type { Workbench } from "./workbench.ts";

/** Clock and host, read by the caller. */
export interface RunFacts {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly host: string;
  readonly elapsedSeconds: () => number;
}

/** What training left. */
export interface Trained {
  readonly curve: readonly CurvePoint[];
  readonly leaks: LeakReport;
  /** Of the trained weights, or of the adapter's file. */
  readonly sha256: string;
  readonly steps: number;
  /** Numbers of the adapter that was trained; absent where all weights were. */
  readonly parameters?: number;
  /** What a reader of the result has to know. */
  readonly notes: readonly string[];
  /** Problems whose prompts did not fit; absent where there are none. */
  readonly leftOutProblems?: number;
}

/** What one evaluation of a run came to. */
export interface Evaluated {
  readonly datasets: readonly DatasetResult[];
  readonly figures: SampleFigures;
}

/** What of an opened experiment a result tells: of a {@link Workbench}, or of servers, whose weights nobody here has seen. */
export interface ResultSubject extends Pick<Workbench, "config" | "code" | "graderOf"> {
  readonly tokenizer: Pick<Workbench["tokenizer"], "sha256">;
  readonly prompter: Pick<Workbench["prompter"], "sha256">;
  readonly checkpoint: { readonly parameters: number | null };
  readonly weightsSha256: string | null;
  readonly opened: Pick<OpenedModel, "facts"> & {
    readonly model: Pick<OpenedModel["model"], "backend" | "reproducibility">;
  };
}

/** The sizes k that the experiment asks for. */
export function metricSizes({ config }: Pick<Workbench, "config">): MetricSizes {
  return { passAt: config.passAt, majorityAt: config.majorityAt };
}

/**
 * The result of one evaluation of a run, with all that decided it.
 *
 * @param trained absent where the arm is not trained
 */
export function describeResult(
  bench: ResultSubject,
  { arm, seed }: ArmRun,
  evaluation: ResolvedEvaluation,
  trained: Trained | undefined,
  { datasets, figures, matched }: Evaluated & { readonly matched?: Evaluated | undefined },
  options: RunFacts,
): Result {
  const { config, checkpoint, code, tokenizer, prompter } = bench;
  const { model, facts } = bench.opened;
  const shared = { ...config, seeds: [seed], arms: [arm] };
  return {
    schemaVersion: 2,
    intervals: INTERVALS_VERSION,
    status: config.limit === undefined ? "completed" : "smoke",
    experiment: { name: config.name, config: shared as unknown as JsonObject, configSha256: jsonSha256(shared) },
    arm: {
      label: evaluation.label,
      algorithm: trained === undefined ? "base" : arm.algorithm.name,
      preset: arm.preset ?? null,
      decoding: evaluation.decoding,
      seed,
      objective: trained === undefined ? null : objectiveOf(bench, arm),
    },
    decoding: {
      text: decodingText(evaluation),
      matched: isMatched(config, evaluation),
      thoughts: evaluation.algorithm as unknown as JsonObject,
      answers: evaluation.answers as unknown as JsonObject,
      thinking: evaluation.thinking as unknown as JsonObject,
      maxNewTokens: config.evaluationMaxNewTokens,
    },
    model: {
      name: config.model.split("/").findLast((part) => part !== "")!,
      source: config.model,
      sha256: bench.weightsSha256,
      parameters: checkpoint.parameters,
      tokenizerSha256: tokenizer.sha256,
      promptSha256: prompter.sha256,
      trained: trained === undefined ? {} : {
        sha256: trained.sha256,
        steps: trained.steps,
        ...(trained.parameters !== undefined && { parameters: trained.parameters }),
      },
    },
    grader: bench.graderOf(datasets.map(({ kind }) => kind)),
    code: { ...code, commit: code.commit || null },
    device: { backend: model.backend, reproducibility: model.reproducibility, ...facts },
    datasets,
    average: averageMetrics(datasets.map(({ metrics }) => metrics)),
    thoughtTokens: figures.thoughtTokens,
    answerTokens: figures.answerTokens,
    softness: figures.softness,
    likeMatched: matched === undefined ? null : figures.likeness(matched.figures),
    training: {
      steps: trained?.steps ?? 0,
      curve: trained?.curve ?? [],
      mismatch: curveMismatch(trained?.curve ?? []),
      ...(trained?.leftOutProblems !== undefined && { leftOutProblems: trained.leftOutProblems }),
      notes: trained?.notes ?? [],
    },
    overlap: {
      trainingProblems: trained?.leaks.trainingProblems ?? 0,
      sharedWithEvaluation: trained?.leaks.sharedWithEvaluation ?? 0,
    },
    run: { startedAt: options.startedAt, durationSeconds: options.elapsedSeconds(), host: options.host },
  };
}

/** What an arm was trained for, as it ran. */
function objectiveOf({ config }: Pick<Workbench, "config">, arm: ResolvedArm): JsonObject {
  const { source: _source, checkpointEvery: _checkpointEvery, ...training } = armTraining(config, arm);
  return { ...arm.objective, training } as unknown as JsonObject;
}
