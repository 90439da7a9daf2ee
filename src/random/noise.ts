/**
 * Noise as algorithms meet it: an explicit input.
 *
 * @module
 */

/**
 * The noise of one position of one sample, an explicit input: entry i is a pure function of the sample's stream, the
 * position and i, so that different algorithms meet the same noise and only what is read is computed.
 */
export interface StepNoise {
  /** Standard Gumbel noise of vocabulary entry i (location 0, scale 1). */
  gumbel(i: number): number;
  /** A number that `gumbel(i)` does not exceed, cheaper to have: most candidates of an argmax need no more. */
  gumbelBound(i: number): number;
  /** Standard normal noise of coordinate i. */
  gaussian(i: number): number;
  /** Uniform in (0, 1). */
  uniform(i: number): number;
  /** Gamma(shape, rate 1) draw of entry i. */
  gamma(i: number, shape: number): number;
}
