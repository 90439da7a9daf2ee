import { assertEquals } from "@std/assert";
import type { CompletionStep } from "../../src/rollout/completion.ts";
import { replayInputs, stackInputs } from "../../src/rollout/step_inputs.ts";

Deno.test("replayInputs() leaves out the last step, which is never fed", () => {
  const steps: CompletionStep[] = [5, 3, 2].map((token) => ({ kind: "forced", token }));
  const rows = replayInputs({ steps, finish: "length" }, 7);
  assertEquals([rows.count, ...rows.ids], [2, 5, 3]);
});

Deno.test("stackInputs() pads narrow rows with weight 0 and gives rows without offset a zero one", () => {
  const rows = stackInputs([
    { ids: Int32Array.of(4, 5), weights: Float32Array.of(0.75, 0.25) },
    { ids: new Int32Array(0), weights: new Float32Array(0), offset: Float32Array.of(1, 2, 3) },
  ], 3);
  assertEquals(rows.width, 2);
  assertEquals([...rows.ids], [4, 5, 0, 0]);
  assertEquals([...rows.weights], [0.75, 0.25, 0, 0]);
  assertEquals([...rows.offset!], [0, 0, 0, 1, 2, 3]);
});
