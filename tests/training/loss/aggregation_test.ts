import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { type Aggregation, aggregationWeights } from "../../../src/training/loss/aggregation.ts";

/** The reference case: token losses of two completions, ε .2/.2. */
const LOSSES = [[-1.2, -0.90483742, -1.10517092], [0.8, 1.4918247]];

function aggregated(aggregation: Aggregation): number {
  const weights = aggregationWeights(aggregation, LOSSES.map((losses) => losses.length));
  return LOSSES.reduce((sum, losses, i) => sum + weights[i] * losses.reduce((a, b) => a + b), 0);
}

const VECTORS: [Aggregation, number][] = [
  [{ kind: "sequence-mean" }, 0.03795479],
  [{ kind: "token-mean" }, -0.18363673],
  [{ kind: "dr-grpo", maxTokens: 4 }, -0.11477295],
  [{ kind: "sequence-sum" }, -0.45909182],
];
for (const [aggregation, expected] of VECTORS) {
  Deno.test(`${aggregation.kind} of the reference case`, () => {
    assertAlmostEquals(aggregated(aggregation), expected, 1e-8);
  });
}

Deno.test("micro-batches of one are means of completions, of all are the token mean", () => {
  const micro = (completions: number) => aggregated({ kind: "micro-batch-token-mean", completions });
  assertAlmostEquals(micro(1), aggregated({ kind: "sequence-mean" }), 1e-12);
  assertAlmostEquals(micro(2), aggregated({ kind: "token-mean" }), 1e-12);
});

Deno.test("a last, smaller micro-batch counts as one of them", () => {
  const weights = aggregationWeights({ kind: "micro-batch-token-mean", completions: 2 }, [3, 2, 7]);
  assertEquals([...weights], [1 / 10, 1 / 10, 1 / 14]);
});

Deno.test("a completion without scored positions has weight 0, and makes no other infinite", () => {
  for (const kind of ["token-mean", "sequence-mean", "sequence-sum"] as const) {
    assertEquals(aggregationWeights({ kind }, [0, 5])[0], 0);
  }
  const micro = aggregationWeights({ kind: "micro-batch-token-mean", completions: 1 }, [0, 5]);
  assertEquals([...micro], [0, 1 / 10]);
});

Deno.test("impossible sizes are refused", () => {
  assertThrows(
    () => aggregationWeights({ kind: "dr-grpo", maxTokens: 0 }, [1]),
    UsageError,
    "aggregation.maxTokens: found 0",
  );
  assertThrows(
    () => aggregationWeights({ kind: "micro-batch-token-mean", completions: 1.5 }, [1]),
    UsageError,
    "aggregation.completions: found 1.5",
  );
});
