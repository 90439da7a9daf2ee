/**
 * Uniform 32-bit words -> draws of the distributions that thoughts need.
 *
 * @module
 */

const TWO_TO_32 = 2 ** 32;

/** The centre of one of 2^32 equal cells of (0, 1): never 0 and never 1. */
export function uniformOf(word: number): number {
  return (word + 0.5) / TWO_TO_32;
}

/** The largest value of {@link gumbelOf}: no draw exceeds it, so that hopeless candidates can be left out exactly. */
export const LARGEST_GUMBEL: number = gumbelOf(TWO_TO_32 - 1);

/** Standard Gumbel draw (location 0, scale 1), -log(-log u). */
export function gumbelOf(word: number): number {
  // log1p of the distance to 1 keeps full precision in the upper tail, where the winner of an argmax lies.
  return -Math.log(-Math.log1p(-uniformOf(TWO_TO_32 - 1 - word)));
}

/**
 * A bound that {@link gumbelOf} of the same word does not exceed, by less than 1 in the upper tail, without a logarithm:
 * with v = 1 - u, -log(-log(1 - v)) <= -log v, and v has as many leading zero bits as the inverted word.
 */
export function gumbelBoundOf(word: number): number {
  return (Math.clz32(~word) + 1) * Math.LN2;
}

/** A standard normal draw (Box and Muller 1958): the first of the two that two words make. */
export function gaussianOf(word0: number, word1: number): number {
  return radiusOf(word0) * Math.cos(angleOf(word1));
}

/** Both standard normal draws of two words; `out` (2). */
export function gaussianPairOf(word0: number, word1: number, out: Float64Array): void {
  const radius = radiusOf(word0);
  const angle = angleOf(word1);
  out[0] = radius * Math.cos(angle);
  out[1] = radius * Math.sin(angle);
}

function radiusOf(word: number): number {
  return Math.sqrt(-2 * Math.log(uniformOf(word)));
}

function angleOf(word: number): number {
  return 2 * Math.PI * uniformOf(word);
}

/**
 * Gamma(shape, rate 1) draw by Marsaglia and Tsang, "A simple method for generating gamma variables" (2000), section 6
 * for shapes below 1. A shape of 0 gives 0, the limit of the law.
 *
 * @param words fills its argument with the four words of one attempt; a pure function of the attempt's number
 * @throws {RangeError} If the shape is negative or not finite
 */
export function gammaOf(shape: number, words: (attempt: number) => Uint32Array): number {
  if (!(shape >= 0 && shape < Infinity)) {
    throw new RangeError(`Cannot draw from a Gamma law of shape ${shape}: it must be finite and not negative`);
  }
  if (shape === 0) return 0;
  const boosted = shape < 1;
  const d = (boosted ? shape + 1 : shape) - 1 / 3;
  const c = 1 / 3 / Math.sqrt(d);
  for (let attempt = 0;; attempt++) {
    const [word0, word1, word2, word3] = words(attempt);
    const x = gaussianOf(word0, word1);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(uniformOf(word2)) >= x * x / 2 + d * (1 - v + Math.log(v))) continue;
    return boosted ? d * v * uniformOf(word3) ** (1 / shape) : d * v;
  }
}
