/**
 * Noise as algorithms meet it: an explicit input.
 *
 * @module
 */

/**
 * Where the Gumbel noise of a position comes from, for whoever computes it elsewhere: entry i is of word i mod 4 of the
 * Philox block at counter (i div 4, counter1, counter2, counter3).
 */
export interface GumbelKey {
  /** Second word of the counter, 32 bits. */
  readonly counter1: number;
  /** Third word. */
  readonly counter2: number;
  /** Fourth word. */
  readonly counter3: number;
  /** First word of the key, 32 bits. */
  readonly key0: number;
  /** Second word. */
  readonly key1: number;
}

/**
 * The noise of one position of one sample, an explicit input: entry i is a pure function of the sample's stream, the
 * position and i, so that different algorithms meet the same noise and only what is read is computed.
 */
export interface StepNoise {
  /** Of `gumbel`. */
  readonly gumbelKey: GumbelKey;
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
