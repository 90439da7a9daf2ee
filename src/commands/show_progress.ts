/**
 * The events of runs as progress on stderr: a phase for all runs together, one per training and one per dataset.
 *
 * @module
 */
import { dateTime } from "../clock.ts";
import type { BenchEvent, RunName } from "../experiment/events.ts";
import { endedRuns, ExperimentProgress, millisecondsLeft, workShare } from "../experiment/experiment_progress.ts";
import type { Phase, ProgressFields, ProgressLog } from "../progress.ts";
import { countText } from "../text/numbers.ts";
import { sparkline } from "../text/sparkline.ts";
import { visibleLines } from "../text/visible.ts";

/** Shows events until it is disposed of. */
export class ProgressView implements Disposable {
  readonly #progress: ProgressLog;
  readonly #phases = new Map<string, { readonly phase: Phase; done: number }>();
  /** Rewards so far, by training. */
  readonly #rewards = new Map<string, number[]>();
  #whole: { readonly progress: ExperimentProgress; readonly phase: Phase; ended: number } | undefined;

  constructor(progress: ProgressLog) {
    this.#progress = progress;
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
      case "samples": {
        const { run, evaluation, dataset, done, total, correct } = event;
        const label = `evaluate ${evaluation}-s${run.seed} ${dataset}`;
        return this.#advance(label, "sample", done, total, done > 0 ? { accuracy: correct / done } : {});
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

  #advance(label: string, unit: string, done: number, total: number, fields: ProgressFields = {}): void {
    let own = this.#phases.get(label);
    if (own === undefined) {
      own = { phase: this.#progress.phase(label, { total, unit, done }), done };
      this.#phases.set(label, own);
    }
    own.phase.advance(done - own.done, fields);
    own.done = done;
    if (done < total) return;
    own.phase.end();
    this.#phases.delete(label);
  }
}

const REWARD_DIGITS = 3;

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
