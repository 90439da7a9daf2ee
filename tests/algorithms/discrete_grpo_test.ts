import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DISCRETE_GRPO_PRESETS, discreteGrpo, type DiscreteGrpoConfig } from "../../src/algorithms/discrete_grpo.ts";
import { UsageError } from "../../src/errors.ts";
import {
  candidatesOf,
  centralDifferences,
  logDensityGradient,
  NEW_LOGITS,
  OLD_LOGITS,
  onRows,
  writtenNoise,
} from "./helpers.ts";

Deno.test("a step samples a token, feeds it alone and keeps it", () => {
  const noise = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1, 3.7, 0, 0, 0] });
  const action = onRows(discreteGrpo(DISCRETE_GRPO_PRESETS.paper)).act({ logits: OLD_LOGITS, noise });
  // z + noise: 1.6, 2.1, 2.3, -.4, 2.7, …
  assertEquals(action.token, 4);
  assertEquals([...action.input.ids], [4]);
  assertEquals([...action.input.weights], [1]);
});

Deno.test("under SofT-GRPO's filter the cut token cannot win", () => {
  const noise = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1] });
  const controlled = onRows(discreteGrpo(DISCRETE_GRPO_PRESETS.controlled));
  assertEquals(controlled.act({ logits: OLD_LOGITS, noise }).token, 2);
});

Deno.test("the density is the unfiltered log-softmax, filter or not", () => {
  const noise = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1] });
  const controlled = onRows(discreteGrpo(DISCRETE_GRPO_PRESETS.controlled));
  const action = controlled.act({ logits: OLD_LOGITS, noise });
  const value = controlled.logDensity({ logits: NEW_LOGITS, action });
  assertAlmostEquals(value, -2.33719381, 1e-6);
  assertAlmostEquals(logDensityGradient(controlled, NEW_LOGITS, action)[2], 0.903402, 6e-7);
});

Deno.test("with kept support the density is that of the filtered law, by hand and by central differences", () => {
  const kept = onRows(discreteGrpo(DISCRETE_GRPO_PRESETS.kept));
  const noise = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1] });
  const action = kept.act({ logits: OLD_LOGITS, noise });
  assertEquals([action.token, [...action.kept!], [...action.input.ids]], [2, [0, 1, 2, 3], [2]]);
  const value = (logits: Float32Array) => kept.logDensity({ logits, action });
  // e^.4 / (e^2.3 + e + e^.4 + e^-.5); logits are of 32 bits.
  assertAlmostEquals(value(NEW_LOGITS), Math.log(0.10086153), 1e-6);
  const gradient = logDensityGradient(kept, NEW_LOGITS, action, -3);
  // Differences err by step² ≈ 1e-6.
  centralDifferences(value, NEW_LOGITS).forEach((slope, i) => assertAlmostEquals(gradient[i], -3 * slope, 6e-6));
  assertEquals([...gradient.subarray(4)], [0, 0, 0, 0]);
});

/** Σ p ∇log p over every outcome of the filtered law p: each outcome is drawn once, by noise that lets it win. */
function expectedScore(config: DiscreteGrpoConfig): Float64Array {
  const algorithm = onRows(discreteGrpo(config));
  const { ids, probabilities, kept } = candidatesOf(OLD_LOGITS, config.filter);
  const expected = new Float64Array(OLD_LOGITS.length);
  for (let i = 0; i < kept; i++) {
    const noise = { ...writtenNoise({}), gumbel: (id: number) => (id === ids[i] ? 30 : 0) };
    const action = algorithm.act({ logits: OLD_LOGITS, noise });
    assertEquals(action.token, ids[i]);
    logDensityGradient(algorithm, OLD_LOGITS, action).forEach((slope, id) => expected[id] += probabilities[i] * slope);
  }
  return expected;
}

Deno.test("under a filter the expected score is 0 with kept support and not with full", () => {
  for (
    const filter of [{ temperature: 1, topK: 3 }, { temperature: 0.7, topP: 0.9 }, { temperature: 1.3, minP: 0.1 }]
  ) {
    const kept = expectedScore({ name: "discrete-grpo", filter, support: "kept" });
    // Gradients are 32-bit sums of at most 8 terms below 2.
    kept.forEach((mean) => assertAlmostEquals(mean, 0, 1e-6));
    const full = expectedScore({ name: "discrete-grpo", filter });
    assert(Math.max(...full.map(Math.abs)) > 0.01, `${full}`);
  }
});

Deno.test("the tokens of the presets: all of them, and SofT-GRPO's filter scored in full and on what it keeps", () => {
  const filter = { temperature: 1, topK: 5, topP: 0.95 };
  assertEquals(DISCRETE_GRPO_PRESETS, {
    paper: { name: "discrete-grpo", filter: { temperature: 1 } },
    controlled: { name: "discrete-grpo", filter },
    kept: { name: "discrete-grpo", filter, support: "kept" },
  });
});

Deno.test("an impossible filter is refused when the algorithm is made", () => {
  assertThrows(() => onRows(discreteGrpo({ name: "discrete-grpo", filter: { temperature: -1 } })), UsageError, "-1");
});
