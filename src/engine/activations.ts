/**
 * Where a worker keeps what the forward pass computes. The same function measures (from address 0) and hands out.
 *
 * Letters: `R` rows (positions) of a unit, `S` head rows, `W` joint query, key and value width.
 *
 * @module
 */
import type { ModelConfig } from "../models/model_config.ts";
import { Region } from "./memory.ts";
import { queryKeyValueWidth } from "./parameters.ts";
import { WIDEST_PANEL } from "./weight_product.ts";

/**
 * How much of the forward pass is kept: all of it for a backward pass; the input of every layer, from which the backward
 * pass computes the rest again; nothing, where the backward pass takes each layer from a recording; or only the layer at
 * hand, without a backward pass.
 */
export type Keep = "all" | "inputs" | "recorded" | "layer";

/** One decoder block's buffers, addresses. */
export interface LayerActivations {
  /** (R, D), the block's input. */
  readonly x: number;
  /** (R), 1 / RMS of x. */
  readonly inverse1: number;
  /** (R, D). */
  readonly normed1: number;
  /** (R, W), after bias, normalisation and rotation. */
  readonly queryKeyValue: number;
  /** (R, (H + H_kv)·d), queries and keys before normalisation, and (R, H), (R, H_kv) their 1 / RMS; Qwen3 alone. */
  readonly rawQueryKey: number;
  readonly queryInverse: number;
  readonly keyInverse: number;
  /** (R, H·d). */
  readonly attended: number;
  /** (R, D), x plus attention. */
  readonly middle: number;
  readonly inverse2: number;
  /** (R, D). */
  readonly normed2: number;
  /** (R, 2F). */
  readonly gateUp: number;
  /** (R, F). */
  readonly hidden: number;
  /** (R, t·r), between an adapter's A and B; where there is one. */
  readonly between: number;
}

/** Buffers of a unit's forward pass, addresses. */
export interface Activations {
  readonly layers: readonly LayerActivations[];
  /** (R, D), the last block's output, its 1 / RMS (R), and its normalised rows (R, D). */
  readonly last: number;
  readonly lastInverse: number;
  readonly lastNormed: number;
  /** (S, D), normalised rows that enter the head, one for each action. */
  readonly headInput: number;
  /** Attention's scratch. */
  readonly keysT: number;
  readonly probabilities: number;
}

/** Sizes of one unit of work. */
export interface UnitSize {
  readonly rows: number;
  readonly headRowCount: number;
  /** Most positions that one row sees, itself included. */
  readonly longest: number;
}

/** Scores lie in rows of whole panels. */
export function scoreStride(positions: number): number {
  return Math.ceil(positions / WIDEST_PANEL) * WIDEST_PANEL;
}

/**
 * Takes the buffers of a forward pass from `region`.
 *
 * @param blockRows rows of attention's scratch
 * @param adapterWidth floats of a row between an adapter's A and B; 0 where there is none
 */
export function takeActivations(
  region: Pick<Region, "take">,
  config: ModelConfig,
  size: UnitSize,
  keep: Keep,
  blockRows: number,
  adapterWidth = 0,
): Activations {
  const { rows } = size;
  const { hiddenSize: D, intermediateSize: F, heads, keyValueHeads, headSize } = config;
  const takeInput = () => region.take(rows * D);
  const between = adapterWidth === 0 ? 0 : region.take(rows * adapterWidth);
  const takeLayer = (): LayerActivations => {
    const x = takeInput(), inverse1 = region.take(rows), normed1 = region.take(rows * D);
    const raw = config.qkNorm;
    return {
      x,
      inverse1,
      normed1,
      queryKeyValue: region.take(rows * queryKeyValueWidth(config)),
      rawQueryKey: raw ? region.take(rows * (heads + keyValueHeads) * headSize) : 0,
      queryInverse: raw ? region.take(rows * heads) : 0,
      keyInverse: raw ? region.take(rows * keyValueHeads) : 0,
      attended: region.take(rows * heads * headSize),
      middle: keep === "layer" ? x : region.take(rows * D),
      inverse2: keep === "layer" ? inverse1 : region.take(rows),
      normed2: keep === "layer" ? normed1 : region.take(rows * D),
      gateUp: region.take(rows * 2 * F),
      hidden: region.take(rows * F),
      between,
    };
  };
  const first = takeLayer();
  const layers = [
    first,
    ...Array.from({ length: config.layers - 1 }, (): LayerActivations => {
      if (keep === "all") return takeLayer();
      return keep === "inputs" ? { ...first, x: takeInput() } : first;
    }),
  ];
  return {
    layers,
    last: keep === "layer" ? first.x : region.take(rows * D),
    lastInverse: region.take(rows),
    lastNormed: region.take(rows * D),
    headInput: region.take(size.headRowCount * D),
    keysT: region.take(headSize * scoreStride(size.longest)),
    probabilities: region.take(blockRows * scoreStride(size.longest)),
  };
}

/** Buffers of a backward pass through an adapted matrix, addresses. */
export interface AdapterBuffers {
  /** (output, R) and (input, R) of the largest matrix, gradients of its output and input. */
  readonly dyT: number;
  readonly dxT: number;
  /** (R, t·r), between A and B, and its gradient, (R, t·r) and (t·r, R). */
  readonly between: number;
  readonly dBetween: number;
  readonly dBetweenT: number;
  /** (max(D, d)), gradients of norms, which are not trained. */
  readonly unused: number;
}

/** Buffers of a backward pass, addresses. */
export interface BackwardBuffers {
  /** (S, D). */
  readonly dHeadInput: number;
  /** (R, D), gradient of the residual stream. */
  readonly dx: number;
  /** (R, max(D, H·d)), gradient of normalised rows or of attention's output. */
  readonly dNormed: number;
  /** (R, F). */
  readonly dHidden: number;
  /** (R, W). */
  readonly dQueryKeyValue: number;
  readonly valuesT: number;
  readonly dProbabilities: number;
  /** Where an adapter is trained. */
  readonly adapter?: AdapterBuffers;
}

/**
 * Takes the buffers of a backward pass from `region`.
 *
 * @param adapterWidth see `takeActivations`
 */
export function takeBackwardBuffers(
  region: Region,
  config: ModelConfig,
  size: UnitSize,
  blockRows: number,
  adapterWidth = 0,
): BackwardBuffers {
  const { rows } = size;
  const adapter = adapterWidth === 0 ? undefined : takeAdapterBuffers(region, config, rows, adapterWidth);
  return {
    ...(adapter !== undefined && { adapter }),
    dHeadInput: region.take(size.headRowCount * config.hiddenSize),
    dx: region.take(rows * config.hiddenSize),
    dNormed: region.take(rows * Math.max(config.hiddenSize, config.heads * config.headSize)),
    dHidden: region.take(rows * config.intermediateSize),
    dQueryKeyValue: region.take(rows * queryKeyValueWidth(config)),
    valuesT: region.take(config.headSize * scoreStride(size.longest)),
    dProbabilities: region.take(blockRows * scoreStride(size.longest)),
  };
}

function takeAdapterBuffers(region: Region, config: ModelConfig, rows: number, width: number): AdapterBuffers {
  const { hiddenSize: D, intermediateSize: F, heads, headSize } = config;
  return {
    dyT: region.take(rows * Math.max(2 * F, D, queryKeyValueWidth(config))),
    dxT: region.take(rows * Math.max(F, D, heads * headSize)),
    between: region.take(rows * width),
    dBetween: region.take(rows * width),
    dBetweenT: region.take(rows * width),
    unused: region.take(Math.max(D, headSize)),
  };
}
