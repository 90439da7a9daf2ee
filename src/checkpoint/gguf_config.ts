/**
 * What a GGUF file says of its model -> the `config.json` that it was made from, as far as that changes the computation.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { type Gguf, GgufFields } from "../files/gguf.ts";
import type { JsonRecord } from "../files/read.ts";
import { readGgmlTensor } from "./gguf_tensors.ts";

/** Families by GGUF's name of their architecture; Mistral's files go by that of Llama. */
const ARCHITECTURES: readonly string[] = ["llama", "qwen2", "qwen3", "phi3", "smollm3"];
/** Divisors of RoPE's frequencies: Llama 3.1's blend, and LongRoPE's two sets. */
const FREQUENCY_DIVISORS = "rope_freqs.weight";
const SHORT_DIVISORS = "rope_factors_short.weight", LONG_DIVISORS = "rope_factors_long.weight";
const END_TOKENS = ["eos", "eot", "eom"];

/**
 * Makes a configuration; `parseCheckpointConfig` checks its numbers.
 *
 * @throws {BenchError} If the architecture is unknown, the file is one of several, or an option is unsupported
 */
export function ggufConfig(gguf: Gguf): JsonRecord {
  const fields = new GgufFields(gguf);
  const fail = (found: string): never => {
    throw new BenchError(`Cannot load ${gguf.path}: ${found}`);
  };
  const family = fields.text("general.architecture");
  if (family === undefined || !ARCHITECTURES.includes(family)) {
    return fail(`its architecture is ${JSON.stringify(family ?? null)}, supported are ${ARCHITECTURES.join(", ")}`);
  }
  const parts = fields.number("split.count") ?? 1;
  if (parts > 1) fail(`it is one of ${parts} parts; join them with llama-gguf-split --merge`);
  const number = (name: string) => fields.number(`${family}.${name}`);
  const has = (name: string) => gguf.tensors.has(name);
  const hiddenSize = number("embedding_length"), heads = number("attention.head_count");
  const headSize = number("attention.key_length") ?? (hiddenSize ?? 0) / (heads ?? 1);
  if ((number("attention.value_length") ?? headSize) !== headSize) {
    fail("its values are of another width than its keys");
  }
  const turned = number("rope.dimension_count") ?? headSize;
  const window = number("attention.sliding_window") ?? 0;
  if (window > 0 && family !== "phi3") fail(`it has a sliding window of ${window}, which is supported for phi3 alone`);
  const ends = END_TOKENS.map((name) => fields.number(`tokenizer.ggml.${name}_token_id`)).filter((id) =>
    id !== undefined
  );
  return {
    model_type: family,
    vocab_size: gguf.tensors.get("token_embd.weight")?.shape[0],
    hidden_size: hiddenSize,
    num_hidden_layers: number("block_count"),
    num_attention_heads: heads,
    num_key_value_heads: number("attention.head_count_kv"),
    head_dim: headSize,
    intermediate_size: number("feed_forward_length"),
    hidden_act: "silu",
    max_position_embeddings: number("context_length"),
    rms_norm_eps: number("attention.layer_norm_rms_epsilon"),
    rope_theta: number("rope.freq_base"),
    ...(turned !== headSize && { partial_rotary_factor: turned / headSize }),
    ...ropeScaling(gguf, fields, family, fail),
    sliding_window: window > 0 ? window : null,
    tie_word_embeddings: !has("output.weight"),
    attention_bias: has("blk.0.attn_q.bias"),
    mlp_bias: has("blk.0.ffn_gate.bias"),
    ...(ends.length > 0 && { eos_token_id: [...new Set(ends)] }),
  };
}

function ropeScaling(gguf: Gguf, fields: GgufFields, family: string, fail: (found: string) => never): JsonRecord {
  const number = (name: string) => fields.number(`${family}.rope.${name}`);
  const divisors = (name: string): number[] | undefined => {
    const tensor = gguf.tensors.get(name);
    return tensor && [...readGgmlTensor(gguf, name, tensor)];
  };
  const original = number("scaling.original_context_length");
  const sharpening = number("scaling.attn_factor");
  const [short, long] = [divisors(SHORT_DIVISORS), divisors(LONG_DIVISORS)];
  if (short !== undefined && long !== undefined) {
    return {
      ...(original !== undefined && { original_max_position_embeddings: original }),
      rope_scaling: {
        rope_type: "longrope",
        short_factor: short,
        long_factor: long,
        ...(sharpening !== undefined && { attention_factor: sharpening }),
      },
    };
  }
  const all = divisors(FREQUENCY_DIVISORS);
  if (all !== undefined) {
    return { rope_scaling: { rope_type: "longrope", factor: 1, short_factor: all, long_factor: all } };
  }
  const kind = fields.text(`${family}.rope.scaling.type`) ?? "none";
  const factor = number("scaling.factor") ?? number("scale_linear");
  if (kind === "none" || factor === undefined) return {};
  if (sharpening !== undefined && sharpening !== 1) fail(`its RoPE scaling sharpens attention by ${sharpening}`);
  return {
    rope_scaling: {
      rope_type: kind,
      factor,
      ...(original !== undefined && { original_max_position_embeddings: original }),
    },
  };
}
