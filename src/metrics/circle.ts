/**
 * Points of the unit circle of the complex numbers, at which polynomials are evaluated to find a coefficient.
 *
 * @module
 */

/** The points that divide the circle equally, from 1 to the one at or before −1: the others are their conjugates. */
export class Circle {
  /** How many they are. */
  readonly count: number;
  private readonly cos: Float64Array;
  private readonly sin: Float64Array;

  /** @param parts into which the circle is divided: coefficients whose powers differ by as many are taken together */
  constructor(private readonly parts: number) {
    this.count = Math.floor(parts / 2) + 1;
    const angles = Float64Array.from({ length: parts }, (_, i) => 2 * Math.PI * i / parts);
    this.cos = angles.map(Math.cos);
    this.sin = angles.map(Math.sin);
  }

  /** Angle of a point. */
  angle(point: number): number {
    return 2 * Math.PI * point / this.parts;
  }

  /** Adds to complex numbers, (count, 2), the points' powers times a factor. */
  addPowers(out: Float64Array, factor: number, power: number): void {
    const { parts, count, cos, sin } = this;
    const step = power % parts;
    for (let point = 0, at = 0; point < count; point++) {
      out[2 * point] += factor * cos[at];
      out[2 * point + 1] += factor * sin[at];
      at += step;
      if (at >= parts) at -= parts;
    }
  }

  /** The coefficient of a power in a polynomial with real coefficients, from its values, (count, 2). */
  coefficient(values: Float64Array, power: number): number {
    const { parts, count, cos, sin } = this;
    let sum = 0;
    for (let point = 0; point < count; point++) {
      const at = point * power % parts;
      const conjugates = point === 0 || 2 * point === parts ? 1 : 2;
      sum += conjugates * (values[2 * point] * cos[at] + values[2 * point + 1] * sin[at]);
    }
    return sum / parts;
  }
}
