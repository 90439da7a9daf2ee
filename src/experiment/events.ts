/**
 * What an experiment says while it runs, as data: nothing here is printed.
 *
 * @module
 */
import type { Result } from "../result/types.ts";
import type { CurvePoint } from "../training/curve.ts";
import type { StepPart } from "../training/step_progress.ts";
import type { ResolvedExperimentConfig } from "./resolve.ts";

/** A run: an arm under a seed. */
export interface RunName {
  /** Label of the arm. */
  readonly arm: string;
  /** Seed of training and sampling. */
  readonly seed: number;
}

/** Parts of a run: rollouts and updates of its training, samples of its evaluation. */
export type RunPart = "rollout" | "update" | "checkpoint" | "sampling" | "thoughts" | "grading" | "other";

/** What a run says while it works. */
export type WorkEvent =
  /** Training begins, or goes on after the steps of `curve`, of `total`. */
  | {
    readonly kind: "training";
    readonly run: RunName;
    readonly curve: readonly CurvePoint[];
    readonly total: number;
  }
  /** Within a training step, now and then: how much of a part of it is done, in [0, 1], and positions drawn so far. */
  | {
    readonly kind: "within";
    readonly run: RunName;
    readonly step: number;
    readonly part: StepPart;
    readonly done: number;
    readonly tokens: number;
    readonly total: number;
  }
  /** A training step has ended. */
  | { readonly kind: "step"; readonly run: RunName; readonly point: CurvePoint; readonly total: number }
  /**
   * Of `total` samples of a dataset `done` are graded, and `correct` of them right; the first event of a dataset tells
   * what was there already.
   */
  | {
    readonly kind: "samples";
    readonly run: RunName;
    /** Label of the evaluation: the arm's, with the decoding's name where there are several. */
    readonly evaluation: string;
    readonly dataset: string;
    readonly done: number;
    readonly total: number;
    readonly correct: number;
    /** Positions drawn in this session, and what is done of samples that are not graded yet, counted in samples. */
    readonly tokens?: number;
    readonly underWay?: number;
  }
  /** Where a run of this session spent its time, in ms, at its end; only where that was asked for. */
  | { readonly kind: "spent"; readonly run: RunName; readonly parts: readonly (readonly [RunPart, number])[] }
  /** Something that a reader should know. */
  | { readonly kind: "note"; readonly text: string };

/** What an experiment says: what it begins with, what its runs say, and what each came to. */
export type BenchEvent =
  /** Everything is open; the first event. */
  | {
    readonly kind: "start";
    readonly config: ResolvedExperimentConfig;
    /** Runs in all, and how many are at work at once. */
    readonly runs: number;
    readonly lanes: number;
    /** Problems of all datasets together. */
    readonly problems: number;
    /** Where the model computes, and why there. */
    readonly backend: string;
    readonly reason: string;
    /** Folder of unfinished and finished work. */
    readonly folder: string;
  }
  | WorkEvent
  /** An evaluation of a run is finished; `path` where it was written. */
  | { readonly kind: "result"; readonly run: RunName; readonly result: Result; readonly path?: string }
  /** A run failed; the others go on. */
  | { readonly kind: "failure"; readonly run: RunName; readonly error: string };
