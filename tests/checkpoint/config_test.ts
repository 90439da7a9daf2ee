import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { formatCheckpointConfig, parseCheckpointConfig } from "../../src/checkpoint/config.ts";

const LLAMA = {
  model_type: "llama",
  architectures: ["LlamaForCausalLM"],
  vocab_size: 31,
  hidden_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 6,
  num_key_value_heads: 3,
  intermediate_size: 29,
  max_position_embeddings: 97,
  rms_norm_eps: 1e-5,
};
const LLAMA3 = {
  rope_type: "llama3",
  factor: 32,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
};

const parse = (fields: Record<string, unknown>) => parseCheckpointConfig({ ...LLAMA, ...fields }, "m/config.json");

Deno.test("the old and the new form of RoPE give the same model", () => {
  const scaled = {
    kind: "llama3",
    factor: 32,
    lowFrequencyFactor: 1,
    highFrequencyFactor: 4,
    originalMaxPositions: 8192,
  };
  const old = parse({ rope_theta: 5e5, rope_scaling: LLAMA3 });
  assertEquals([old.ropeTheta, old.ropeScaling], [5e5, scaled as typeof old.ropeScaling]);
  assertEquals(parse({ rope_parameters: { ...LLAMA3, rope_theta: 5e5 } }), old);
  assertEquals(parse({ rope_theta: 5e5, rope_parameters: LLAMA3 }), old);
  assertEquals(parse({ rope_scaling: { type: "linear", factor: 2 } }).ropeScaling, { kind: "linear", factor: 2 });
  assertEquals("ropeScaling" in parse({ rope_parameters: { rope_type: "default", rope_theta: 7 } }), false);
  assertEquals(parse({ rope_scaling: null }).ropeTheta, 10_000);
});

Deno.test("families differ in biases, norms and the width of a head", () => {
  const llama = parse({});
  assertEquals([llama.qkvBias, llama.qkNorm, llama.headSize, llama.tiedEmbeddings], [false, false, 4, false]);
  const qwen2 = parse({ model_type: "qwen2", architectures: ["Qwen2ForCausalLM"], tie_word_embeddings: true });
  assertEquals([qwen2.qkvBias, qwen2.qkNorm, qwen2.headSize, qwen2.tiedEmbeddings], [true, false, 4, true]);
  const qwen3 = parse({ model_type: "qwen3", architectures: ["Qwen3ForCausalLM"] });
  assertEquals([qwen3.qkvBias, qwen3.qkNorm, qwen3.headSize], [false, true, 128]);
  assertEquals(parse({ head_dim: 10 }).headSize, 10);
  assertEquals(parse({ num_key_value_heads: null }).keyValueHeads, 6);
});

Deno.test("what is written is read again as the same model", () => {
  for (
    const config of [
      parse({ rope_theta: 5e5, rope_scaling: LLAMA3 }),
      parse({
        model_type: "qwen3",
        architectures: undefined,
        head_dim: 10,
        rope_scaling: { type: "linear", factor: 3 },
      }),
      parse({ model_type: "qwen2", architectures: undefined, tie_word_embeddings: true }),
    ]
  ) assertEquals(parseCheckpointConfig(formatCheckpointConfig(config, "bfloat16"), "again"), config);
});

Deno.test("an architecture or option that cannot be computed is one clear error", () => {
  const wrong: [Record<string, unknown>, string][] = [
    [{ model_type: "mistral" }, 'its architecture is "mistral", supported are qwen2, qwen3, llama'],
    [{ model_type: undefined }, 'its architecture is "LlamaForCausalLM"'],
    [{ architectures: ["LlamaForSequenceClassification"] }, "supported is LlamaForCausalLM"],
    [{ hidden_act: "gelu" }, 'hidden_act is "gelu"'],
    [{ attention_bias: true }, "attention_bias is true"],
    [{ use_sliding_window: true }, "use_sliding_window is true"],
    [{ quantization_config: { bits: 4 } }, "quantized"],
    [{ rope_scaling: { rope_type: "yarn", factor: 4 } }, 'its RoPE scaling is "yarn"'],
    [{ rope_scaling: { rope_type: "llama3", factor: 4 } }, "low_freq_factor is null"],
    [{ rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.5 } }, "partial_rotary_factor is 0.5"],
    [{ rope_scaling: 4 }, "rope_scaling is 4"],
    [{ vocab_size: undefined }, "vocab_size is null"],
    [{ hidden_size: "24" }, 'hidden_size is "24"'],
    [{ num_key_value_heads: 4 }, "not a multiple of num_key_value_heads 4"],
    [{ head_dim: 5 }, "head_dim 5 is not an even integer"],
    [{ rms_norm_eps: 0 }, "rms_norm_eps is 0"],
  ];
  for (const [fields, message] of wrong) {
    assertThrows(() => parse(fields), BenchError, message);
  }
});

Deno.test("sizes that no model has are refused before anything is made of them", () => {
  for (const [field, size, most] of [["num_hidden_layers", 1e6, 1000], ["vocab_size", 1e12, 2 ** 24]] as const) {
    assertThrows(() => parse({ [field]: size }), BenchError, `${field} is ${size}, expected at most ${most}`);
  }
});
