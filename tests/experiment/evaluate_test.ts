import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { evaluate } from "../../src/experiment/evaluate.ts";
import mini from "../fixtures/mini.ts";

Deno.test("evaluate() decodes untrained weights as the arm that is named, by label or by decoding", async () => {
  const options = { datasets: ["arith-add"], seeds: [2], limit: 2, samples: 3 };
  const byLabel = await evaluate(mini, { ...options, decoding: "soft-thinking-grpo" });
  const byDecoding = await evaluate(mini, { ...options, decoding: "soft-thinking" });
  const [{ result }] = byLabel.results;
  assertEquals([result.arm.algorithm, result.arm.decoding, result.training.steps], ["base", "soft-thinking", 0]);
  assertEquals(byDecoding.results[0].result.datasets, result.datasets);
});

Deno.test("evaluate() names the decodings that there are", () => {
  assertThrows(() => evaluate(mini, { decoding: "soft-thinkin" }), UsageError, 'did you mean "soft-thinking"?');
});
