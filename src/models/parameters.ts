/**
 * Which tensors a model has, by their Hugging Face names, and their shapes: one list that reading, initialising,
 * training and saving share.
 *
 * @module
 */
import type { ModelConfig } from "./model_config.ts";
/** The input embedding table, (V, D); with tied embeddings also the output head. */
export const EMBEDDING_NAME = "model.embed_tokens.weight";
/** The last RMS norm, (D). */
export const FINAL_NORM_NAME = "model.norm.weight";
/** The output head, (V, D), of models whose embeddings are not tied. */
export const HEAD_NAME = "lm_head.weight";

/** Name of a tensor of decoder block `layer`, e.g. `self_attn.q_proj.weight`. */
export function layerTensor(layer: number, name: string): string {
  return `model.layers.${layer}.${name}`;
}

/** Shapes by name, in the order in which transformers stores them; weights of linear layers are (out, in). */
export function parameterShapes(config: ModelConfig): ReadonlyMap<string, readonly number[]> {
  const { hiddenSize: D, intermediateSize: F, headSize: d, vocabularySize: V } = config;
  const queries = config.heads * d;
  const keys = config.keyValueHeads * d;
  const shapes = new Map<string, readonly number[]>([[EMBEDDING_NAME, [V, D]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    const block: [string, number[]][] = [];
    if (config.fusedProjections) block.push(["self_attn.qkv_proj.weight", [queries + 2 * keys, D]]);
    else {
      block.push(
        ["self_attn.q_proj.weight", [queries, D]],
        ["self_attn.k_proj.weight", [keys, D]],
        ["self_attn.v_proj.weight", [keys, D]],
      );
    }
    block.push(["self_attn.o_proj.weight", [D, queries]]);
    if (config.fusedProjections) block.push(["mlp.gate_up_proj.weight", [2 * F, D]]);
    else block.push(["mlp.gate_proj.weight", [F, D]], ["mlp.up_proj.weight", [F, D]]);
    block.push(
      ["mlp.down_proj.weight", [D, F]],
      ["input_layernorm.weight", [D]],
      ["post_attention_layernorm.weight", [D]],
    );
    if (config.qkvBias) {
      block.push(
        ["self_attn.q_proj.bias", [queries]],
        ["self_attn.k_proj.bias", [keys]],
        ["self_attn.v_proj.bias", [keys]],
      );
    }
    if (config.outputBias) block.push(["self_attn.o_proj.bias", [D]]);
    if (config.mlpBias) {
      block.push(["mlp.gate_proj.bias", [F]], ["mlp.up_proj.bias", [F]], ["mlp.down_proj.bias", [D]]);
    }
    if (config.qkNorm) block.push(["self_attn.q_norm.weight", [d]], ["self_attn.k_norm.weight", [d]]);
    for (const [name, shape] of block) shapes.set(layerTensor(layer, name), shape);
  }
  shapes.set(FINAL_NORM_NAME, [D]);
  if (!config.tiedEmbeddings) shapes.set(HEAD_NAME, [V, D]);
  return shapes;
}

/** Numbers that a model learns; a tied head counts once. */
export function parameterCount(config: ModelConfig): number {
  let count = 0;
  for (const shape of parameterShapes(config).values()) count += elementCount(shape);
  return count;
}

/** Number of elements of a tensor of this shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
