/**
 * Which seat of which worker has which sequences, where each takes steps at its own pace: about equally many, though they
 * end one by one.
 *
 * @module
 */
import { stepSeats } from "./decoder_room.ts";
import { shareOf } from "./team.ts";

/** Sequences that go on, each with one seat or waiting for one. */
export class SequenceShares {
  readonly #own: (readonly number[])[];
  readonly #waiting: number[];
  readonly #workers: number;
  readonly #each: number;
  readonly #most: number;

  /**
   * @param sequences all that there are, which wait
   * @param workers how many share them
   * @param each seats that a worker may have; the first of every worker are counted before all others
   * @param most of them that a seat has at once (default its share)
   */
  constructor(sequences: Iterable<number>, workers: number, each: number, most = Infinity) {
    this.#own = new Array(each * workers).fill([]);
    this.#waiting = [...sequences];
    this.#workers = workers;
    this.#each = each;
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

  /** Of those that a seat has, only these go on. */
  keep(seat: number, sequences: readonly number[]): void {
    this.#own[seat] = sequences;
  }

  /**
   * A seat's sequences for its next step, ascending: it leaves what is above its share to others, and takes what others
   * left, then such that have not begun. None where its share is none, or is still with others.
   */
  next(seat: number): readonly number[] {
    const { count } = this, own = this.#own[seat];
    const seats = stepSeats(count, this.#workers, this.#each);
    const [first, last] = seat < seats ? shareOf(count, seat, seats) : [0, 0];
    const more = Math.min(this.#most, last - first) - own.length;
    if (more > 0) this.#own[seat] = ascending([...own, ...this.#waiting.splice(0, more)]);
    if (more < 0) {
      this.#own[seat] = own.slice(0, more);
      this.#waiting.unshift(...own.slice(more));
    }
    return this.#own[seat];
  }
}

function ascending(sequences: number[]): number[] {
  return sequences.sort((a, b) => a - b);
}
