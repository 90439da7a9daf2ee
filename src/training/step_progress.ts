/**
 * How far a training step is, for those who wait for it.
 *
 * @module
 */
import { sparing } from "../clock.ts";
import type { RowLoss } from "../models/readings.ts";

/** What a step does: completions are drawn, then the model is updated by them. */
export type StepPart = "rollout" | "update";

/** How far a step is. */
export interface StepProgress {
  /** From 1. */
  readonly step: number;
  /** What it does now. */
  readonly part: StepPart;
  /** How much of the part is done, in [0, 1]. */
  readonly done: number;
  /** Positions drawn in this step so far. */
  readonly tokens: number;
}

/** Between two words about one step, in ms. */
const APART_MS = 250;

/** Follows one step, and says now and then how far it is. */
export class StepFollower {
  readonly #step: number;
  readonly #tell: ((progress: StepProgress) => void) | undefined;
  readonly #isTime: () => boolean;
  /** Most positions that the first draw of all groups can have. */
  readonly #most: number;
  #tokens = 0;
  #skipped = 0;

  /**
   * @param most positions that the first draw of all groups can have
   * @param tell absent: nobody listens
   */
  constructor(step: number, most: number, tell?: (progress: StepProgress) => void) {
    this.#step = step;
    this.#most = most;
    this.#tell = tell;
    this.#isTime = sparing(APART_MS);
  }

  /** So many positions were drawn, and so many will not be, as their completions ended before. */
  drawn(positions: number, spared: number): void {
    this.#tokens += positions;
    this.#skipped += spared;
    this.#say("rollout", (this.#tokens + this.#skipped) / this.#most);
  }

  /**
   * A loss that says how far its pass is by the rows that it was asked about.
   *
   * @param rows of the pass
   * @param share of the update that came before this pass, and that the pass is, in [0, 1]
   */
  counting(loss: RowLoss, rows: number, [before, own]: readonly [before: number, own: number]): RowLoss {
    let scored = 0;
    return {
      reads: (place) => loss.reads(place),
      score: (place, readings) => {
        this.#say("update", before + own * Math.min(1, ++scored / rows));
        return loss.score(place, readings);
      },
    };
  }

  #say(part: StepPart, done: number): void {
    if (this.#tell === undefined || !this.#isTime()) return;
    this.#tell({ step: this.#step, part, done: Math.min(1, done), tokens: this.#tokens });
  }
}
