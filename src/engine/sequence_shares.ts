/**
 * Which worker has which sequences, where each takes steps at its own pace: about equally many, though they end one by one.
 *
 * @module
 */
import { stepWorkers } from "./decoder_room.ts";
import { shareOf } from "./team.ts";

/** Sequences that go on, each with one worker or waiting for one. */
export class SequenceShares {
  readonly #own: (readonly number[])[];
  readonly #waiting: number[];
  readonly #most: number;

  /**
   * @param sequences all that there are, which wait
   * @param workers how many share them
   * @param most of them that a worker has at once (default its share)
   */
  constructor(sequences: Iterable<number>, workers: number, most = Infinity) {
    this.#own = new Array(workers).fill([]);
    this.#waiting = [...sequences];
    this.#most = most;
  }

  /** How many go on. */
  get count(): number {
    return this.#own.reduce((sum, own) => sum + own.length, this.#waiting.length);
  }

  /** All that go on, ascending. */
  get all(): number[] {
    return ascending([...this.#own.flat(), ...this.#waiting]);
  }

  /** Of those that a worker has, only these go on. */
  keep(worker: number, sequences: readonly number[]): void {
    this.#own[worker] = sequences;
  }

  /**
   * A worker's sequences for its next step, ascending: it leaves what is above its share to others, and takes what others
   * left, then such that have not begun. None where its share is none, or is still with others.
   */
  next(worker: number): readonly number[] {
    const { count } = this, own = this.#own[worker];
    const workers = stepWorkers(count, this.#own.length);
    const [first, last] = worker < workers ? shareOf(count, worker, workers) : [0, 0];
    const more = Math.min(this.#most, last - first) - own.length;
    if (more > 0) this.#own[worker] = ascending([...own, ...this.#waiting.splice(0, more)]);
    if (more < 0) {
      this.#own[worker] = own.slice(0, more);
      this.#waiting.unshift(...own.slice(more));
    }
    return this.#own[worker];
  }
}

function ascending(sequences: number[]): number[] {
  return sequences.sort((a, b) => a - b);
}
