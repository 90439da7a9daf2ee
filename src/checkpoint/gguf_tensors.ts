/**
 * The tensors of a GGUF file, by the names and in the layout of Hugging Face.
 *
 * @module
 */
import { basename } from "node:path";
import { BenchError } from "../errors.ts";
import type { Gguf, GgufTensor } from "../files/gguf.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { elementCount, EMBEDDING_NAME, FINAL_NORM_NAME, HEAD_NAME, layerTensor } from "../models/parameters.ts";
import { GGML_TYPES, type GgmlType } from "./ggml_types.ts";
import { firstNonFinite } from "./half_floats.ts";
import type { TensorsOnDisk } from "./stored_tensors.ts";

/** Names outside the blocks. */
const NAMES: Readonly<Record<string, string>> = {
  token_embd: EMBEDDING_NAME,
  output_norm: FINAL_NORM_NAME,
  output: HEAD_NAME,
};
/** Names within a block. */
const BLOCK_NAMES: Readonly<Record<string, string>> = {
  attn_norm: "input_layernorm",
  attn_q: "self_attn.q_proj",
  attn_k: "self_attn.k_proj",
  attn_v: "self_attn.v_proj",
  attn_qkv: "self_attn.qkv_proj",
  attn_output: "self_attn.o_proj",
  attn_q_norm: "self_attn.q_norm",
  attn_k_norm: "self_attn.k_norm",
  ffn_norm: "post_attention_layernorm",
  ffn_gate: "mlp.gate_proj",
  ffn_up: "mlp.up_proj",
  ffn_down: "mlp.down_proj",
};
/** Divisors of RoPE's frequencies, which belong to the configuration. */
const ROPE_TENSOR = /^rope_(freqs|factors_\w+)\.weight$/;
/** Blocks are read in pieces of about this many bytes. */
const PIECE_BYTES = 4 << 20;

/**
 * A file's tensors; names that are not known stay as they are.
 *
 * @throws {BenchError} If a tensor has a format that is not read, or lies outside the file
 */
export function locateGgufTensors(gguf: Gguf, config: ModelConfig): TensorsOnDisk {
  const file = basename(gguf.path);
  return new Map(
    gguf.tensors.entries().filter(([name]) => !ROPE_TENSOR.test(name)).map(([own, tensor]) => {
      formatOf(gguf, own, tensor);
      const name = hubName(own, config);
      const heads = interleavedHeads(name, config);
      return [name, {
        file,
        shape: tensor.shape,
        read: () => {
          const data = readGgmlTensor(gguf, own, tensor);
          return { shape: tensor.shape, data: heads === undefined ? data : parted(data, heads, tensor.shape[0]) };
        },
      }];
    }),
  );
}

function hubName(own: string, { fusedProjections }: ModelConfig): string {
  const [, block, stem, part] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(own) ?? [];
  if (stem === undefined) return own;
  if (block === undefined) return Object.hasOwn(NAMES, stem) ? NAMES[stem] : own;
  if (!Object.hasOwn(BLOCK_NAMES, stem)) return own;
  const name = fusedProjections && stem === "ffn_up" ? "mlp.gate_up_proj" : BLOCK_NAMES[stem];
  return layerTensor(Number(block), `${name}.${part}`);
}

/** Heads of the queries or keys of a Llama, whose pairs of coordinates GGUF stores side by side. */
function interleavedHeads(name: string, { family, heads, keyValueHeads }: ModelConfig): number | undefined {
  if (family !== "llama" && family !== "smollm3") return undefined;
  if (/\.q_proj\.\w+$/.test(name)) return heads;
  return /\.k_proj\.\w+$/.test(name) ? keyValueHeads : undefined;
}

/** Rows of each head in the order of Hugging Face: first ones of all pairs, then second ones. */
function parted(data: Float32Array, heads: number, rows: number): Float32Array {
  const all = new Float32Array(data.length);
  const half = rows / heads / 2, width = data.length / rows;
  for (let head = 0; head < heads; head++) {
    for (let pair = 0; pair < half; pair++) {
      for (const second of [0, 1]) {
        const from = (head * 2 * half + 2 * pair + second) * width,
          to = (head * 2 * half + second * half + pair) * width;
        all.set(data.subarray(from, from + width), to);
      }
    }
  }
  return all;
}

function formatOf(gguf: Gguf, name: string, { type, shape, start }: GgufTensor): GgmlType {
  const format = GGML_TYPES.get(type);
  if (format === undefined) {
    const supported = [...GGML_TYPES.values()].map((one) => one.name).join(", ");
    throw new BenchError(
      `Cannot load ${gguf.path}: tensor "${name}" is of ggml's type ${type}, supported are ${supported}; ` +
        `take the model in one of these, or make it with llama-quantize`,
    );
  }
  const row = shape.at(-1) ?? 1, bytes = elementCount(shape) / format.numbers * format.bytes;
  if (row % format.numbers !== 0 || !(start + bytes <= gguf.size)) {
    throw new BenchError(
      `Cannot load ${gguf.path}: tensor "${name}" of shape [${shape}] in ${format.name} does not fit its ${gguf.size} bytes; ` +
        `fetch or convert the file again`,
    );
  }
  return format;
}

/**
 * Reads one tensor as 32-bit floats, as it lies in the file.
 *
 * @throws {BenchError} If its format is not read, the file ends early, or a weight is NaN or infinite
 */
export function readGgmlTensor(gguf: Gguf, name: string, tensor: GgufTensor): Float32Array {
  const { numbers, bytes, read } = formatOf(gguf, name, tensor);
  const data = new Float32Array(elementCount(tensor.shape));
  const blocks = data.length / numbers, step = Math.max(1, Math.floor(PIECE_BYTES / bytes));
  using file = Deno.openSync(gguf.path);
  file.seekSync(tensor.start, Deno.SeekMode.Start);
  for (let first = 0; first < blocks; first += step) {
    const count = Math.min(step, blocks - first);
    const piece = new Uint8Array(count * bytes);
    for (let filled = 0; filled < piece.length;) {
      const more = file.readSync(piece.subarray(filled));
      if (more === null) throw new BenchError(`Cannot read ${gguf.path}: it ends within tensor "${name}"`);
      filled += more;
    }
    read(data.subarray(first * numbers, (first + count) * numbers), piece);
  }
  const bad = firstNonFinite(data);
  if (bad < 0) return data;
  throw new BenchError(
    `Cannot use ${gguf.path}: tensor "${name}" holds ${data[bad]} at index ${bad}, every weight must be finite; ` +
      `the file is damaged or the model's training diverged`,
  );
}
