import { assertAlmostEquals, assertEquals } from "@std/assert";
import { mergeSoftness } from "../../src/metrics/softness.ts";
import type { SampleSoftness } from "../../src/rollout/softness.ts";

const measured = (...values: number[]) => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return { sum: values.reduce((sum, value) => sum + value, 0), counts: [...counts] };
};

function softness(topWeights: number[], noiseShare?: number): SampleSoftness {
  return {
    topWeight: measured(...topWeights),
    entropy: measured(...topWeights.map((weight) => 1 - weight)),
    divergence: measured(...topWeights.map(() => 0)),
    entries: measured(...topWeights.map((_, i) => i + 1)),
    oneToken: topWeights.filter((weight) => weight > 0.99).length,
    ...(noiseShare !== undefined && { noiseShare }),
  };
}

Deno.test("mergeSoftness() takes means and quartiles over positions of all samples", () => {
  const merged = mergeSoftness([{ softness: softness([1, 0.5, 1]) }, {}, { softness: softness([0.75, 0.25, 1, 1]) }])!;
  assertEquals([merged.positions, merged.oneToken], [7, 4 / 7]);
  assertAlmostEquals(merged.topWeight.mean, 5.5 / 7, 1e-12);
  // Sorted: .25 .5 .75 1 1 1 1; numpy.quantile(…, [.25, .5, .75]) gives .625, 1, 1.
  assertEquals(merged.topWeight.quartiles, [0.625, 1, 1]);
  assertEquals(merged.entropy.quartiles, [0, 0, 0.375]);
  // 1 1 2 2 3 3 4.
  assertEquals(merged.entries, { mean: 16 / 7, quartiles: [1.5, 2, 3] });
  assertEquals(merged.divergence, { mean: 0, quartiles: [0, 0, 0] });
  assertEquals(merged.noiseShare, undefined);
});

Deno.test("mergeSoftness() averages shares of noise over positions, and takes a single position as it is", () => {
  const merged = mergeSoftness([{ softness: softness([1, 1], 0.5) }, { softness: softness([1], 0.4) }])!;
  assertAlmostEquals(merged.noiseShare!, 0.3, 1e-12);
  assertEquals(mergeSoftness([{ softness: softness([0.625]) }])!.topWeight, {
    mean: 0.625,
    quartiles: [0.625, 0.625, 0.625],
  });
});

Deno.test("mergeSoftness() has nothing to say of samples without thoughts", () => {
  assertEquals(mergeSoftness([{}, {}]), undefined);
  assertEquals(mergeSoftness([]), undefined);
});
