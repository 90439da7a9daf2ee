import { assertEquals } from "@std/assert";
import { knownShape } from "../../src/checkpoint/known_shapes.ts";
import { parameterCount } from "../../src/models/parameters.ts";

// Parameters as the model pages state them, in billions.
for (
  const [model, billions] of [
    ["deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B@ad9f0ae", 1.78],
    ["deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", 7.62],
    ["meta-llama/Llama-3.2-3B-Instruct", 3.21],
  ] as const
) {
  Deno.test(`the shape of ${model} has its number of parameters`, () => {
    assertEquals(Number((parameterCount(knownShape(model)!) / 1e9).toFixed(2)), billions);
  });
}

Deno.test("other checkpoints have no known shape", () => {
  assertEquals(knownShape("org/name"), undefined);
});
