/** Rounding to bf16 as a definition has it, not as kernels compute it. */

/** Bits of a float's significand that a bf16 does not have. */
const DROPPED_BITS = 16;
const WORDS = new Uint32Array(1), FLOATS = new Float32Array(WORDS.buffer);

/** The nearer one of the two bf16 around a number, of two as near that with an even last bit; finite ones. */
export function toBf16(value: number): number {
  FLOATS[0] = value;
  const below = WORDS[0] >>> DROPPED_BITS;
  const floatOf = (half: number) => {
    WORDS[0] = half << DROPPED_BITS;
    return FLOATS[0];
  };
  const [low, high] = [floatOf(below), floatOf(below + 1)];
  // Beyond the largest bf16, distances are those of a wider exponent.
  const top = Number.isFinite(high) ? high : Math.sign(value) * 2 ** 128;
  const [down, up] = [Math.abs(value - low), Math.abs(top - value)];
  return down < up || down === up && below % 2 === 0 ? low : high;
}
