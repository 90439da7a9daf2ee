/**
 * Where each tensor of an adapter lies in a buffer of its own; gradients and moments have the same layout.
 *
 * As projections are, so are adapters stored (in, R) and (R, out): those of projections that are computed in one product
 * have their A side by side, `t` of them, and each its own B. Offsets and strides are floats.
 *
 * @module
 */
import { adaptedLayers, adapterScale } from "../models/adapted_layers.ts";
import type { AdapterConfig } from "../models/adapter.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { alignedSize, type Matrix, type ParameterLayout, type TensorPlace } from "./parameters.ts";

/** One adapted projection among those that are computed together. */
export interface AdaptedPart {
  /** Its first column in their joint row. */
  readonly column: number;
  /** (R, output). */
  readonly b: Matrix;
}

/** What stands beside one matrix of a block. */
export interface AdaptedMatrix {
  /** (input, t·R). */
  readonly a: Matrix;
  /** (t). */
  readonly parts: readonly AdaptedPart[];
}

/** A block's matrices that have an adapter. */
export interface AdaptedBlock {
  readonly queryKeyValue?: AdaptedMatrix;
  readonly attentionOutput?: AdaptedMatrix;
  readonly gateUp?: AdaptedMatrix;
  readonly down?: AdaptedMatrix;
}

/** The whole buffer. */
export interface AdapterLayout {
  /** Floats, a multiple of 16; those between tensors are 0 and stay 0. */
  readonly size: number;
  /** R. */
  readonly rank: number;
  /** What an adapter adds is multiplied with this. */
  readonly scale: number;
  /** The largest t·R: floats of a row between A and B. */
  readonly width: number;
  readonly layers: readonly AdaptedBlock[];
  /** In the order of peft's file. */
  readonly tensors: readonly TensorPlace[];
}

const MATRICES = ["queryKeyValue", "attentionOutput", "gateUp", "down"] as const satisfies (keyof AdaptedBlock)[];

/**
 * The layout of an adapter beside a model's parameters.
 *
 * @throws {BenchError} If the model's projections are fused
 */
export function layoutAdapter(config: ModelConfig, adapter: AdapterConfig, parameters: ParameterLayout): AdapterLayout {
  const { rank } = adapter;
  let size = 0;
  const reserve = (input: number, output: number): Matrix => {
    const offset = size;
    size += alignedSize(input * output);
    return { offset, input, output };
  };
  const adapted = adaptedLayers(config, adapter);
  const places = new Map(parameters.tensors.map((place) => [place.name, place.offset]));
  const tensors: TensorPlace[] = [];
  const layers = parameters.layers.map((layer): AdaptedBlock => {
    const block: { -readonly [matrix in keyof AdaptedBlock]: AdaptedMatrix } = {};
    for (const name of MATRICES) {
      const { offset, input, output } = layer[name];
      const own = adapted.flatMap((each) => {
        const column = places.get(each.weight)! - offset;
        return column >= 0 && column < output ? [{ ...each, column }] : [];
      });
      if (own.length === 0) continue;
      const a = reserve(input, own.length * rank);
      const parts = own.map((each, i): AdaptedPart => {
        const b = reserve(rank, each.output);
        const aPlace = { offset: a.offset + i * rank, rowStep: 1, columnStep: a.output };
        const bPlace = { offset: b.offset, rowStep: 1, columnStep: b.output };
        tensors.push({ name: each.a, shape: [rank, input], ...aPlace });
        tensors.push({ name: each.b, shape: [each.output, rank], ...bPlace });
        return { column: each.column, b };
      });
      block[name] = { a, parts };
    }
    return block;
  });
  const widths = layers.flatMap((block) => MATRICES.map((name) => block[name]?.a.output ?? 0));
  return { size, rank, scale: adapterScale(adapter), width: Math.max(...widths), layers, tensors };
}
