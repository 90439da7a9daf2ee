/**
 * Things that are lent to one user at a time: who finds none waits, in order.
 *
 * @module
 */

/** Things to lend. */
export class WaitingLine<Thing> {
  readonly #free: Thing[];
  readonly #waiting: ((thing: Thing) => void)[] = [];

  constructor(things: Iterable<Thing>) {
    this.#free = [...things];
  }

  /** Takes a thing, once one is free. */
  take(): Promise<Thing> {
    return this.#free.length > 0
      ? Promise.resolve(this.#free.shift()!)
      : new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a thing back, or another in its place. */
  give(thing: Thing): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(thing);
    else next(thing);
  }
}
