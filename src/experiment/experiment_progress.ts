/**
 * How far an experiment is, of each run and of the whole, told from its events.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import type { StepPart } from "../training/step_progress.ts";
import type { BenchEvent, RunName } from "./events.ts";
import { type ArmRun, armRuns, armTraining, type ResolvedExperimentConfig } from "./resolve.ts";

const count = z.number().min(0);

/** What a {@link RunProgress} must be. */
const runProgressSchema = z.strictObject({
  state: z.enum(["waiting", "at work", "finished", "failed"]),
  /** Steps trained, and samples graded in this session or found at its start; of those how many are right. */
  steps: count,
  samples: count,
  correct: count,
  /** Why it failed, where it did. */
  error: z.string().exactOptional(),
}).readonly();

/** What a {@link ProgressState} must be. */
export const progressSchema = z.strictObject({
  /** Where the model computes. */
  backend: z.string(),
  /** When this session began, and when this was said, ISO 8601. */
  startedAt: z.iso.datetime(),
  at: z.iso.datetime(),
  /** Problems of all datasets together. */
  problems: count,
  /** By place in `armRuns`. */
  runs: z.array(runProgressSchema).readonly(),
  /** Drawn completions, trained ones counted {@link TRAINED_COST} times: in all, done, and done before this session. */
  work: z.strictObject({ total: count, done: count, before: count }).readonly(),
}).readonly();

/** How far a run is. */
export type RunProgress = z.infer<typeof runProgressSchema>;
/** How far an experiment is. */
export type ProgressState = z.infer<typeof progressSchema>;

/** What is there to do in a run. */
export interface RunSize {
  readonly steps: number;
  readonly samples: number;
}

/** Operations of drawing a completion and training on it, against drawing alone: one pass forward, and three more. */
const TRAINED_COST = 4;

/** The part of a training step's work that is done, in [0, 1]: drawing is one pass of all. */
export function stepShare(part: StepPart, done: number): number {
  return part === "rollout" ? done / TRAINED_COST : (1 + (TRAINED_COST - 1) * done) / TRAINED_COST;
}

/** What has to be known of an experiment, as its first event says it. */
export type ExperimentFacts = Pick<Extract<BenchEvent, { kind: "start" }>, "config" | "problems" | "backend">;

/** Follows an experiment by its events. */
export class ExperimentProgress {
  readonly #facts: ExperimentFacts;
  readonly #startedAt: string;
  readonly #runs: readonly FollowedRun[];

  /** @param startedAt ISO 8601 */
  constructor(facts: ExperimentFacts, startedAt: string) {
    this.#facts = facts;
    this.#startedAt = startedAt;
    this.#runs = armRuns(facts.config).map((run) => new FollowedRun(facts.config, run, facts.problems));
  }

  /** Takes an event in. */
  follow(event: BenchEvent): void {
    if (event.kind === "start" || event.kind === "note") return;
    this.#runs.find((run) => run.is(event.run))?.follow(event);
  }

  /** How far it is, `at` a time in ISO 8601. */
  state(at: string): ProgressState {
    const sum = (of: (run: FollowedRun) => number) => this.#runs.reduce((total, run) => total + of(run), 0);
    return {
      backend: this.#facts.backend,
      startedAt: this.#startedAt,
      at,
      problems: this.#facts.problems,
      runs: this.#runs.map((run) => run.progress),
      work: {
        total: sum((run) => run.progress.state === "failed" ? run.done : run.total),
        done: sum((run) => run.done),
        before: sum((run) => run.before),
      },
    };
  }
}

/** What is there to do in a run: training steps, and samples of all evaluations. */
export function runSize(config: ResolvedExperimentConfig, { arm }: ArmRun, problems: number): RunSize {
  return {
    steps: arm.objective === undefined ? 0 : armTraining(config, arm).steps,
    samples: arm.evaluations.length * problems * config.samples,
  };
}

/** Runs that ended, well or not. */
export function endedRuns({ runs }: ProgressState): number {
  return runs.filter(({ state }) => state === "finished" || state === "failed").length;
}

/** The part of the work that is done, in [0, 1]. */
export function workShare({ work: { total, done } }: ProgressState): number {
  return total === 0 ? 1 : done / total;
}

/** Milliseconds that the rest will take at the rate of this session; undefined while it has none. */
export function millisecondsLeft({ startedAt, at, work: { total, done, before } }: ProgressState): number | undefined {
  if (done >= total) return 0;
  return done > before ? (Date.parse(at) - Date.parse(startedAt)) * (total - done) / (done - before) : undefined;
}

/** A run, its size, and how far it is. */
class FollowedRun {
  progress: RunProgress = { state: "waiting", steps: 0, samples: 0, correct: 0 };
  /** Work that was done before this session. */
  before = 0;
  /** Work on steps and samples that are not finished. */
  #underWay = 0;
  readonly #name: RunName;
  readonly #size: RunSize;
  readonly #stepWork: number;
  /** Samples by evaluation and dataset: graded, and right. */
  readonly #samples = new Map<string, { done: number; correct: number }>();

  constructor(config: ResolvedExperimentConfig, run: ArmRun, problems: number) {
    const { promptsPerStep, groupSize } = armTraining(config, run.arm);
    this.#name = { arm: run.arm.label, seed: run.seed };
    this.#size = runSize(config, run, problems);
    this.#stepWork = TRAINED_COST * promptsPerStep * groupSize;
  }

  is({ arm, seed }: RunName): boolean {
    return arm === this.#name.arm && seed === this.#name.seed;
  }

  get total(): number {
    return this.#workOf(this.#size);
  }

  get done(): number {
    return this.progress.state === "finished" ? this.total : this.#workOf(this.progress) + this.#underWay;
  }

  follow(event: Exclude<BenchEvent, { kind: "start" | "note" }>): void {
    this.#underWay = 0;
    switch (event.kind) {
      case "training":
        this.before += this.#workOf({ steps: event.curve.length, samples: 0 });
        return this.#set({ state: "at work", steps: event.curve.length });
      case "within":
        this.#underWay = this.#stepWork * stepShare(event.part, event.done);
        return this.#set({ state: "at work" });
      case "step":
        return this.#set({ state: "at work", steps: event.point.step });
      case "samples":
        return this.#count(event);
      case "failure":
        return this.#set({ state: "failed", error: event.error });
      case "result": {
        // Whatever was not seen being done was there.
        const { done } = this;
        this.#set({ state: "finished", steps: this.#size.steps });
        this.before += this.total - done;
      }
    }
  }

  #count({ evaluation, dataset, done, correct, underWay = 0 }: Extract<BenchEvent, { kind: "samples" }>): void {
    this.#underWay = underWay;
    const key = JSON.stringify([evaluation, dataset]);
    if (!this.#samples.has(key)) this.before += done;
    this.#samples.set(key, { done, correct });
    const sum = (of: "done" | "correct") => [...this.#samples.values()].reduce((total, own) => total + own[of], 0);
    this.#set({ state: "at work", samples: sum("done"), correct: sum("correct") });
  }

  #workOf({ steps, samples }: RunSize): number {
    return steps * this.#stepWork + samples;
  }

  #set(changes: Partial<RunProgress>): void {
    this.progress = { ...this.progress, ...changes };
  }
}
