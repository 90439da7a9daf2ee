/**
 * The events of runs as progress on stderr: a phase for all runs together, one per training and one per dataset.
 *
 * @module
 */
import { dateTime, now } from "../clock.ts";
import type { BenchEvent, RunName } from "../experiment/events.ts";
import {
  endedRuns,
  ExperimentProgress,
  millisecondsLeft,
  stepShare,
  workShare,
} from "../experiment/experiment_progress.ts";
import type { Phase, ProgressFields, ProgressLog } from "../progress.ts";
import { countText } from "../text/numbers.ts";
import { sparkline } from "../text/sparkline.ts";
import { visibleLines } from "../text/visible.ts";

/** Shows events until it is disposed of. */
export class ProgressView implements Disposable {
  readonly #progress: ProgressLog;
  readonly #phases = new Map<string, { readonly phase: Phase; done: number; fields: ProgressFields }>();
  /** Rewards so far, by training. */
  readonly #rewards = new Map<string, number[]>();
  /** How fast each phase draws. */
  readonly #speeds = new Map<string, Speed>();
  readonly #time: () => number;
  #whole: { readonly progress: ExperimentProgress; readonly phase: Phase; ended: number } | undefined;

  /** @param time in ms; another in tests */
  constructor(progress: ProgressLog, time: () => number = now) {
    this.#progress = progress;
    this.#time = time;
  }

  /** Says once that an interruption was heard: what is under way may take seconds to leave off, and to be saved. */
  announceStop(abort: AbortSignal): void {
    const text = "Stopping: finished work is being saved; a second interruption ends at once";
    abort.addEventListener("abort", () => this.#progress.note(text), { once: true });
  }

  /** Shows one event. */
  show(event: BenchEvent): void {
    this.#follow(event);
    switch (event.kind) {
      case "start":
        this.#progress.note(startText(event));
        return this.#begin(event);
      case "note":
        return this.#progress.note(visibleLines(event.text));
      case "training": {
        const { run, curve, total } = event;
        this.#rewards.set(trainingLabel(run), curve.map(({ reward }) => reward));
        return this.#advance(trainingLabel(run), "step", curve.length, total);
      }
      case "step": {
        const { step, reward, tokens = 0 } = event.point;
        const rewards = this.#rewards.getOrInsert(trainingLabel(event.run), []);
        rewards.push(reward);
        const fields = { reward: `${Number(reward.toPrecision(REWARD_DIGITS))} ${sparkline(rewards)}`, tokens };
        return this.#advance(trainingLabel(event.run), "step", step, event.total, fields);
      }
      case "within": {
        const { run, step, part, done, tokens, total } = event;
        const label = trainingLabel(run);
        const reward = this.#phases.get(label)?.fields.reward;
        const fields = {
          ...(reward !== undefined && { reward }),
          ...(part === "rollout" ? this.#speedOf(label, tokens) : { update: `${Math.floor(100 * done)} %` }),
        };
        return this.#advance(label, "step", step - 1, total, fields, stepShare(part, done));
      }
      case "samples": {
        const { run, evaluation, dataset, done, total, correct, tokens, underWay = 0 } = event;
        const label = `evaluate ${evaluation}-s${run.seed} ${dataset}`;
        const fields = {
          ...(done > 0 && { accuracy: correct / done }),
          ...(tokens !== undefined && this.#speedOf(label, tokens)),
        };
        return this.#advance(label, "sample", done, total, fields, underWay);
      }
      case "failure":
        return this.#progress.note(`${runText(event.run)} failed: ${event.error}`);
      case "result":
        return;
    }
  }

  /** Ends the phases that an interruption or a failure left open. */
  [Symbol.dispose](): void {
    for (const { phase } of this.#phases.values()) phase.end();
    this.#phases.clear();
    this.#whole?.phase.end();
  }

  /** Of a single run its own phases say all. */
  #begin(event: Extract<BenchEvent, { kind: "start" }>): void {
    if (event.runs < 2) return;
    const progress = new ExperimentProgress(event, dateTime());
    const measure = () => {
      const state = progress.state(dateTime());
      return { share: workShare(state), leftMs: millisecondsLeft(state) };
    };
    this.#whole = {
      progress,
      phase: this.#progress.phase(event.config.name, { total: event.runs, unit: "run", measure }),
      ended: 0,
    };
  }

  #follow(event: BenchEvent): void {
    if (this.#whole === undefined) return;
    const { progress, phase, ended } = this.#whole;
    progress.follow(event);
    this.#whole.ended = endedRuns(progress.state(dateTime()));
    if (this.#whole.ended > ended) phase.advance(this.#whole.ended - ended);
  }

  /** How fast a phase draws, once that can be told. */
  #speedOf(label: string, tokens: number): ProgressFields {
    const perSecond = this.#speeds.getOrInsertComputed(label, () => new Speed()).at(this.#time(), tokens);
    return perSecond === undefined ? {} : { speed: `${Math.round(perSecond)} tokens/s` };
  }

  #advance(label: string, unit: string, done: number, total: number, fields: ProgressFields = {}, underWay = 0): void {
    let own = this.#phases.get(label);
    if (own === undefined) {
      own = { phase: this.#progress.phase(label, { total, unit, done }), done, fields };
      this.#phases.set(label, own);
    }
    own.phase.advance(done - own.done, fields, underWay);
    Object.assign(own, { done, fields });
    if (done < total) return;
    own.phase.end();
    this.#phases.delete(label);
  }
}

const REWARD_DIGITS = 3;

/** How long a speed looks back, and how far apart its ends must be. */
const SPEED_MS = 10_000, LEAST_SPEED_MS = 400;

/** Tokens a second over the last seconds. */
class Speed {
  #seen: { readonly time: number; readonly tokens: number }[] = [];

  /** @returns undefined while there is nothing to tell by */
  at(time: number, tokens: number): number | undefined {
    const last = this.#seen.at(-1);
    // Another count has begun.
    if (last !== undefined && tokens < last.tokens) this.#seen = [];
    this.#seen.push({ time, tokens });
    this.#seen = this.#seen.filter((own) => time - own.time <= SPEED_MS);
    const [first] = this.#seen;
    const passed = time - first.time;
    return passed >= LEAST_SPEED_MS && tokens > first.tokens ? 1000 * (tokens - first.tokens) / passed : undefined;
  }
}

/** `discrete-grpo-s1`. */
export function runText({ arm, seed }: RunName): string {
  return `${arm}-s${seed}`;
}

function trainingLabel(run: RunName): string {
  return `train ${runText(run)}`;
}

function startText({ config, runs, lanes, backend, reason, folder }: Extract<BenchEvent, { kind: "start" }>): string {
  return `${config.name}: ${countText(config.arms.length, "arm")} x ${countText(config.seeds.length, "seed")} = ` +
    `${countText(runs, "run")}, ${lanes > 1 ? `${lanes} at once, ` : ""}` +
    `${countText(config.datasets.length, "dataset")} x ${countText(config.samples, "sample")} on ${backend} ` +
    `(${reason}); work in ${folder}`;
}
