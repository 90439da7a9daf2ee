/**
 * The decoder block in tfjs ops: what the fast engine must agree with.
 *
 * Letters: `N` sequences, `T` positions of this call, `S` positions attended to, `D` width, `H` query heads, `H_kv` key
 * and value heads, `d` width of a head, of which `r` coordinates turn, `F` width of the feed-forward layer, `V` vocabulary. Only ops that every tfjs backend
 * has, gradients included: no einsum, no gather of a differentiated tensor.
 *
 * Every function returns tensors that the caller disposes, and is called inside `tf.tidy`.
 *
 * @module
 */
import * as tf from "./tf.ts";
import { type Activation, isRotated, type ModelConfig } from "../models/model_config.ts";

/** Tensors of one block by name within the block, e.g. `self_attn.q_proj.weight`. */
export type BlockWeights = Readonly<Record<string, tf.Tensor>>;

/** (N or 1, 1, T, r) each: cosines and sines of the positions of a call. */
export interface Rotation {
  readonly cos: tf.Tensor4D;
  readonly sin: tf.Tensor4D;
}

/** Attention of a block: queries (N, H, T, d), keys and values (N, H_kv, T, d) -> (N, H, T, d). */
export type Attend = (queries: tf.Tensor4D, keys: tf.Tensor4D, values: tf.Tensor4D) => tf.Tensor4D;

/** The decoder block of that number, (N, T, D) -> (N, T, D). */
export function decoderBlock(
  config: ModelConfig,
  layer: number,
  weights: BlockWeights,
  x: tf.Tensor3D,
  rotation: Rotation,
  attend: Attend,
): tf.Tensor3D {
  const [N, T] = x.shape;
  const { heads, keyValueHeads, headSize } = config;
  const normed = rmsNorm(x, weights["input_layernorm.weight"], config); // (N, T, D)

  const by = (name: string) => linear(normed, weights[`${name}.weight`], weights[`${name}.bias`]);
  const widths = [heads * headSize, keyValueHeads * headSize, keyValueHeads * headSize];
  const [q, k, v] = config.fusedProjections
    ? tf.split<tf.Tensor3D>(by("self_attn.qkv_proj"), widths, 2)
    : ["q", "k", "v"].map((name) => by(`self_attn.${name}_proj`));
  const toHeads = (flat: tf.Tensor3D, name: "q" | "k" | "v", count: number): tf.Tensor4D => {
    const split = tf.reshape<tf.Rank.R4>(flat, [N, T, count, headSize]); // (N, T, count, d)
    const scale = weights[`self_attn.${name}_norm.weight`];
    const scaled = scale === undefined ? split : rmsNorm(split, scale, config);
    return tf.transpose(scaled, [0, 2, 1, 3]); // (N, count, T, d)
  };
  const turn = (x: tf.Tensor4D) => isRotated(config, layer) ? rotate(x, rotation) : x;
  const queries = turn(toHeads(q, "q", heads));
  const keys = turn(toHeads(k, "k", keyValueHeads));
  const attended = attend(queries, keys, toHeads(v, "v", keyValueHeads)); // (N, H, T, d)
  const joined = tf.reshape<tf.Rank.R3>(tf.transpose(attended, [0, 2, 1, 3]), [N, T, heads * headSize]);
  const output = linear(joined, weights["self_attn.o_proj.weight"], weights["self_attn.o_proj.bias"]);
  const afterAttention = tf.add(x, output); // (N, T, D)

  const inner = rmsNorm(afterAttention, weights["post_attention_layernorm.weight"], config) as tf.Tensor3D;
  const from = (name: string) => linear(inner, weights[`mlp.${name}.weight`], weights[`mlp.${name}.bias`]);
  const [gate, up] = config.fusedProjections
    ? tf.split(from("gate_up_proj"), 2, 2)
    : [from("gate_proj"), from("up_proj")]; // (N, T, F)
  const gated = tf.mul(activate(gate, config.activation ?? "silu"), up) as tf.Tensor3D;
  return tf.add(afterAttention, linear(gated, weights["mlp.down_proj.weight"], weights["mlp.down_proj.bias"]));
}

/** SiLU, or GELU by the error function or by its approximation with tanh (arXiv:1606.08415, section 2). */
function activate(x: tf.Tensor, activation: Activation): tf.Tensor {
  switch (activation) {
    case "silu":
      return tf.mul(x, tf.sigmoid(x));
    case "gelu":
      return tf.mul(x, tf.mul(0.5, tf.add(1, tf.erf(tf.mul(x, Math.SQRT1_2)))));
    case "gelu-tanh": {
      const inner = tf.mul(x, tf.add(1, tf.mul(0.044715, tf.square(x))));
      return tf.mul(x, tf.sigmoid(tf.mul(2 * Math.sqrt(2 / Math.PI), inner)));
    }
  }
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
export function rmsNorm<R extends tf.Tensor>(
  x: R,
  weight: tf.Tensor,
  { rmsNormEpsilon, normOffset = 0 }: Pick<ModelConfig, "rmsNormEpsilon" | "normOffset">,
): R {
  const meanSquare = tf.mean(tf.square(x), -1, true);
  return tf.mul(
    tf.mul(x, tf.rsqrt(tf.add(meanSquare, rmsNormEpsilon))),
    normOffset === 0 ? weight : tf.add(weight, normOffset),
  ) as R;
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

/**
 * Rotates the pairs (i, i + r/2) of each head's first r coordinates, as Hugging Face's layout pairs them;
 * (N, heads, T, d).
 */
function rotate(x: tf.Tensor4D, { cos, sin }: Rotation): tf.Tensor4D {
  const turned = cos.shape[3], rest = x.shape[3] - turned;
  if (rest > 0) {
    const [first, others] = tf.split<tf.Tensor4D>(x, [turned, rest], 3);
    return tf.concat([rotate(first, { cos, sin }), others], 3);
  }
  const [low, high] = tf.split(x, 2, 3);
  return tf.add(tf.mul(x, cos), tf.mul(tf.concat([tf.neg(high), low], 3), sin));
}
