import { assertEquals } from "@std/assert";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { parameterCount, parameterShapes } from "../../src/models/parameters.ts";

const QWEN2_5_0_5B: ModelConfig = {
  family: "qwen2",
  vocabularySize: 151936,
  hiddenSize: 896,
  layers: 24,
  heads: 14,
  keyValueHeads: 2,
  headSize: 64,
  intermediateSize: 4864,
  ropeTheta: 1e6,
  rmsNormEpsilon: 1e-6,
  tiedEmbeddings: true,
  qkvBias: true,
  qkNorm: false,
  maxPositions: 32768,
};

Deno.test("parameter counts are those of transformers' num_parameters()", () => {
  assertEquals(parameterCount(QWEN2_5_0_5B), 494_032_768);
  // Llama-3.2-3B.
  assertEquals(
    parameterCount({
      ...QWEN2_5_0_5B,
      family: "llama",
      vocabularySize: 128256,
      hiddenSize: 3072,
      layers: 28,
      heads: 24,
      keyValueHeads: 8,
      headSize: 128,
      intermediateSize: 8192,
      qkvBias: false,
    }),
    3_212_749_824,
  );
});

Deno.test("an untied head, biases and norms of queries and keys are tensors of their own", () => {
  const shapes = parameterShapes({ ...QWEN2_5_0_5B, layers: 1, tiedEmbeddings: false, qkvBias: false, qkNorm: true });
  assertEquals(shapes.get("lm_head.weight"), [151936, 896]);
  assertEquals(shapes.get("model.layers.0.self_attn.k_norm.weight"), [64]);
  assertEquals(shapes.get("model.layers.0.self_attn.k_proj.weight"), [128, 896]);
  assertEquals(shapes.has("model.layers.0.self_attn.k_proj.bias"), false);
  assertEquals(shapes.size, 14);
});
