/**
 * The decoder block of Qwen2, Qwen3 and Llama in tfjs ops: what the fast engine must agree with.
 *
 * Letters: `N` sequences, `T` positions of this call, `S` positions attended to, `D` width, `H` query heads, `H_kv` key
 * and value heads, `d` width of a head, `F` width of the SwiGLU layer, `V` vocabulary. Only ops that every tfjs backend
 * has, gradients included: no einsum, no gather of a differentiated tensor.
 *
 * Every function returns tensors that the caller disposes, and is called inside `tf.tidy`.
 *
 * @module
 */
import * as tf from "./tf.ts";
import type { ModelConfig } from "../models/model_config.ts";

/** Tensors of one block by name within the block, e.g. `self_attn.q_proj.weight`. */
export type BlockWeights = Readonly<Record<string, tf.Tensor>>;

/** (N or 1, 1, T, d) each: cosines and sines of the positions of a call. */
export interface Rotation {
  readonly cos: tf.Tensor4D;
  readonly sin: tf.Tensor4D;
}

/** Attention of a block: queries (N, H, T, d), keys and values (N, H_kv, T, d) -> (N, H, T, d). */
export type Attend = (queries: tf.Tensor4D, keys: tf.Tensor4D, values: tf.Tensor4D) => tf.Tensor4D;

/** One decoder block, (N, T, D) -> (N, T, D). */
export function decoderBlock(
  config: ModelConfig,
  weights: BlockWeights,
  x: tf.Tensor3D,
  rotation: Rotation,
  attend: Attend,
): tf.Tensor3D {
  const [N, T] = x.shape;
  const { heads, keyValueHeads, headSize, rmsNormEpsilon } = config;
  const normed = rmsNorm(x, weights["input_layernorm.weight"], rmsNormEpsilon); // (N, T, D)

  const project = (name: "q" | "k" | "v", count: number): tf.Tensor4D => {
    const flat = linear(normed, weights[`self_attn.${name}_proj.weight`], weights[`self_attn.${name}_proj.bias`]);
    const split = tf.reshape<tf.Rank.R4>(flat, [N, T, count, headSize]); // (N, T, count, d)
    const scale = weights[`self_attn.${name}_norm.weight`];
    const scaled = scale === undefined ? split : rmsNorm(split, scale, rmsNormEpsilon);
    return tf.transpose(scaled, [0, 2, 1, 3]); // (N, count, T, d)
  };
  const queries = rotate(project("q", heads), rotation);
  const keys = rotate(project("k", keyValueHeads), rotation);
  const attended = attend(queries, keys, project("v", keyValueHeads)); // (N, H, T, d)
  const joined = tf.reshape<tf.Rank.R3>(tf.transpose(attended, [0, 2, 1, 3]), [N, T, heads * headSize]);
  const afterAttention = tf.add(x, linear(joined, weights["self_attn.o_proj.weight"])); // (N, T, D)

  const inner = rmsNorm(afterAttention, weights["post_attention_layernorm.weight"], rmsNormEpsilon) as tf.Tensor3D;
  const gate = linear(inner, weights["mlp.gate_proj.weight"]); // (N, T, F)
  const silu = tf.mul(gate, tf.sigmoid(gate));
  const gated = tf.mul(silu, linear(inner, weights["mlp.up_proj.weight"])) as tf.Tensor3D;
  return tf.add(afterAttention, linear(gated, weights["mlp.down_proj.weight"]));
}

/**
 * Attention of a few new positions over a cache in parts; heads are grouped as in `causalAttention`.
 *
 * @param queries (N, H, T, d)
 * @param parts keys and values (N, H_kv, S_i, d) in order of position, each with what is added to its scores,
 * broadcastable to (N, H, T, S_i)
 * @returns (N, H, T, d)
 */
export function cachedAttention(
  queries: tf.Tensor4D,
  parts: readonly { readonly keys: tf.Tensor4D; readonly values: tf.Tensor4D; readonly bias: tf.Tensor4D }[],
): tf.Tensor4D {
  const [N, H, T, d] = queries.shape;
  const groups = parts[0].keys.shape[1];
  // Heads of one group side by side in the rows of one product: keys and values are never repeated.
  const grouped = tf.reshape<tf.Rank.R4>(tf.mul(queries, d ** -0.5), [N, groups, H / groups * T, d]);
  const scores = parts.map(({ keys, bias }) => {
    const S = keys.shape[2];
    return tf.add(tf.reshape(tf.matMul(grouped, keys, false, true), [N, H, T, S]), bias);
  });
  const joined = scores.length === 1 ? scores[0] : tf.concat(scores, 3);
  const probabilities = tf.softmax(joined, 3); // (N, H, T, ΣS)
  let first = 0;
  const sums = parts.map(({ values }) => {
    const S = values.shape[2];
    const share = parts.length === 1 ? probabilities : tf.slice(probabilities, [0, 0, 0, first], [N, H, T, S]);
    first += S;
    return tf.matMul(tf.reshape<tf.Rank.R4>(share, [N, groups, H / groups * T, S]), values);
  });
  return tf.reshape(sums.reduce((a, b) => tf.add(a, b)), [N, H, T, d]);
}

/** RMS normalisation over the last axis (Zhang and Sennrich, arXiv:1910.07467); `weight` (last axis). */
export function rmsNorm<R extends tf.Tensor>(x: R, weight: tf.Tensor, epsilon: number): R {
  const meanSquare = tf.mean(tf.square(x), -1, true);
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, epsilon))), weight) as R;
}

/** (…, in) -> (…, out): one plain 2-D product, which every backend does fast; `weight` (out, in), `bias` (out). */
function linear(x: tf.Tensor3D, weight: tf.Tensor, bias?: tf.Tensor): tf.Tensor3D {
  const [N, T, width] = x.shape;
  const rows = tf.reshape<tf.Rank.R2>(x, [N * T, width]);
  const product = N * T < TRANSPOSE_FROM_ROWS
    ? tf.matMul(rows, weight as tf.Tensor2D, false, true)
    : transposedProduct(rows, weight);
  const shifted = bias === undefined ? product : tf.add(product, bias);
  return tf.reshape(shifted, [N, T, weight.shape[0]]);
}

/**
 * WebGPU multiplies by a transposed matrix 2.6 times slower than by a plain one (measured on lavapipe; native
 * TensorFlow does not care). Transposing first costs two passes over the weight, which many rows pay for.
 */
const TRANSPOSE_FROM_ROWS = 128;

/** x Wᵀ, with a gradient that multiplies by no transposed right-hand matrix either. */
const transposedProduct = tf.customGrad((x, weight, save) => {
  (save as tf.GradSaveFunc)([x as tf.Tensor, weight as tf.Tensor]);
  return {
    value: tf.matMul(x as tf.Tensor, tf.transpose(weight as tf.Tensor)),
    gradFunc: (dy, [x, weight]) => [tf.matMul(dy, weight), tf.matMul(dy, x, true)],
  };
});

/** Rotates the pairs (i, i + d/2) of each head, as Hugging Face's layout pairs them; (N, heads, T, d). */
function rotate(x: tf.Tensor4D, { cos, sin }: Rotation): tf.Tensor4D {
  const [low, high] = tf.split(x, 2, 3);
  return tf.add(tf.mul(x, cos), tf.mul(tf.concat([tf.neg(high), low], 3), sin));
}
