/**
 * Causal attention over whole sequences in bounded memory: scores exist for one block of queries at a time, in the
 * backward pass too, where they are computed again (as in FlashAttention, Dao et al., arXiv:2205.14135, section 3.1).
 *
 * Letters: `N` sequences, `T` positions, `H` query heads, `H_kv` key and value heads, `d` width of a head, `R` queries of
 * a block, `S` positions that a block may see.
 *
 * @module
 */
import * as tf from "./tf.ts";

/** Added to scores of positions that must not be seen; finite, so that a row without any other stays finite. */
export const MASKED = -1e9;

/** Most scores held at once: 64 MiB, half of what the smallest WebGPU binding holds. */
const MAX_SCORES = 1 << 24;

/** What a score of a position is beside the product: how far one sees, and what is padding. */
export interface Sight {
  /** (N, 1, 1, T), added to the scores of a position: `MASKED` where it is padding. */
  readonly padding?: tf.Tensor4D;
  /** Positions that one sees, itself included; absent or Infinity: all before it. */
  readonly window?: number;
}

/** One block: queries [first, first + R) see positions [0, first + R), or the last of them. */
interface Block {
  readonly first: number;
  readonly count: number;
}

/** What is kept of one block of scores. */
interface BlockTensors {
  /** (N, H_kv, H/H_kv·R, d), scaled by 1/√d. */
  readonly queries: tf.Tensor4D;
  /** (N, H_kv, S, d). */
  readonly keys: tf.Tensor4D;
  readonly values: tf.Tensor4D;
  /** (N, H_kv, H/H_kv·R, S). */
  readonly probabilities: tf.Tensor4D;
}

/**
 * Scaled dot-product attention, each position over itself and those before it; query head h reads key and value head
 * ⌊h·H_kv/H⌋. Differentiable in queries, keys and values.
 *
 * @param queries (N, H, T, d)
 * @param keys (N, H_kv, T, d)
 * @param values (N, H_kv, T, d)
 * @param options.maxScores most scores held at once
 * @returns (N, H, T, d)
 */
export function causalAttention(
  queries: tf.Tensor4D,
  keys: tf.Tensor4D,
  values: tf.Tensor4D,
  options: Sight & { readonly maxScores?: number } = {},
): tf.Tensor4D {
  const { maxScores = MAX_SCORES, ...sight } = options;
  const [N, H, T] = queries.shape;
  const blocks = queryBlocks(T, Math.max(1, Math.floor(maxScores / (N * H * T))));
  const attend = tf.customGrad((q, k, v, save) => {
    const inputs = [q, k, v] as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const value = tf.concat(blocks.map((block) => tf.tidy(() => forward(block, inputs, sight))), 2);
    (save as tf.GradSaveFunc)(inputs);
    return {
      value,
      gradFunc: (dy, saved) => backward(blocks, saved as typeof inputs, dy as tf.Tensor4D, sight),
    };
  });
  return attend(queries, keys, values) as tf.Tensor4D;
}

function queryBlocks(T: number, rows: number): Block[] {
  const blocks: Block[] = [];
  for (let first = 0; first < T; first += rows) blocks.push({ first, count: Math.min(rows, T - first) });
  return blocks;
}

type Inputs = readonly [queries: tf.Tensor4D, keys: tf.Tensor4D, values: tf.Tensor4D];

/** (N, H, R, d). */
function forward(block: Block, inputs: Inputs, sight: Sight): tf.Tensor4D {
  const { probabilities, values } = blockTensors(block, inputs, sight);
  return ungrouped(tf.matMul(probabilities, values), inputs[0].shape[1]);
}

/**
 * With P = softmax(S), S = Q Kᵀ, O = P V: dV = Pᵀ dO, dP = dO Vᵀ, dS = P ∘ (dP − Σ P ∘ dP), dQ = dS K, dK = dSᵀ Q.
 */
function backward(
  blocks: readonly Block[],
  inputs: Inputs,
  dy: tf.Tensor4D,
  sight: Sight,
): [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D] {
  const [queries, keys] = inputs;
  const [, H, T, d] = queries.shape;
  let dKeys: tf.Tensor4D = tf.zerosLike(keys);
  let dValues: tf.Tensor4D = tf.zerosLike(keys);
  const dQueries: tf.Tensor4D[] = [];
  for (const block of blocks) {
    const [dQ, dK, dV] = tf.tidy(() => {
      const { queries: q, keys: k, values: v, probabilities } = blockTensors(block, inputs, sight);
      const dO = grouped(takePositions(dy, block.first, block.count), k.shape[1]);
      const dP = tf.matMul(dO, v, false, true);
      const weighted = tf.mul(probabilities, dP);
      const dS = tf.sub(weighted, tf.mul(probabilities, tf.sum(weighted, 3, true))) as tf.Tensor4D;
      const behind = T - k.shape[2];
      const whole = (part: tf.Tensor4D) => tf.pad(part, [[0, 0], [0, 0], [0, behind], [0, 0]]);
      return [
        ungrouped(tf.mul(tf.matMul(dS, k), d ** -0.5), H),
        tf.add(dKeys, whole(tf.matMul(dS, q, true))) as tf.Tensor4D,
        tf.add(dValues, whole(tf.matMul(probabilities, dO, true))) as tf.Tensor4D,
      ];
    });
    tf.dispose([dKeys, dValues]);
    dQueries.push(dQ);
    [dKeys, dValues] = [dK, dV];
  }
  return [tf.concat(dQueries, 2), dKeys, dValues];
}

function blockTensors({ first, count }: Block, inputs: Inputs, sight: Sight): BlockTensors {
  const { padding, window = Infinity } = sight;
  const [N, H, , d] = inputs[0].shape;
  const groups = inputs[1].shape[1];
  const S = first + count;
  const queries = grouped(tf.mul(takePositions(inputs[0], first, count), d ** -0.5), groups);
  const [keys, values] = [takePositions(inputs[1], 0, S), takePositions(inputs[2], 0, S)];
  const scores = tf.reshape(tf.matMul(queries, keys, false, true), [N, H, count, S]);
  const seenFrom = tf.reshape(tf.range(first, S), [1, 1, count, 1]), at = tf.reshape(tf.range(0, S), [1, 1, 1, S]);
  const future = tf.greater(at, seenFrom);
  const hidden = window >= S ? future : tf.logicalOr(future, tf.lessEqual(at, tf.sub(seenFrom, window)));
  const causal = tf.add(scores, tf.mul(tf.cast(hidden, "float32"), MASKED));
  const seen = padding === undefined ? causal : tf.add(causal, tf.slice(padding, [0, 0, 0, 0], [N, 1, 1, S]));
  return { queries, keys, values, probabilities: grouped(tf.softmax(seen, 3) as tf.Tensor4D, groups) };
}

function takePositions(x: tf.Tensor4D, first: number, count: number): tf.Tensor4D {
  const [N, heads, T, d] = x.shape;
  return count === T ? x : tf.slice(x, [0, 0, first, 0], [N, heads, count, d]);
}

/**
 * (N, H, R, w) -> (N, H_kv, H/H_kv·R, w): heads of one group side by side in the rows of one product, so that keys and
 * values are never repeated.
 */
function grouped(x: tf.Tensor4D, groups: number): tf.Tensor4D {
  const [N, H, R, width] = x.shape;
  return tf.reshape(x, [N, groups, H / groups * R, width]);
}

/** The inverse of `grouped`. */
function ungrouped(x: tf.Tensor4D, H: number): tf.Tensor4D {
  const [N, groups, rows, width] = x.shape;
  return tf.reshape(x, [N, H, rows * groups / H, width]);
}
