import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { SOFT_THINKING_PRESETS, softThinking } from "../../src/algorithms/soft_thinking.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { OLD_LOGITS, onRows } from "./helpers.ts";

/** Reference vectors: float64 NumPy, order of operations of eric-ai-lab/Soft-Thinking @ b97407c. */
function mixture(temperature: number, mixed: number, minP = 0) {
  const filter = { temperature, topK: 30, topP: 0.95, minP };
  const action = onRows(softThinking({ name: "soft-thinking", filter, mixed })).act({ logits: OLD_LOGITS, ...UNREAD });
  return [...action.input.weights];
}
const UNREAD = {
  noise: undefined as never,
  embedding: undefined as never,
};

function assertClose(actual: readonly number[], expected: readonly number[]): void {
  assertEquals(actual.length, expected.length);
  expected.forEach((value, i) => assertAlmostEquals(actual[i], value, 1e-7));
}

Deno.test("five tokens at T 0.6: three are left by top-p, and min-p 0.05 keeps them", () => {
  assertClose(mixture(0.6, 5), [0.75619306, 0.19933033, 0.04447661]);
  assertClose(mixture(0.6, 5, 0.05), [0.75619306, 0.19933033, 0.04447661]);
});

Deno.test("two tokens are renormalised after the filters", () => {
  assertClose(mixture(0.6, 2), [0.79139147, 0.20860853]);
});

Deno.test("at T 1 four tokens make the nucleus", () => {
  assertClose(mixture(1, 5), [0.58339739, 0.26213734, 0.10657709, 0.04788817]);
});

Deno.test("the preset holds what the released code recommends (README @ b97407c)", () => {
  assertEquals<unknown>(SOFT_THINKING_PRESETS, {
    release: { name: "soft-thinking", filter: { temperature: 0.6, topK: 30, topP: 0.95, minP: 0.001 }, mixed: 10 },
  });
});

Deno.test("the heaviest token is shown, and nothing random is read", () => {
  assertEquals(onRows(softThinking(SOFT_THINKING_PRESETS.release)).act({ logits: OLD_LOGITS, ...UNREAD }).token, 0);
});

Deno.test("it cannot be trained, and must mix something", () => {
  const soft = softThinking(SOFT_THINKING_PRESETS.release);
  assertThrows(() => soft.logDensity(undefined as never), BenchError, "Cannot train soft-thinking");
  assertThrows(
    () => onRows(softThinking({ ...SOFT_THINKING_PRESETS.release, mixed: 0 })),
    UsageError,
    "algorithm.mixed: found 0",
  );
});
