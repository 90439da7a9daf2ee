/**
 * Where the time of an experiment's runs went, part by part.
 *
 * @module
 */
import { now } from "../clock.ts";
import type { BenchEvent, RunPart } from "../experiment/events.ts";
import { countText } from "../text/numbers.ts";

const PARTS: Readonly<Record<RunPart, string>> = {
  rollout: "training: rollouts, graded",
  update: "training: updates",
  checkpoint: "training: checkpoints",
  sampling: "evaluation: sampling",
  thoughts: "evaluation: thoughts that are kept",
  grading: "evaluation: grading and saving",
  other: "all else of a run",
};
const NO_RUN = "before, between and after runs";

/** Adds up what runs tell of their time. */
export class TimeSpent {
  readonly #time: () => number;
  readonly #spent = new Map<RunPart, number>();
  #lanes = 1;
  #runs = 0;
  #started: number | undefined;

  /** @param time in ms; another in tests */
  constructor(time: () => number = now) {
    this.#time = time;
  }

  /** Takes one event. */
  follow(event: BenchEvent): void {
    if (event.kind === "start") {
      this.#lanes = event.lanes;
      this.#started = this.#time();
    }
    if (event.kind !== "spent") return;
    this.#runs++;
    for (const [part, ms] of event.parts) this.#spent.set(part, (this.#spent.get(part) ?? 0) + ms);
  }

  /** A line for each part, the longest first, of the time that all lanes had together. */
  text(): string {
    const whole = this.#lanes * (this.#time() - (this.#started ?? this.#time()));
    const inRuns = [...this.#spent.values()].reduce((sum, ms) => sum + ms, 0);
    const rows = [
      ...[...this.#spent].map(([part, ms]) => [PARTS[part], ms] as const),
      [NO_RUN, Math.max(0, whole - inRuns)] as const,
    ].toSorted(([, a], [, b]) => b - a);
    const widest = Math.max(...rows.map(([name]) => name.length));
    const lines = rows.map(([name, ms]) => {
      const percent = whole > 0 ? 100 * ms / whole : 0;
      return `  ${name.padEnd(widest)}  ${(ms / 1000).toFixed(1).padStart(8)} s  ${percent.toFixed(1).padStart(5)} %`;
    });
    const heading = `time of ${countText(this.#runs, "run")}, ${countText(this.#lanes, "lane")} together:`;
    return [heading, ...lines].join("\n");
  }
}
