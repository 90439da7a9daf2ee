/**
 * Where each weight lies in the engine's one parameter buffer, and how that maps to the tensors of a checkpoint.
 *
 * Projections are stored (in, out), query, key and value side by side, gate and up side by side: one product each.
 * Gradients and moments have the same layout. Offsets and strides are floats.
 *
 * @module
 */
import { sparing } from "../clock.ts";
import { safePoint } from "../interruption.ts";
import { BenchError } from "../errors.ts";
import type { HostTensor, NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { FLOAT_BYTES } from "./memory.ts";
import { WIDEST_PANEL } from "./weight_product.ts";

/** A projection, (input, output) in rows of `output` floats. */
export interface Matrix {
  readonly offset: number;
  readonly input: number;
  readonly output: number;
}

/** One decoder block. */
export interface LayerParameters {
  readonly inputNorm: number;
  readonly queryKeyValue: Matrix;
  readonly queryKeyValueBias?: number;
  readonly attentionOutputBias?: number;
  /** (2F), of gates and ups. */
  readonly gateUpBias?: number;
  readonly downBias?: number;
  readonly queryNorm?: number;
  readonly keyNorm?: number;
  readonly attentionOutput: Matrix;
  readonly postAttentionNorm: number;
  readonly gateUp: Matrix;
  readonly down: Matrix;
}

/** One tensor of the checkpoint: `rows` of `columns`, element (r, c) at `offset + r·rowStep + c·columnStep`. */
export interface TensorPlace {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

/** The whole buffer. */
export interface ParameterLayout {
  /** Floats, a multiple of 16; those between tensors are 0 and stay 0. */
  readonly size: number;
  /** (V, D). */
  readonly embedding: number;
  readonly layers: readonly LayerParameters[];
  readonly finalNorm: number;
  /** (V, D): the embedding where tied. */
  readonly head: number;
  /** In the order of a checkpoint. */
  readonly tensors: readonly TensorPlace[];
}

/** Tensors start at multiples of a cache line. */
const ALIGNMENT = 16;

/** Floats that a tensor of so many takes. */
export function alignedSize(floats: number): number {
  return Math.ceil(floats / ALIGNMENT) * ALIGNMENT;
}

/** A buffer's tensors, in the order of a checkpoint. */
export type Tensors = Pick<ParameterLayout, "tensors">;

/** Width of the joint query, key and value row. */
export function queryKeyValueWidth(config: ModelConfig): number {
  return (config.heads + 2 * config.keyValueHeads) * config.headSize;
}

/** The layout of a model's parameters. */
export function layoutParameters(config: ModelConfig): ParameterLayout {
  let size = 0;
  const tensors: TensorPlace[] = [];
  const reserve = (floats: number): number => {
    const offset = size;
    size += alignedSize(floats);
    return offset;
  };
  const table = (name: string, rows: number, columns: number): number => {
    const offset = reserve(rows * columns);
    tensors.push({ name, shape: [rows, columns], offset, rowStep: columns, columnStep: 1 });
    return offset;
  };
  const vector = (name: string, width: number, offset = reserve(width)): number => {
    tensors.push({ name, shape: [width], offset, rowStep: width, columnStep: 1 });
    return offset;
  };
  /** A projection joined from named parts; each part is (out, in) in the checkpoint. */
  const matrix = (input: number, parts: readonly (readonly [name: string, output: number])[]): Matrix => {
    const output = parts.reduce((sum, [, width]) => sum + width, 0);
    const offset = reserve(input * output);
    let column = 0;
    for (const [name, width] of parts) {
      tensors.push({ name, shape: [width, input], offset: offset + column, rowStep: 1, columnStep: output });
      column += width;
    }
    return { offset, input, output };
  };

  const { hiddenSize, intermediateSize, headSize, vocabularySize } = config;
  const queryWidth = config.heads * headSize, keyWidth = config.keyValueHeads * headSize;
  const embedding = table("model.embed_tokens.weight", vocabularySize, hiddenSize);
  const layers = Array.from({ length: config.layers }, (_, index): LayerParameters => {
    const name = `model.layers.${index}`;
    const projections = [["q", queryWidth], ["k", keyWidth], ["v", keyWidth]] as const;
    const queryKeyValue = matrix(
      hiddenSize,
      config.fusedProjections
        ? [[`${name}.self_attn.qkv_proj.weight`, queryWidth + 2 * keyWidth]]
        : projections.map(([letter, width]) => [`${name}.self_attn.${letter}_proj.weight`, width]),
    );
    let bias: number | undefined;
    if (config.qkvBias) {
      bias = reserve(queryWidth + 2 * keyWidth);
      vector(`${name}.self_attn.q_proj.bias`, queryWidth, bias);
      vector(`${name}.self_attn.k_proj.bias`, keyWidth, bias + queryWidth);
      vector(`${name}.self_attn.v_proj.bias`, keyWidth, bias + queryWidth + keyWidth);
    }
    const attentionOutput = matrix(queryWidth, [[`${name}.self_attn.o_proj.weight`, hiddenSize]]);
    const queryNorm = config.qkNorm ? vector(`${name}.self_attn.q_norm.weight`, headSize) : undefined;
    const keyNorm = config.qkNorm ? vector(`${name}.self_attn.k_norm.weight`, headSize) : undefined;
    const outputBias = config.outputBias ? vector(`${name}.self_attn.o_proj.bias`, hiddenSize) : undefined;
    const gateUp = matrix(
      hiddenSize,
      config.fusedProjections ? [[`${name}.mlp.gate_up_proj.weight`, 2 * intermediateSize]] : [
        [`${name}.mlp.gate_proj.weight`, intermediateSize],
        [`${name}.mlp.up_proj.weight`, intermediateSize],
      ],
    );
    const down = matrix(intermediateSize, [[`${name}.mlp.down_proj.weight`, hiddenSize]]);
    let gateUpBias: number | undefined, downBias: number | undefined;
    if (config.mlpBias) {
      gateUpBias = reserve(2 * intermediateSize);
      vector(`${name}.mlp.gate_proj.bias`, intermediateSize, gateUpBias);
      vector(`${name}.mlp.up_proj.bias`, intermediateSize, gateUpBias + intermediateSize);
      downBias = vector(`${name}.mlp.down_proj.bias`, hiddenSize);
    }
    const inputNorm = vector(`${name}.input_layernorm.weight`, hiddenSize);
    const postAttentionNorm = vector(`${name}.post_attention_layernorm.weight`, hiddenSize);
    return {
      inputNorm,
      queryKeyValue,
      attentionOutput,
      postAttentionNorm,
      gateUp,
      down,
      ...(bias !== undefined && { queryKeyValueBias: bias }),
      ...(outputBias !== undefined && { attentionOutputBias: outputBias }),
      ...(gateUpBias !== undefined && downBias !== undefined && { gateUpBias, downBias }),
      ...(queryNorm !== undefined && keyNorm !== undefined && { queryNorm, keyNorm }),
    };
  });
  const finalNorm = vector("model.norm.weight", hiddenSize);
  const head = config.tiedEmbeddings ? embedding : table("lm_head.weight", vocabularySize, hiddenSize);
  return { size, embedding, layers, finalNorm, head, tensors };
}

/** Columns that are copied together, so that transposing stays within the caches. */
const COPIED_COLUMNS = 64;

/** Calls `copy` for each element, with its place in the buffer and in the tensor. */
function forEachElement(place: TensorPlace, copy: (at: number, index: number) => void): void {
  const [rows, columns] = place.shape.length === 1 ? [1, place.shape[0]] : [place.shape[0], place.shape[1]];
  for (let first = 0; first < columns; first += COPIED_COLUMNS) {
    const end = Math.min(first + COPIED_COLUMNS, columns);
    for (let r = 0; r < rows; r++) {
      const row = place.offset + r * place.rowStep;
      for (let c = first; c < end; c++) copy(row + c * place.columnStep, r * columns + c);
    }
  }
}

function readTensor(buffer: Float32Array, place: TensorPlace): HostTensor {
  const data = new Float32Array(place.shape.reduce((product, size) => product * size, 1));
  forEachElement(place, (at, index) => data[index] = buffer[at]);
  return { shape: place.shape, data };
}

/** Copies all tensors out of a buffer with this layout. */
export function readTensors(buffer: Float32Array, layout: Tensors): NamedTensors {
  return new Map(layout.tensors.map((place) => [place.name, readTensor(buffer, place)]));
}

/** A turn of the event loop takes two, which fifty small tensors would pay each. */
const MILLISECONDS_BETWEEN_SIGNALS = 100;

/** The same, while signals are heard between tensors: of a large model all together take seconds. */
export async function readTensorsMeanwhile(
  buffer: Float32Array,
  layout: Pick<ParameterLayout, "tensors">,
): Promise<NamedTensors> {
  const tensors = new Map<string, HostTensor>();
  const isTime = sparing(MILLISECONDS_BETWEEN_SIGNALS);
  for (const place of layout.tensors) {
    if (isTime()) await safePoint(undefined);
    tensors.set(place.name, readTensor(buffer, place));
  }
  return tensors;
}

/**
 * Copies all tensors into a buffer with this layout.
 *
 * @param what for messages: "weights", "first moments"
 * @throws {BenchError} If a tensor is missing, has another shape, or has no place
 */
export function writeTensors(buffer: Float32Array, layout: Tensors, tensors: NamedTensors, what: string): void {
  for (const place of layout.tensors) {
    const tensor = tensors.get(place.name);
    if (tensor === undefined) {
      throw new BenchError(`Cannot load the ${what}: ${place.name} is missing, expected shape (${place.shape})`);
    }
    const count = place.shape.reduce((product, size) => product * size, 1);
    if (String(tensor.shape) !== String(place.shape) || tensor.data.length !== count) {
      throw new BenchError(
        `Cannot load the ${what}: ${place.name} has shape (${tensor.shape}) and ${tensor.data.length} values, expected (${place.shape})`,
      );
    }
    const { data } = tensor;
    forEachElement(place, (at, index) => buffer[at] = data[index]);
  }
  if (tensors.size > layout.tensors.length) {
    const known = new Set(layout.tensors.map((place) => place.name));
    const unknown = [...tensors.keys()].filter((name) => !known.has(name));
    throw new BenchError(`Cannot load the ${what}: ${unknown[0]} has no place in this model`);
  }
}

/**
 * Where copies of projections lie in a buffer of their own, in panels of columns: of (in, out) for decoding, or transposed,
 * (out, in), for gradients of inputs.
 */
export interface CopiesLayer {
  readonly queryKeyValue: number;
  readonly attentionOutput: number;
  readonly gateUp: number;
  readonly down: number;
}

/** Offsets of the copies, and their number of floats. */
export interface CopiesLayout {
  readonly size: number;
  readonly layers: readonly CopiesLayer[];
}

/** Floats of a (rows, columns) matrix in whole panels, however wide. */
export function panelFloats(rows: number, columns: number): number {
  return rows * Math.ceil(columns / WIDEST_PANEL) * WIDEST_PANEL;
}

/** Share of the memory that weights and their packed copies take at most: activations need the rest. */
const MOST_WITH_COPIES = 3 / 4;

/** Whether there is room for the projections in panels beside the parameters, in a memory of so many bytes. */
export function hasRoomToPack(
  { hiddenSize, vocabularySize }: ModelConfig,
  layout: ParameterLayout,
  bytes: number,
): boolean {
  const floats = layout.size + panelFloats(hiddenSize, vocabularySize) + layoutCopies(layout).size;
  return floats * FLOAT_BYTES <= MOST_WITH_COPIES * bytes;
}

/** The layout of the projections' copies. */
export function layoutCopies(layout: ParameterLayout): CopiesLayout {
  let size = 0;
  const reserve = ({ input, output }: Matrix): number => {
    const offset = size;
    size += alignedSize(Math.max(panelFloats(input, output), panelFloats(output, input)));
    return offset;
  };
  const layers = layout.layers.map((layer) => ({
    queryKeyValue: reserve(layer.queryKeyValue),
    attentionOutput: reserve(layer.attentionOutput),
    gateUp: reserve(layer.gateUp),
    down: reserve(layer.down),
  }));
  return { size, layers };
}
