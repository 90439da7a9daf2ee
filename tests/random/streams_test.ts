import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { createHash } from "node:crypto";
import { gammaOf, gaussianPairOf, gumbelBoundOf, gumbelOf, uniformOf } from "../../src/random/distributions.ts";
import { philox } from "../../src/random/philox.ts";
import { noiseStream, RandomSequence } from "../../src/random/streams.ts";

const NAME = { seed: 1, purpose: "train", dataset: "add", problem: "add/0007", sample: 3 };
const DRAWS = 40_000;
const EULER_GAMMA = 0.5772156649015329;

/** Draws over positions and entries of one stream; the seed is fixed, so that no bound below can fail by chance. */
function draws(kind: "uniform" | "gumbel" | "gaussian"): number[] {
  const stream = noiseStream(NAME);
  const entries = 50;
  return Array.from({ length: DRAWS }, (_, n) => stream.at(Math.floor(n / entries))[kind](n % entries));
}

function moment(values: number[], order: number, centre: number): number {
  return values.reduce((sum, value) => sum + (value - centre) ** order, 0) / values.length;
}

/** Chi-square statistic of counts in cells of equal probability. */
function chiSquare(values: number[], distribution: (value: number) => number, cells: number): number {
  const counts = new Array(cells).fill(0);
  for (const value of values) counts[Math.min(cells - 1, Math.floor(distribution(value) * cells))]++;
  const expected = values.length / cells;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

/** 99.99 % quantile of chi-square with 19 degrees of freedom. */
const CHI_SQUARE_19 = 51.0;
/** Four standard errors. */
const SIGMAS = 4;

function assertMean(values: number[], mean: number, variance: number): void {
  assertAlmostEquals(moment(values, 1, 0), mean, SIGMAS * Math.sqrt(variance / values.length));
}

Deno.test("a draw is a pure function of name, position and entry, whatever was read before", () => {
  const stream = noiseStream(NAME);
  const later = stream.at(5);
  const expected = [later.gumbel(9), later.gaussian(2), later.uniform(9), later.gamma(4, 0.3)];
  const fresh = noiseStream({ ...NAME });
  fresh.at(0).gumbel(0);
  const noise = fresh.at(5);
  fresh.at(6).gaussian(2);
  assertEquals([noise.gamma(4, 0.3), noise.uniform(9), noise.gaussian(2), noise.gumbel(9)], expected.toReversed());
});

Deno.test("streams, positions, entries and kinds do not share draws", () => {
  const base = noiseStream(NAME).at(2).gumbel(3);
  const changed = [
    { seed: 2 },
    { purpose: "evaluation" },
    { dataset: "sub" },
    { problem: "add/0008" },
    { sample: 4 },
  ].map((change) => noiseStream({ ...NAME, ...change }).at(2).gumbel(3));
  const others = [...changed, noiseStream(NAME).at(3).gumbel(3), noiseStream(NAME).at(2).gumbel(4)];
  assertEquals(new Set([base, ...others]).size, others.length + 1);
  const noise = noiseStream(NAME).at(0);
  assertNotEquals(noise.gumbel(0), -Math.log(-Math.log(noise.uniform(0))));
});

Deno.test("the parts of a name are kept apart", () => {
  const sequence = (...name: (string | number)[]) => new RandomSequence(...name).word();
  assertNotEquals(sequence("ab", "c"), sequence("a", "bc"));
  assertNotEquals(sequence("1"), sequence(1));
});

Deno.test("uniforms have the moments and cells of the uniform law", () => {
  const values = draws("uniform");
  assertMean(values, 1 / 2, 1 / 12);
  assertAlmostEquals(moment(values, 2, 1 / 2), 1 / 12, SIGMAS * Math.sqrt(1 / 180 / DRAWS));
  assert(chiSquare(values, (u) => u, 20) < CHI_SQUARE_19);
});

Deno.test("Gumbel draws have mean γ, variance π²/6 and the quantiles of the Gumbel law", () => {
  const values = draws("gumbel");
  const variance = Math.PI ** 2 / 6;
  assertMean(values, EULER_GAMMA, variance);
  // Excess kurtosis 12/5, so that the variance of the sample variance is (2 + 12/5) σ⁴ / n.
  assertAlmostEquals(moment(values, 2, EULER_GAMMA), variance, SIGMAS * variance * Math.sqrt(4.4 / DRAWS));
  assert(chiSquare(values, (x) => Math.exp(-Math.exp(-x)), 20) < CHI_SQUARE_19);
});

Deno.test("normal draws have the first four moments, and neighbours are uncorrelated", () => {
  const values = draws("gaussian");
  assertMean(values, 0, 1);
  assertAlmostEquals(moment(values, 2, 0), 1, SIGMAS * Math.sqrt(2 / DRAWS));
  assertAlmostEquals(moment(values, 3, 0), 0, SIGMAS * Math.sqrt(15 / DRAWS));
  assertAlmostEquals(moment(values, 4, 0), 3, SIGMAS * Math.sqrt(96 / DRAWS));
  const products = values.slice(1).map((value, i) => value * values[i]);
  assertMean(products, 0, 1);
  // Shares within 1, 2 and 3 standard deviations.
  for (const [bound, share] of [[1, 0.6826895], [2, 0.9544997], [3, 0.9973002]]) {
    const inside = values.filter((value) => Math.abs(value) < bound).length / DRAWS;
    assertAlmostEquals(inside, share, SIGMAS * Math.sqrt(share * (1 - share) / DRAWS));
  }
});

for (const shape of [0.05, 0.3, 1, 2.5]) {
  Deno.test(`Gamma draws of shape ${shape} have mean and variance of that shape`, () => {
    const stream = noiseStream(NAME);
    const values = Array.from({ length: 20_000 }, (_, n) => stream.at(n >> 4).gamma(n & 15, shape));
    assertMean(values, shape, shape);
    // Fourth central moment 3a² + 6a.
    assertAlmostEquals(
      moment(values, 2, shape),
      shape,
      SIGMAS * Math.sqrt((2 * shape ** 2 + 6 * shape) / values.length),
    );
    if (shape === 1) assert(chiSquare(values, (x) => 1 - Math.exp(-x), 20) < CHI_SQUARE_19);
  });
}

Deno.test("integers are uniform and in range", () => {
  const random = new RandomSequence("integers");
  const counts = new Array(7).fill(0);
  for (let i = 0; i < 14_000; i++) counts[random.integer(7)]++;
  // 99.99 % quantile of chi-square with 6 degrees of freedom.
  assert(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0) < 27.9);
});

/** A sequence that draws the given words. */
class Scripted extends RandomSequence {
  readonly #words: number[];

  constructor(words: readonly number[]) {
    super("scripted");
    this.#words = [...words];
  }

  override word(): number {
    const word = this.#words.shift();
    if (word === undefined) throw new Error("more words are drawn than are needed");
    return word;
  }

  get left(): number {
    return this.#words.length;
  }
}

Deno.test("integers reject the words that would favour small numbers", () => {
  // Each is a count, a word, and the integer that it gives; what lies beyond the last whole multiple gives none.
  const last = 2 ** 32 - 1;
  const cases: [count: number, word: number, integer: number | undefined][] = [
    [2 ** 32, last, last],
    [2 ** 32 - 1, last - 1, last - 1],
    [2 ** 32 - 1, last, undefined],
    [3 * 2 ** 30, 3 * 2 ** 30 - 1, 3 * 2 ** 30 - 1],
    [3 * 2 ** 30, 3 * 2 ** 30, undefined],
    [3 * 2 ** 30, last, undefined],
    [2 ** 31 + 1, 2 ** 31 + 1, undefined],
    [2 ** 31, last, 2 ** 31 - 1],
    // 2^32 = 613,566,756 · 7 + 4.
    [7, last - 4, 6],
    [7, last - 3, undefined],
    [1, last, 0],
  ];
  for (const [count, word, integer] of cases) {
    const random = new Scripted([word, 0]);
    assertEquals(
      [random.integer(count), random.left],
      integer === undefined ? [0, 0] : [integer, 1],
      `${count}, ${word}`,
    );
  }
});

Deno.test("integers of a large range are uniform", () => {
  // A draw without rejection would fall into the lower third twice as often as into the others.
  const random = new RandomSequence("large range");
  const draws = 3000;
  const lower = Array.from({ length: draws }, () => random.integer(3 * 2 ** 30)).filter((n) => n < 2 ** 30).length;
  assertAlmostEquals(lower / draws, 1 / 3, SIGMAS * Math.sqrt(2 / 9 / draws));
});

Deno.test("a shuffle is a permutation, and every order is as likely", () => {
  const random = new RandomSequence("orders");
  const counts = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const order = random.shuffle(["a", "b", "c"]).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assertEquals([...counts.keys()].sort(), ["abc", "acb", "bac", "bca", "cab", "cba"]);
  // 99.99 % quantile of chi-square with 5 degrees of freedom.
  assert([...counts.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0) < 25.7);
});

Deno.test("an impossible range is an error that names it", () => {
  assertThrows(() => new RandomSequence("x").integer(0), RangeError, "one of 0");
  assertThrows(() => new RandomSequence("x").integer(1.5), RangeError, "one of 1.5");
  assertThrows(() => new RandomSequence("x").integer(2 ** 32 + 1), RangeError, "one of 4294967297");
});

/** The words of one counter under a name: key and counter as the comments of streams.ts say. */
function wordsOf(name: readonly (string | number)[], index: number, position: number, tag: number): Uint32Array {
  const hash = createHash("sha256").update(JSON.stringify(name)).digest();
  const out = new Uint32Array(4);
  philox(out, index, position, tag, hash.readUInt32LE(8), hash.readUInt32LE(0), hash.readUInt32LE(4));
  return out;
}

Deno.test("a sequence reads one block of words after another, so that published draws can be drawn again", () => {
  const name = ["order", 7];
  const random = new RandomSequence(...name);
  const expected = [0, 1, 2].flatMap((block) => [...wordsOf(name, block, 0, 0)]);
  assertEquals(expected.map(() => random.word()), expected);
  assertEquals([random.uniform()], [uniformOf(wordsOf(name, 3, 0, 0)[0])]);
});

Deno.test("noise reads the counters of its kind, position and entry, so that published draws can be drawn again", () => {
  const name = [NAME.seed, NAME.purpose, NAME.dataset, NAME.problem, NAME.sample];
  const position = 11;
  // Numbers of the kinds.
  const [uniform, gumbel, gaussian] = [1, 2, 3];
  const noise = noiseStream(NAME).at(position);
  for (const i of [0, 1, 2, 3, 4, 5, 6, 7, 13]) {
    const word = (kind: number) => wordsOf(name, Math.floor(i / 4), position, kind)[i % 4];
    assertEquals(noise.uniform(i), uniformOf(word(uniform)));
    assertEquals(noise.gumbel(i), gumbelOf(word(gumbel)));
    assertEquals(noise.gumbelBound(i), gumbelBoundOf(word(gumbel)));
    const pair = new Float64Array(2), first = i % 4 < 2 ? 0 : 2;
    const words = wordsOf(name, Math.floor(i / 4), position, gaussian);
    gaussianPairOf(words[first], words[first + 1], pair);
    assertEquals(noise.gaussian(i), pair[i % 2]);
  }
});

Deno.test("every attempt of a Gamma draw has words of its own", () => {
  const name = [NAME.seed, NAME.purpose, NAME.dataset, NAME.problem, NAME.sample];
  const [position, gamma] = [11, 4];
  // Attempts lie above the kinds, in steps of 8.
  let most = 0;
  for (const shape of [0.3, 2.5]) {
    for (let i = 0; i < 2500; i++) {
      const expected = gammaOf(shape, (attempt) => {
        most = Math.max(most, attempt);
        return wordsOf(name, i, position, 8 * attempt + gamma);
      });
      assertEquals(noiseStream(NAME).at(position).gamma(i, shape), expected);
    }
  }
  assert(most > 1, "some draw should take a third attempt");
});

Deno.test("a shuffle takes the last of what is left and puts it where one integer says", () => {
  const words = [5, 2, 1];
  const random = new Scripted(words);
  // Of 4: 5 mod 4 = 1; of 3: 2; of 2: 1. Nothing is drawn for the first place.
  assertEquals(random.shuffle(["a", "b", "c", "d"]), ["a", "d", "c", "b"]);
  assertEquals(random.left, 0);
});

Deno.test("Gumbel noise is that of its key, for whoever computes it elsewhere", () => {
  const noise = noiseStream(NAME).at(5);
  const { counter1, counter2, counter3, key0, key1 } = noise.gumbelKey;
  const words = new Uint32Array(4);
  for (const id of [0, 3, 4, 151_935]) {
    philox(words, id >>> 2, counter1, counter2, counter3, key0, key1);
    assertEquals(noise.gumbel(id), gumbelOf(words[id % 4]));
  }
});
