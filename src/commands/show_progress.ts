/**
 * The events of runs as progress on stderr: a phase per training and per dataset.
 *
 * @module
 */
import type { BenchEvent, RunName } from "../experiment/events.ts";
import type { Phase, ProgressLog } from "../progress.ts";
import { countText } from "../text/numbers.ts";

/** Shows events until it is disposed of. */
export class ProgressView implements Disposable {
  readonly #progress: ProgressLog;
  readonly #phases = new Map<string, { readonly phase: Phase; done: number }>();

  constructor(progress: ProgressLog) {
    this.#progress = progress;
  }

  /** Shows one event. */
  show(event: BenchEvent): void {
    switch (event.kind) {
      case "start":
        return this.#progress.note(startText(event));
      case "note":
        return this.#progress.note(event.text);
      case "training":
        return this.#advance(trainingLabel(event.run), "step", event.done, event.total);
      case "step": {
        const { step, reward, tokens = 0 } = event.point;
        return this.#advance(trainingLabel(event.run), "step", step, event.total, { reward, tokens });
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
  }

  #advance(label: string, unit: string, done: number, total: number, fields: Record<string, number> = {}): void {
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
