import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { ThoughtAction } from "../../src/algorithms/algorithm.ts";
import type { Completion } from "../../src/rollout/completion.ts";
import { meanTopWeight, sampleSoftness, thoughtCount } from "../../src/rollout/softness.ts";

function action(weights: readonly number[], noiseShare?: number): ThoughtAction {
  const ids = Int32Array.from(weights.keys());
  return {
    token: 0,
    input: { ids, weights: Float32Array.from(weights) },
    ids,
    scores: new Float32Array(ids.length),
    count: ids.length,
    ...(noiseShare !== undefined && { noiseShare }),
  };
}

const completion = (...actions: ThoughtAction[]): Completion => ({
  steps: [
    ...actions.map((action) => ({ kind: "thought", action }) as const),
    { kind: "token", token: 3 },
    { kind: "forced", token: 4 },
  ],
  finish: "stop",
});

Deno.test("a thought's measures are counted by rounded value, and summed exactly", () => {
  const softness = sampleSoftness(completion(action([0.75, 0.25]), action([1]), action([0.9951, 0.0049]), action([1])));
  assertEquals(softness?.topWeight, { sum: 3.7451, counts: [[0.75, 1], [0.995, 1], [1, 2]] });
  assertEquals(softness?.entries, { sum: 5, counts: [[1, 3], [2, 1]] });
  assertEquals(softness?.oneToken, 3);
  // Entropies .562335 and .030949 nats; divergences by log 2 + (w log w - (1 + w) log(1 + w)) / 2.
  assertEquals(softness?.entropy.counts, [[0, 2], [0.031, 1], [0.562, 1]]);
  assertAlmostEquals(softness!.entropy.sum, 0.593284, 2e-6);
  const divergence = (w: number) => Math.LN2 + (w * Math.log(w) - (1 + w) * Math.log(1 + w)) / 2;
  assertAlmostEquals(softness!.divergence.sum, divergence(0.75) + divergence(0.9951), 1e-6);
  assertEquals(softness?.noiseShare, undefined);
});

Deno.test("shares of noise are summed where thoughts have them", () => {
  assertEquals(sampleSoftness(completion(action([1], 0.25), action([1], 0.5)))?.noiseShare, 0.75);
});

Deno.test("a completion without a thought has no softness, and thoughts are counted without what follows", () => {
  assertEquals(sampleSoftness(completion()), undefined);
  assertEquals(thoughtCount(completion()), 0);
  assertEquals(thoughtCount(completion(action([1]), action([1]))), 2);
});

Deno.test("the mean top weight is over positions of all completions, not over completions", () => {
  const completions = [completion(action([1]), action([1]), action([0.5, 0.5])), completion(action([0.75, 0.25]))];
  assertEquals(meanTopWeight(completions), (1 + 1 + 0.5 + 0.75) / 4);
  assertEquals(meanTopWeight([completion()]), undefined);
});
