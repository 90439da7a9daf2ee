import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import {
  gammaOf,
  gaussianOf,
  gaussianPairOf,
  gumbelBoundOf,
  gumbelOf,
  LARGEST_GUMBEL,
  uniformOf,
} from "../../src/random/distributions.ts";

function pair(word0: number, word1: number): Float64Array {
  const out = new Float64Array(2);
  gaussianPairOf(word0, word1, out);
  return out;
}

const LAST_WORD = 2 ** 32 - 1;

Deno.test("uniforms stay strictly inside (0, 1) and lie symmetrically", () => {
  assertEquals(uniformOf(0), 2 ** -33);
  assertEquals(uniformOf(LAST_WORD), 1 - 2 ** -33);
  assertEquals(uniformOf(12345) + uniformOf(LAST_WORD - 12345), 1);
});

Deno.test("gumbelOf is -log(-log u) with full precision at both ends", () => {
  // Middle and ends in 30-digit decimal arithmetic. A logarithm of u itself would lose 7 digits at the upper end.
  assertAlmostEquals(gumbelOf(2 ** 31), 0.366512920917567942, 1e-15);
  assertAlmostEquals(gumbelOf(0), -3.12999464088481590845, 1e-14);
  assertAlmostEquals(gumbelOf(LAST_WORD), 22.8738569584199875, 1e-13);
  assertEquals(LARGEST_GUMBEL, gumbelOf(LAST_WORD));
});

Deno.test("gumbelOf rises with the word", () => {
  for (const word of [0, 1, 2 ** 16, 2 ** 31, LAST_WORD - 2 ** 16, LAST_WORD - 1]) {
    assert(gumbelOf(word) < gumbelOf(word + 1));
  }
});

Deno.test("the bound of a Gumbel draw holds at every word where it changes, and is near in the upper tail", () => {
  for (let bits = 0; bits <= 32; bits++) {
    const edge = 2 ** 32 - 2 ** (32 - bits);
    for (const word of [edge - 1, edge, edge + 1]) {
      if (word < 0 || word > LAST_WORD) continue;
      assert(gumbelOf(word) <= gumbelBoundOf(word));
      if (bits >= 8) assert(gumbelBoundOf(word) - gumbelOf(word) < 1);
    }
  }
});

Deno.test("the two normal draws of two words lie on the circle of their radius", () => {
  const [first, second] = pair(1 << 20, 77);
  assertEquals(first, gaussianOf(1 << 20, 77));
  assertAlmostEquals(first ** 2 + second ** 2, -2 * Math.log(uniformOf(1 << 20)), 1e-12);
});

Deno.test("a Gamma law of shape 0 is 0, and a negative or infinite shape is an error", () => {
  const words = () => new Uint32Array(4);
  assertEquals(gammaOf(0, words), 0);
  assertThrows(() => gammaOf(-1, words), RangeError, "shape -1");
  assertThrows(() => gammaOf(Infinity, words), RangeError, "shape Infinity");
});

Deno.test("a rejected Gamma attempt goes on with the next block", () => {
  // Word 2 near the top makes log u near 0, so that the first attempt is rejected whatever the normal draw is.
  const rejected = Uint32Array.of(1 << 28, 1 << 28, LAST_WORD, 0);
  const accepted = Uint32Array.of(1 << 28, 1 << 30, 1 << 10, 0);
  const attempts: number[] = [];
  gammaOf(2, (attempt) => {
    attempts.push(attempt);
    return attempt === 0 ? rejected : accepted;
  });
  assertEquals(attempts, [0, 1]);
});

Deno.test("a Gamma draw follows Marsaglia and Tsang, and a shape below 1 takes their boost", () => {
  const words = Uint32Array.of(1 << 28, 1 << 30, 1 << 10, 3 << 29);
  const [x, u3] = [gaussianOf(words[0], words[1]), uniformOf(words[3])];
  for (const [shape, boosted] of [[0.3, true], [1, false], [2.5, false]] as const) {
    const d = (boosted ? shape + 1 : shape) - 1 / 3;
    const expected = d * (1 + x / Math.sqrt(9 * d)) ** 3 * (boosted ? u3 ** (1 / shape) : 1);
    assertAlmostEquals(gammaOf(shape, () => words), expected, 1e-14 * expected);
  }
});

Deno.test("a Gamma attempt is accepted up to their bound of log u, and never where the cube is negative", () => {
  const shape = 1.5, d = shape - 1 / 3;
  const [word0, word1] = [1 << 28, 1 << 20];
  const x = gaussianOf(word0, word1), v = (1 + x / Math.sqrt(9 * d)) ** 3;
  const bound = Math.exp(x * x / 2 + d - d * v + d * Math.log(v));
  assert(bound > 0.1 && bound < 1, "the bound should lie among the uniforms");
  const accepted = Uint32Array.of(1 << 28, 1 << 30, 1 << 10, 0);
  const attempts = (word2: number, first = [word0, word1]) => {
    let count = 0;
    gammaOf(shape, () => count++ === 0 ? Uint32Array.of(first[0], first[1], word2, 0) : accepted);
    return count;
  };
  const edge = Math.floor(bound * 2 ** 32);
  assertEquals([attempts(edge - 2), attempts(edge + 2)], [1, 2]);
  // The radius of word 0 is the largest, its direction that of -1: 1 + x / √(9d) is below 0, whose logarithm is NaN.
  assert(1 + gaussianOf(0, 2 ** 31) / Math.sqrt(9 * d) < 0);
  assertEquals(attempts(0, [0, 2 ** 31]), 2);
});
