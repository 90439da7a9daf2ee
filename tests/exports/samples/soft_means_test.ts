import { assertEquals } from "@std/assert";
import { softMeans } from "../../../src/exports/samples/soft_means.ts";

Deno.test("means are over the positions of the thought", () => {
  const values = (sum: number) => ({ sum, counts: [[0.5, 2], [1, 3]] as const });
  assertEquals(
    softMeans({
      softness: { topWeight: values(4), entropy: values(2), divergence: values(1), entries: values(7), oneToken: 3 },
    }),
    { topWeight: 0.8, entropy: 0.4, divergence: 0.2, entries: 1.4, oneToken: 0.6 },
  );
});

Deno.test("a sample without a thought has none", () => {
  const none = { sum: 0, counts: [] };
  assertEquals(softMeans({}), undefined);
  assertEquals(
    softMeans({ softness: { topWeight: none, entropy: none, divergence: none, entries: none, oneToken: 0 } }),
    undefined,
  );
});
