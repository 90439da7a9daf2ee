import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { ThoughtAction } from "../../src/algorithms/algorithm.ts";
import { ALGORITHM_PRESETS, createAlgorithm } from "../../src/algorithms/registry.ts";
import { divergenceToTop, mixtureSoftness, thoughtSoftness } from "../../src/algorithms/softness.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import { OLD_LOGITS, onRows, writtenNoise } from "./helpers.ts";

/** ½ KL(p ‖ m) + ½ KL(q ‖ m), with q the heaviest entry alone and m halfway: the definition. */
function jensenShannon(p: readonly number[]): number {
  const top = p.indexOf(Math.max(...p));
  const q = p.map((_, i) => (i === top ? 1 : 0));
  const term = (a: number, b: number) => (a === 0 ? 0 : a * Math.log(2 * a / (a + b)));
  return p.reduce((sum, weight, i) => sum + (term(weight, q[i]) + term(q[i], weight)) / 2, 0);
}

Deno.test("a mixture of .5, .3 and .2, by hand", () => {
  const { topWeight, entropy, divergence, entries } = mixtureSoftness([0.3, 0.5, 0.2]);
  assertEquals([topWeight, entries], [0.5, 3]);
  assertAlmostEquals(entropy, 1.0296530140645737, 1e-12);
  // log 2 + (.5 log .5 - 1.5 log 1.5) / 2.
  assertAlmostEquals(divergence, 0.2157615543388357, 1e-12);
});

Deno.test("one token has 1, 0, 0, 1, whatever zeros stand beside it", () => {
  const one = { topWeight: 1, entropy: 0, divergence: 0, entries: 1 };
  assertEquals(mixtureSoftness(Float32Array.of(1)), one);
  assertEquals(mixtureSoftness([0, 1, 0]), one);
});

Deno.test("the divergence in the top weight alone is that of the definition", () => {
  const random = new RandomSequence("softness");
  for (let trial = 0; trial < 200; trial++) {
    const raw = Array.from({ length: 2 + trial % 5 }, () => Math.exp(3 * random.gaussian()));
    const mass = raw.reduce((sum, weight) => sum + weight, 0);
    const p = raw.map((weight) => weight / mass);
    // Both lose the last bits of log 2.
    assertAlmostEquals(mixtureSoftness(raw).divergence, jensenShannon(p), 1e-14);
  }
  for (const weight of [1, 1 - 1e-16, 1 - 1e-12]) assert(divergenceToTop(weight) >= 0);
  assertAlmostEquals(divergenceToTop(1e-9), Math.LN2, 1e-7);
});

Deno.test("entries of a hundredth count, lighter ones do not", () => {
  assertEquals(mixtureSoftness([0.98, 0.0101, 0.0099]).entries, 2);
  assertEquals(mixtureSoftness(new Float64Array(101).fill(1)).entries, 0);
  assertEquals(mixtureSoftness(new Float64Array(99).fill(1)).entries, 99);
});

Deno.test("negative weights of Gaussian scores count as 0, and the others are renormalised", () => {
  assertEquals(mixtureSoftness([1.5, 0.5, -1]), mixtureSoftness([0.75, 0.25]));
});

Deno.test("a step is measured by what it feeds: a token, a mixture, the mean of a noisy embedding", () => {
  const noise = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1, 3.7, 0, 0, 0], gaussian: [0.3, -2] });
  const step = { logits: OLD_LOGITS, noise };
  const { "discrete-grpo": discrete, "soft-thinking-grpo": soft, "soft-tokens-grpo": noisy } = ALGORITHM_PRESETS;
  assertEquals(thoughtSoftness(onRows(createAlgorithm(discrete.paper)).act(step)).topWeight, 1);
  // The reference mixture of the paper's step: .8800902, .11910726, .00080254, 0.
  const mixed = thoughtSoftness(onRows(createAlgorithm(soft.paper)).act(step));
  assertAlmostEquals(mixed.topWeight, 0.8800902, 1e-6);
  assertEquals(mixed.entries, 2);

  const table = Float32Array.from({ length: 16 }, (_, i) => Math.cos(i));
  const action: ThoughtAction = onRows(createAlgorithm(noisy.soft, 1)).act({ ...step, table });
  const weights = Array.from(OLD_LOGITS, (z) => Math.exp(z / 0.5));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  assertEquals(thoughtSoftness(action), action.softness);
  assertAlmostEquals(action.softness!.topWeight, weights[0] / mass, 1e-12);
  assertAlmostEquals(
    action.softness!.entropy,
    weights.reduce((sum, weight) => sum - weight / mass * Math.log(weight / mass), 0),
    1e-12,
  );
});
