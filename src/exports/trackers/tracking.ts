/**
 * An experiment's events and results as the runs of a tracker: training step by step, and at its last step what the
 * evaluations came to.
 *
 * @module
 */
import type { JsonObject } from "../../files/json.ts";
import { jsonSha256 } from "../../files/hash.ts";
import type { BenchEvent, RunName } from "../../experiment/events.ts";
import type { ResolvedExperimentConfig } from "../../experiment/resolve.ts";
import type { DatasetMetrics } from "../../metrics/types.ts";
import type { Result } from "../../result/types.ts";
import type { CurvePoint } from "../../training/curve.ts";
import { fileSafe } from "../identity.ts";
import type { LoggedStep, RunLog, TrackedRun, Tracker } from "./tracker.ts";

const ID_DIGITS = 32;

/** Writes a run for a tracker while it goes. */
export class Tracking implements Disposable {
  readonly #tracker: Tracker;
  readonly #folder: string;
  readonly #clock: () => string;
  readonly #config: ResolvedExperimentConfig;
  readonly #runs = new Map<string, FollowedRun>();

  /**
   * @param folder where the tracker looks
   * @param clock the time in ISO 8601
   */
  constructor(config: ResolvedExperimentConfig, tracker: Tracker, folder: string, clock: () => string) {
    this.#config = config;
    this.#tracker = tracker;
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Takes an event in. */
  follow(event: BenchEvent): void {
    switch (event.kind) {
      case "training":
        return void this.#begin(event.run, event.curve);
      case "step":
        // With the last step stands what the evaluations come to.
        return this.#runs.get(keyOf(event.run))?.add(trainingStep(event.point), event.point.step === event.total);
      case "result": {
        const { run, result } = event;
        const followed = this.#runs.get(keyOf(run)) ?? this.#begin(run, result.training.curve);
        followed.add(evaluationStep(result), true);
        followed.evaluated += result.datasets.length;
        if (followed.evaluated === followed.evaluations) this.#end(run, "finished");
        return;
      }
      case "failure":
        return this.#end(event.run, "failed");
      case "start":
      case "samples":
      case "within":
      case "note":
        return;
    }
  }

  /** Leaves runs that have not ended as interrupted ones. */
  [Symbol.dispose](): void {
    for (const run of this.#runs.values()) run[Symbol.dispose]();
    this.#runs.clear();
  }

  #begin(run: RunName, curve: readonly CurvePoint[]): FollowedRun {
    const config = this.#config;
    const arm = config.arms.find(({ label }) => label === run.arm)!;
    const own = { ...config, seeds: [run.seed], arms: [arm] } as unknown as JsonObject;
    const tracked = trackedRun(config.name, run, own, this.#clock());
    const earlier = curve.map(trainingStep);
    const last = earlier.pop();
    const log = this.#tracker(this.#folder, tracked, earlier);
    const followed = new FollowedRun(log, this.#clock, arm.evaluations.length * config.datasets.length);
    if (last !== undefined) followed.add(last, true);
    this.#runs.set(keyOf(run), followed);
    return followed;
  }

  #end(run: RunName, outcome: "finished" | "failed"): void {
    const followed = this.#runs.get(keyOf(run));
    followed?.finish(outcome);
    this.#runs.delete(keyOf(run));
  }
}

/** Writes finished results for a tracker; those of one run, under several decodings, become one. */
export function trackResults(results: readonly Result[], tracker: Tracker, folder: string): void {
  for (const own of Map.groupBy(results, ({ experiment, arm }) => `${experiment.configSha256} ${arm.seed}`).values()) {
    const [{ experiment, arm, training, run }] = own;
    const name = { arm: trainedArm(experiment.config) ?? arm.label, seed: arm.seed };
    const tracked = trackedRun(experiment.name, name, experiment.config, run.startedAt);
    using log = tracker(folder, tracked, training.curve.slice(0, -1).map(trainingStep));
    const last = [...training.curve.slice(-1).map(trainingStep), ...own.map(evaluationStep)].reduce(together);
    log.log(last, run.startedAt);
    log.finish("finished");
  }
}

/** A run whose last step is held back, as more may be said of it. */
class FollowedRun implements Disposable {
  /** Datasets evaluated, of all that will be. */
  evaluated = 0;
  readonly evaluations: number;
  readonly #log: RunLog;
  readonly #clock: () => string;
  #held: LoggedStep | undefined;

  constructor(log: RunLog, clock: () => string, evaluations: number) {
    this.#log = log;
    this.#clock = clock;
    this.evaluations = evaluations;
  }

  /** @param hold whether more may be said of this step */
  add(step: LoggedStep, hold: boolean): void {
    if (this.#held !== undefined && this.#held.step !== step.step) this.#flush();
    this.#held = this.#held === undefined ? step : together(this.#held, step);
    if (!hold) this.#flush();
  }

  finish(outcome: "finished" | "failed"): void {
    this.#flush();
    this.#log.finish(outcome);
    this.#log[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#flush();
    this.#log[Symbol.dispose]();
  }

  #flush(): void {
    if (this.#held !== undefined) this.#log.log(this.#held, this.#clock());
    this.#held = undefined;
  }
}

function trackedRun(project: string, { arm, seed }: RunName, config: JsonObject, time: string): TrackedRun {
  return {
    project: fileSafe(project),
    id: jsonSha256(config).slice(0, ID_DIGITS),
    name: fileSafe(`${arm}-s${seed}`),
    config,
    time,
  };
}

function trainingStep({ step, ...figures }: CurvePoint): LoggedStep {
  return { step, figures: prefixed("train", figures) };
}

/** `evaluation/soft-thinking-grpo.matched/arith-add/pass@1`, in [0, 1]. */
function evaluationStep(result: Result): LoggedStep {
  const label = `evaluation/${result.arm.label}`;
  const figures = result.datasets.map(({ name, metrics }) => prefixed(`${label}/${name}`, metricFigures(metrics)));
  const mean = prefixed(`${label}/mean`, metricFigures(result.average));
  return { step: result.training.steps, figures: Object.assign({}, ...figures, mean) };
}

function metricFigures(
  { passAt, majorityAt, meanTokens }: Pick<DatasetMetrics, "passAt" | "majorityAt" | "meanTokens">,
) {
  return {
    ...Object.fromEntries(Object.entries(passAt).map(([k, { value }]) => [`pass@${k}`, value])),
    ...Object.fromEntries(Object.entries(majorityAt).map(([k, { value }]) => [`majority@${k}`, value])),
    ...(meanTokens !== null && { tokens: meanTokens }),
  };
}

function prefixed(prefix: string, figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}/${name}`, value]));
}

/** Two parts of what is said of a step. */
function together(a: LoggedStep, b: LoggedStep): LoggedStep {
  return { step: Math.max(a.step, b.step), figures: { ...a.figures, ...b.figures } };
}

/** The label of the arm that a run's own configuration holds. */
function trainedArm({ arms }: JsonObject): string | undefined {
  const [arm] = Array.isArray(arms) ? arms : [];
  return typeof arm === "object" && arm !== null && !Array.isArray(arm) && typeof arm.label === "string"
    ? arm.label
    : undefined;
}

function keyOf({ arm, seed }: RunName): string {
  return `${arm} ${seed}`;
}
