import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { centralDifferences, OLD_LOGITS } from "../algorithms/helpers.ts";
import { addSlopes, readRow } from "../../src/models/host_readings.ts";
import { type KeptLaw, type Reads, type Slopes } from "../../src/models/readings.ts";
import { noiseStream, RandomSequence } from "../../src/random/streams.ts";

/** V 13, D 7: distinct primes. */
const [V, D] = [13, 7];
const RANDOM = new RandomSequence("host readings");
const gaussians = (count: number, scale: number) =>
  Float32Array.from({ length: count }, () => scale * RANDOM.gaussian());
const LOGITS = gaussians(V, 2);
const TABLE = gaussians(V * D, 1);
const NOISE = noiseStream({ seed: 2, purpose: "test", dataset: "none", problem: "readings", sample: 0 });

const entropy = (logits: Float32Array, temperature: number) => readRow(logits, { entropy: [temperature] }).entropy![0];

/** softmax(z / T), by its definition. */
function softmax(logits: Float32Array, temperature: number): number[] {
  const weights = Array.from(logits, (z) => Math.exp(z / temperature));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / mass);
}

Deno.test("of a row of which nothing is read nothing is told, not even that it is no law", () => {
  assertEquals(readRow(Float32Array.of(NaN), {}), { reads: {} });
});

Deno.test("the largest fall, equal ones by rising id, and no more than there are", () => {
  const { top } = readRow(Float32Array.of(1, 3, 1, 3, 1), { top: 11 });
  assertEquals([[...top!.ids], [...top!.logits]], [[1, 3, 0, 2, 4], [3, 3, 1, 1, 1]]);
  // Every value twice or more.
  const many = gaussians(701, 3).map(Math.round);
  const sorted = [...many.keys()].sort((a, b) => many[b] - many[a] || a - b);
  for (const count of [1, 5, 255, 256, 257, 700]) {
    assertEquals([...readRow(many, { top: count }).top!.ids], sorted.slice(0, count));
  }
});

Deno.test("logits at ids come in the order of the ids, twice where they are asked for twice", () => {
  assertEquals([...readRow(LOGITS, { at: Int32Array.of(4, 0, 4) }).at!], [LOGITS[4], LOGITS[0], LOGITS[4]]);
});

Deno.test("a row that is no law is told by the first id that is not, wherever it lies", () => {
  const fault = (...logits: number[]) => readRow(Float32Array.from(logits), { top: 1 }).fault;
  assertEquals(fault(1, NaN, Infinity), { value: NaN, id: 1 });
  assertEquals(fault(-Infinity, 0, Infinity), { value: Infinity, id: 2 });
  assertEquals(fault(-Infinity, -Infinity), { value: -Infinity });
  assertEquals(fault(), { value: -Infinity });
  assertEquals([fault(-Infinity, 0), fault(3e38)], [undefined, undefined]);
});

Deno.test("the largest logit is found wherever it lies", () => {
  for (const logits of [[0, 1, 7], [7, 0, 1], [0, 7, 1]]) {
    const { largest, masses } = readRow(Float32Array.from(logits), { logSumExp: [1] });
    assertEquals(largest, 7);
    assertAlmostEquals(masses![0], 1 + Math.exp(-6) + Math.exp(-7), 1e-15);
  }
});

Deno.test("masses are relative to the largest logit, and low temperatures cost no digits", () => {
  const { largest, masses } = readRow(Float32Array.of(7, 7, 0), { logSumExp: [1, 1e-4] });
  assertEquals(largest, 7);
  assertAlmostEquals(masses![0], 2 + Math.exp(-7), 1e-15);
  assertEquals(masses![1], 2);
});

Deno.test("entropy of the full softmax at the temperature: reference values", () => {
  assertAlmostEquals(entropy(OLD_LOGITS, 1), 1.22296045, 1e-7);
  assertAlmostEquals(entropy(OLD_LOGITS, 0.6), 0.76329927, 1e-7);
  assertAlmostEquals(entropy(new Float32Array(7), 1), Math.log(7), 1e-12);
  assertAlmostEquals(entropy(Float32Array.of(900, -900), 1), 0, 1e-12);
  // A token that cannot be drawn has no part in it.
  assertAlmostEquals(entropy(Float32Array.of(0, -Infinity, 0), 1), Math.log(2), 1e-12);
});

Deno.test("the Gumbel argmax is the largest of all z/T + noise", () => {
  for (let t = 0; t < 300; t++) {
    // Spread enough that many of the 101 tokens are hopeless, and little enough that others win.
    const logits = gaussians(101, 1 + t % 20);
    const noise = NOISE.at(t);
    const scores = Array.from(logits, (z, i) => z / 0.8 + noise.gumbel(i));
    const { gumbelArgmax } = readRow(logits, { gumbelArgmax: { temperature: 0.8, noise } });
    const id = scores.indexOf(Math.max(...scores));
    assertEquals([[...gumbelArgmax!.ids], [...gumbelArgmax!.logits]], [[id], [logits[id]]]);
  }
});

Deno.test("quantiles are where the cumulated probability passes a mass, and never what cannot be drawn", () => {
  const logits = Float32Array.of(-Infinity, Math.log(0.2), -Infinity, Math.log(0.3), Math.log(0.5), -Infinity);
  const masses = Float64Array.of(0.9, 1e-9, 0.19, 0.21, 0.49, 0.51, 1 - 1e-17);
  const { quantiles } = readRow(logits, { quantiles: { temperature: 1, masses } });
  assertEquals([...quantiles!.ids], [4, 1, 1, 3, 3, 4, 4]);
  const whole = { quantiles: { temperature: 1, masses: Float64Array.of(0.4, 0.6, 1) } };
  assertEquals([...readRow(new Float32Array(2), whole).quantiles!.ids], [0, 1, 1]);
});

Deno.test("the mean embedding is the mean of the rows under the softmax", () => {
  const { meanEmbedding } = readRow(LOGITS, { meanEmbedding: 0.5 }, TABLE);
  const p = softmax(LOGITS, 0.5);
  meanEmbedding!.forEach((value, j) =>
    assertAlmostEquals(value, p.reduce((sum, w, i) => sum + w * TABLE[i * D + j], 0), 1e-12)
  );
  assertThrows(() => readRow(LOGITS, { meanEmbedding: 0.5 }), Error, "without an embedding table");
});

const elsewhere = readRow(gaussians(V, 1), { law: 0.7 });

Deno.test("the divergence is Σ p (log p - log q), 0 from itself, and a law that was disposed is refused", () => {
  const other = LOGITS.map((z, i) => z + Math.sin(i));
  const { law } = readRow(other, { law: 0.7 });
  const [p, q] = [softmax(LOGITS, 0.7), softmax(other, 0.7)];
  const expected = p.reduce((sum, own, i) => sum + own * Math.log(own / q[i]), 0);
  assertAlmostEquals(readRow(LOGITS, { divergence: law! }).divergence!, expected, 1e-12);
  assertAlmostEquals(readRow(other, { divergence: law! }).divergence!, 0, 1e-15);
  law!.dispose();
  assertThrows(() => readRow(LOGITS, { divergence: law! }), Error, "was disposed");
});

/** Each reading with a derivative, as a number, and slopes of that number. */
const DIFFERENTIABLE: [name: string, reads: Reads, slopes: Slopes][] = [
  ["at", { at: Int32Array.of(5, 2, 5) }, { at: Float64Array.of(2, -3, 0.5) }],
  ["logSumExp", { logSumExp: [1, 0.6] }, { logSumExp: Float64Array.of(1, 0.4) }],
  ["entropy", { entropy: [1, 0.6] }, { entropy: Float64Array.of(0.3, 1) }],
  ["meanEmbedding", { meanEmbedding: 0.8 }, {
    meanEmbedding: { values: Float64Array.from({ length: D }, (_, j) => Math.cos(j)), scale: 1.3 },
  }],
  ["divergence", { divergence: elsewhere.law as KeptLaw }, { divergence: 1.7 }],
];

const dot = (slopes: ArrayLike<number> = [], values: ArrayLike<number> = []) =>
  Array.from(slopes).reduce((sum, slope, i) => sum + slope * values[i], 0);

for (const [name, reads, slopes] of DIFFERENTIABLE) {
  Deno.test(`slopes by ${name} become those of central differences, added to what is there`, () => {
    const value = (logits: Float32Array) => {
      const { at, largest, masses, entropy, meanEmbedding, divergence = 0 } = readRow(logits, reads, TABLE);
      const logSums = masses && masses.map((mass, i) => largest! / reads.logSumExp![i] + Math.log(mass));
      return dot(slopes.at, at) + dot(slopes.logSumExp, logSums) + dot(slopes.entropy, entropy) +
        (slopes.meanEmbedding?.scale ?? 0) * dot(slopes.meanEmbedding?.values, meanEmbedding) +
        (slopes.divergence ?? 0) * divergence;
    };
    const gradient = new Float32Array(V).fill(0.5);
    addSlopes(LOGITS, reads, slopes, gradient, TABLE);
    // Differences err by step² ≈ 1e-6 of the third derivative.
    centralDifferences(value, LOGITS).forEach((slope, i) => assertAlmostEquals(gradient[i], 0.5 + slope, 1e-5));
  });
}

Deno.test("what has no slope leaves the gradient as it is", () => {
  const gradient = new Float32Array(V).fill(0.5);
  for (const [, reads] of DIFFERENTIABLE) addSlopes(LOGITS, reads, {}, gradient, TABLE);
  assertEquals(gradient, new Float32Array(V).fill(0.5));
});

Deno.test("what cannot be drawn gets no slope", () => {
  const gradient = new Float32Array(3);
  const reads: Reads = { entropy: [1], logSumExp: [1] };
  addSlopes(
    Float32Array.of(0, -Infinity, 1),
    reads,
    { entropy: Float64Array.of(2), logSumExp: Float64Array.of(1) },
    gradient,
  );
  assertEquals(gradient[1], 0);
  assert(gradient[0] !== 0 && gradient[2] !== 0);
});
