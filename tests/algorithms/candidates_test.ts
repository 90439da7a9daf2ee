import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type CandidateFilter, filterSchema, keepsAll } from "../../src/algorithms/candidates.ts";
import { UsageError } from "../../src/errors.ts";
import { check } from "../../src/files/check.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import { candidatesOf, OLD_LOGITS } from "./helpers.ts";

function assertClose(actual: ArrayLike<number>, expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((value, i) => assertAlmostEquals(actual[i], value, 1e-7));
}

Deno.test("top-k, then top-p on the renormalised set: the reference vector of the released sampler", () => {
  const topFive = candidatesOf(OLD_LOGITS, { temperature: 1, topK: 5 });
  assertEquals([...topFive.ids], [0, 1, 2, 3, 4]);
  assertEquals(topFive.kept, 5);
  assertClose(topFive.probabilities, [0.56693053, 0.25473831, 0.10356887, 0.04653649, 0.02822581]);
  const nucleus = candidatesOf(OLD_LOGITS, { temperature: 1, topK: 5, topP: 0.95 });
  assertEquals(nucleus.kept, 4);
  assertClose(nucleus.probabilities, [0.58339739, 0.26213734, 0.10657709, 0.04788817, 0]);
});

Deno.test("a nucleus of the vocabulary counts its mass, not that of the kept tokens", () => {
  // The first 4 of 8 hold 0.9559 of all mass but 0.9718 of the first five's; the first 3 hold 0.9097 and 0.9252.
  const filter = { temperature: 1, topK: 5, topP: 0.92 };
  assertEquals(candidatesOf(OLD_LOGITS, filter).kept, 3);
  assertEquals(candidatesOf(OLD_LOGITS, { ...filter, nucleusOf: "vocabulary" }).kept, 4);
});

Deno.test("min-p drops what is less probable than a fraction of the most probable", () => {
  // p relative to the first: 1, .449, .183, .082, .050.
  const kept = (minP: number) => candidatesOf(OLD_LOGITS, { temperature: 1, topK: 5, minP }).kept;
  assertEquals([0, 0.04, 0.06, 0.2, 0.5].map(kept), [5, 5, 4, 2, 1]);
});

Deno.test("the most probable token always stays", () => {
  assertEquals(candidatesOf(OLD_LOGITS, { temperature: 1, topK: 5, topP: 1e-9, minP: 0.999 }).kept, 1);
});

Deno.test("equal logits come in order of their ids, and more tokens than exist are all tokens", () => {
  const { ids } = candidatesOf(Float32Array.of(1, 3, 1, 3, 1), { temperature: 1, topK: 11 });
  assertEquals([...ids], [1, 3, 0, 2, 4]);
});

Deno.test("selection by insertion and by sorting agree with a full sort", () => {
  const random = new RandomSequence("selection");
  // Coarse values, so that ties occur.
  const logits = Float32Array.from({ length: 1009 }, () => Math.round(random.gaussian() * 20) / 4);
  const sorted = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b);
  for (const topK of [1, 7, 256, 257, 1009]) {
    assertEquals([...candidatesOf(logits, { temperature: 1, topK }).ids], sorted.slice(0, topK));
  }
});

Deno.test("probabilities sum to 1 at any temperature, without overflow", () => {
  for (const temperature of [1e-4, 0.6, 50]) {
    const logits = OLD_LOGITS.map((z) => 1000 * z);
    const { probabilities } = candidatesOf(logits, { temperature, topK: 5 });
    assertAlmostEquals(probabilities.reduce((sum, p) => sum + p, 0), 1, 1e-12);
  }
});

Deno.test("a token of logit −Infinity is not kept", () => {
  const logits = Float32Array.of(0, -Infinity, 0, -Infinity);
  const { ids, probabilities, kept } = candidatesOf(logits, { temperature: 1, topK: 3 });
  assertEquals([[...ids], [...probabilities], kept], [[0, 2, 1], [0.5, 0.5, 0], 2]);
});

Deno.test("a filter that keeps everything is recognised", () => {
  assert(keepsAll({ temperature: 0.6 }));
  assert(keepsAll({ temperature: 1, topP: 1, minP: 0 }));
  assert(!keepsAll({ temperature: 1, topK: 5 }));
  assert(!keepsAll({ temperature: 1, topP: 0.9 }));
});

const BAD_FILTERS: [CandidateFilter, string][] = [
  [{ temperature: 0 }, "filter.temperature: found 0, expected a number above 0"],
  [{ temperature: NaN }, "filter.temperature: found NaN"],
  [{ temperature: 1, topK: 0 }, "filter.topK: found 0, expected an integer in [1, 3072]"],
  [{ temperature: 1, topK: 2.5 }, "filter.topK: found 2.5"],
  [{ temperature: 1, topP: 0 }, "filter.topP: found 0, expected a number in (0, 1]"],
  [{ temperature: 1, topP: 1.1 }, "filter.topP: found 1.1"],
  [{ temperature: 1, minP: 1 }, "filter.minP: found 1, expected a number in [0, 1)"],
];
for (const [filter, found] of BAD_FILTERS) {
  Deno.test(`a filter is refused: ${found}`, () => {
    assertThrows(() => check(filterSchema, filter, { root: "filter" }), UsageError, found);
  });
}
