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

const MISTRAL = { model_type: "mistral", architectures: ["MistralForCausalLM"] };

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

Deno.test("windows hold for every block, for those of layer_types, or from max_window_layers on", () => {
  const windowOf = (fields: Record<string, unknown>) =>
    parse({ architectures: undefined, num_hidden_layers: 3, ...fields }).slidingWindow;
  const qwen = { model_type: "qwen2", use_sliding_window: true, sliding_window: 5 };
  assertEquals(windowOf({ sliding_window: 5 }), undefined);
  assertEquals(windowOf({ model_type: "mistral", sliding_window: 5 }), { positions: 5, layers: [0, 1, 2] });
  assertEquals(windowOf({ model_type: "mistral", sliding_window: null }), undefined);
  assertEquals(windowOf({ model_type: "mistral" }), { positions: 4096, layers: [0, 1, 2] });
  assertEquals(windowOf({ model_type: "phi3", head_dim: null }), undefined);
  assertEquals(windowOf({ ...qwen, max_window_layers: 1 }), { positions: 5, layers: [1, 2] });
  assertEquals(windowOf({ ...qwen, max_window_layers: 0 }), { positions: 5, layers: [0, 1, 2] });
  assertEquals(windowOf({ ...qwen, max_window_layers: 3 }), undefined);
  const types = ["sliding_attention", "full_attention", "sliding_attention"];
  assertEquals(windowOf({ ...qwen, layer_types: types }), { positions: 5, layers: [0, 2] });
  assertEquals(windowOf({ ...qwen, use_sliding_window: false }), undefined);
  const smollm = { ...qwen, model_type: "smollm3", no_rope_layers: [1, 0, 1] };
  assertEquals(windowOf(smollm), { positions: 5, layers: [1] });
});

Deno.test("biases, activation and blocks without RoPE are those that the family's class reads", () => {
  const biased = { attention_bias: true, mlp_bias: true, architectures: undefined };
  const llama = parse(biased), qwen3 = parse({ ...biased, model_type: "qwen3" });
  assertEquals([llama.qkvBias, llama.outputBias, llama.mlpBias], [true, true, true]);
  assertEquals([qwen3.qkvBias, qwen3.outputBias, qwen3.mlpBias], [true, true, undefined]);
  const qwen2 = parse({ ...biased, model_type: "qwen2" }), mistral = parse({ ...biased, ...MISTRAL });
  assertEquals([qwen2.qkvBias, qwen2.outputBias, mistral.qkvBias, mistral.outputBias], [
    true,
    undefined,
    false,
    undefined,
  ]);
  const acts = ["silu", "gelu", "gelu_new", "gelu_pytorch_tanh"].map((hidden_act) => parse({ hidden_act }).activation);
  assertEquals(acts, [undefined, "gelu", "gelu-tanh", "gelu-tanh"]);
  const smollm = parse({ model_type: "smollm3", architectures: undefined, num_hidden_layers: 9 });
  assertEquals([smollm.unrotatedLayers, smollm.ropeTheta, smollm.tiedEmbeddings], [[3, 7], 2e6, true]);
  const phi = parse({ model_type: "phi3", architectures: undefined, partial_rotary_factor: 0.5 });
  assertEquals([phi.rotarySize, phi.fusedProjections, parse({}).rotarySize], [2, true, undefined]);
});

Deno.test("positions end where RoPE would need the length of the sequence", () => {
  const phi = { model_type: "phi3", architectures: undefined, max_position_embeddings: 97 };
  const long = { type: "longrope", short_factor: [1, 2], long_factor: [3, 5] };
  assertEquals(parse({ ...phi, original_max_position_embeddings: 31, rope_scaling: long }).maxPositions, 31);
  const same = { ...long, long_factor: [1, 2] };
  assertEquals(parse({ ...phi, original_max_position_embeddings: 31, rope_scaling: same }).maxPositions, 97);
  const dynamic = parse({ rope_scaling: { type: "dynamic", factor: 4 } });
  assertEquals([dynamic.maxPositions, dynamic.ropeScaling], [97, undefined]);
  const scaling = parse({ ...phi, original_max_position_embeddings: 31, rope_scaling: long }).ropeScaling;
  assertEquals(scaling, {
    kind: "longrope",
    divisors: [1, 2],
    attentionFactor: Math.sqrt(1 + Math.log(97 / 31) / Math.log(31)),
  });
});

Deno.test("rope_scaling comes before rope_parameters, as in transformers 5", () => {
  const both = parse({
    rope_scaling: { type: "linear", factor: 3 },
    rope_parameters: { rope_type: "default", rope_theta: 7 },
  });
  assertEquals([both.ropeScaling, both.ropeTheta], [{ kind: "linear", factor: 3 }, 10_000]);
  assertEquals(parse({ rope_scaling: {}, rope_parameters: { rope_theta: 7 } }).ropeTheta, 7);
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
      parse({ attention_bias: true, mlp_bias: true, hidden_act: "gelu_new" }),
      parse({ ...MISTRAL, sliding_window: 5, hidden_act: "gelu" }),
      parse({ ...MISTRAL, sliding_window: null }),
      parse({
        model_type: "phi3",
        architectures: undefined,
        partial_rotary_factor: 0.5,
      }),
      parse({
        model_type: "smollm3",
        architectures: undefined,
        use_sliding_window: true,
        sliding_window: 7,
        no_rope_layers: [0, 1],
        num_hidden_layers: 2,
      }),
    ]
  ) assertEquals(parseCheckpointConfig(formatCheckpointConfig(config, "bfloat16"), "again"), config);
});

Deno.test("an architecture or option that cannot be computed is one clear error", () => {
  const wrong: [Record<string, unknown>, string][] = [
    [
      { model_type: "gemma2" },
      'its architecture is "gemma2", supported are llama, qwen2, qwen3, mistral, gemma, phi3, smollm3',
    ],
    [{ model_type: undefined }, 'its architecture is "LlamaForCausalLM"'],
    [{ architectures: ["LlamaForSequenceClassification"] }, "supported is LlamaForCausalLM"],
    [{ hidden_act: "relu" }, 'hidden_act is "relu"'],
    [{ attention_bias: "yes" }, 'attention_bias is "yes", expected true or false'],
    [{ quantization_config: { quant_method: "gptq" } }, "quantized (gptq), supported are F32, F16 and BF16; take the"],
    [{ use_bidirectional_attention: true }, "its attention looks ahead"],
    [{ rope_scaling: { rope_type: "mrope", factor: 4 } }, 'its RoPE scaling is "mrope"'],
    [{ rope_scaling: { rope_type: "yarn" }, max_position_embeddings: undefined }, "max_position_embeddings is null"],
    [{ rope_scaling: { rope_type: "longrope", short_factor: [1, 2] } }, "long_factor of its RoPE is missing"],
    [{ rope_scaling: { rope_type: "longrope", short_factor: [1, 0] } }, "short_factor is [1,0], expected 2 positive"],
    [{ rope_parameters: { full_attention: { rope_theta: 7 } } }, 'parameters of its own for "full_attention"'],
    [{ layer_types: ["sliding_attention", "full_attention"] }, "the model uses no sliding_window"],
    [{ layer_types: ["chunked_attention", "full_attention"] }, 'expected 2 "full_attention" or "sliding_attention"'],
    [{ ...MISTRAL, sliding_window: 5, layer_types: ["sliding_attention", "full_attention"] }, "ignores; leave it out"],
    [{ model_type: "phi3", architectures: undefined, partial_rotary_factor: 0.3 }, "turns 1 of 4 coordinates"],
    [{ rope_scaling: { rope_type: "llama3", factor: 4 } }, "low_freq_factor is null"],
    [
      { rope_parameters: { rope_theta: 1e4, partial_rotary_factor: 0.5 } },
      "which transformers ignores in a Llama model",
    ],
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
