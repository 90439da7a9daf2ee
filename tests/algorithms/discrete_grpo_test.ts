import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { DISCRETE_GRPO_PRESETS, discreteGrpo } from "../../src/algorithms/discrete_grpo.ts";
import { UsageError } from "../../src/errors.ts";
import { logDensityGradient, NEW_LOGITS, NO_EMBEDDING, OLD_LOGITS, writtenNoise } from "./helpers.ts";

Deno.test("a step samples a token, feeds it alone and keeps it", () => {
  const noise = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1, 3.7, 0, 0, 0] });
  const action = discreteGrpo(DISCRETE_GRPO_PRESETS.paper).act({ logits: OLD_LOGITS, noise, embedding: NO_EMBEDDING });
  // z + noise: 1.6, 2.1, 2.3, -.4, 2.7, …
  assertEquals(action.token, 4);
  assertEquals([...action.input.ids], [4]);
  assertEquals([...action.input.weights], [1]);
});

Deno.test("under SofT-GRPO's filter the cut token cannot win", () => {
  const noise = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1] });
  const controlled = discreteGrpo(DISCRETE_GRPO_PRESETS.controlled);
  assertEquals(controlled.act({ logits: OLD_LOGITS, noise, embedding: NO_EMBEDDING }).token, 2);
});

Deno.test("the density is the unfiltered log-softmax, filter or not", () => {
  const noise = writtenNoise({ gumbel: [-0.4, 0.9, 2, 0.1] });
  const controlled = discreteGrpo(DISCRETE_GRPO_PRESETS.controlled);
  const action = controlled.act({ logits: OLD_LOGITS, noise, embedding: NO_EMBEDDING });
  const value = controlled.logDensity({ logits: NEW_LOGITS, action, embedding: NO_EMBEDDING });
  assertAlmostEquals(value, -2.33719381, 1e-6);
  assertAlmostEquals(logDensityGradient(controlled, NEW_LOGITS, action)[2], 0.903402, 6e-7);
});

Deno.test("an impossible filter is refused when the algorithm is made", () => {
  assertThrows(() => discreteGrpo({ name: "discrete-grpo", filter: { temperature: -1 } }), UsageError, "-1");
});
