/** What several tests of algorithms need: noise that is written down, and derivatives by differences. */
import type { ThoughtAlgorithm } from "../../src/algorithms/algorithm.ts";
import type { ThoughtAction } from "../../src/algorithms/algorithm.ts";
import type { StepNoise } from "../../src/random/noise.ts";
import type { EmbeddingTable } from "../../src/models/embedding_table.ts";

/** Noise of given entries, by vocabulary id, coordinate or draw; reading any other is an error. */
export function writtenNoise(
  entries: {
    gumbel?: readonly number[];
    gaussian?: readonly number[];
    gamma?: readonly number[];
    uniform?: readonly number[];
  },
): StepNoise {
  const read = (kind: keyof typeof entries) => (i: number) => {
    const value = entries[kind]?.[i];
    if (value === undefined) throw new Error(`no ${kind} noise was written down for entry ${i}`);
    return value;
  };
  return {
    gumbel: read("gumbel"),
    gumbelBound: () => Infinity,
    gaussian: read("gaussian"),
    gamma: read("gamma"),
    uniform: read("uniform"),
  };
}

/** A table that no algorithm under test reads. */
export const NO_EMBEDDING: EmbeddingTable = { rows: 0, width: 0, values: new Float32Array(0) };

/**
 * d value / d logits by central differences, with logits in 32 bits: steps are powers of two, so that they are exact,
 * and the value is computed in 64 bits.
 */
export function centralDifferences(value: (logits: Float32Array) => number, logits: Float32Array, step = 2 ** -10) {
  return Float64Array.from(logits, (_, i) => {
    const up = logits.slice();
    const down = logits.slice();
    up[i] += step;
    down[i] -= step;
    return (value(up) - value(down)) / (up[i] - down[i]);
  });
}

/** The hand-derived gradient of an action's log-density. */
export function logDensityGradient(
  algorithm: ThoughtAlgorithm,
  logits: Float32Array,
  action: ThoughtAction,
  embedding: EmbeddingTable = NO_EMBEDDING,
  scale?: number,
): Float32Array {
  const gradient = new Float32Array(logits.length);
  algorithm.logDensity({ logits, action, embedding }, gradient, scale);
  return gradient;
}

/** `z_old`, `z_new` and `z_ref` of the reference vectors: 8 logits. */
export const OLD_LOGITS = Float32Array.of(2, 1.2, 0.3, -0.5, -1, -2, -3, -4);
export const NEW_LOGITS = Float32Array.of(2.3, 1, 0.4, -0.5, -0.8, -2, -3, -4);
export const REFERENCE_LOGITS = Float32Array.of(1.9, 1.3, 0.25, -0.5, -1, -2, -3, -4);
