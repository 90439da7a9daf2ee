/**
 * What one answer contributes to an election's generating function: see `election.ts`.
 *
 * @module
 */
import type { Circle } from "./circle.ts";
import type { Draws } from "./draw_law.ts";
import { type Duals, ones, setLinear } from "./dual.ts";

/** `Σ_{v<t} P(v) z^v + y P(t) z^t + ε P(t) z^t` at points z of a circle, for rising t; ε for right answers alone. */
export class AnswerFactor {
  /** Its value at each point. */
  readonly value: Duals;
  private readonly below: Float64Array;
  private readonly tie: Float64Array;
  private next = 0;

  constructor(
    private readonly circle: Circle,
    private readonly draws: Draws,
    private readonly correct: boolean,
  ) {
    this.value = ones(circle.count);
    this.below = new Float64Array(2 * circle.count);
    this.tie = new Float64Array(2 * circle.count);
  }

  /** Raises t. */
  lead(votes: number): void {
    const { circle, draws: { least, chances }, below, tie } = this;
    const end = Math.min(votes - least, chances.length);
    for (; this.next < end; this.next++) circle.addPowers(below, chances[this.next], least + this.next);
    tie.fill(0);
    circle.addPowers(tie, chances[votes - least] ?? 0, votes);
  }

  /** Sets the {@link value} for a weight y of ties. */
  weigh(y: number): void {
    setLinear(this.value, this.below, this.tie, y, this.correct ? 1 : 0);
  }
}
