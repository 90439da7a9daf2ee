/** The checkpoints of tests/golden/checkpoints.json, written as people publish them. */
import { assert, assertEquals } from "@std/assert";
import { tokenRows } from "../../src/models/input_rows.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import { Numbers } from "../engine/golden.ts";
import { onWholeRows, wholeRowsOf } from "../fixtures/logit_rows.ts";
import golden from "../golden/checkpoints.json" with { type: "json" };

type Dtype = "F32" | "F16" | "BF16" | "F64" | "F8_E4M3";

/** What is odd about the files of a kind; see checkpoints.py. */
interface KindFiles {
  readonly dtype?: Dtype;
  readonly shards?: number;
  readonly extra?: Readonly<Record<string, string | readonly number[]>>;
  readonly strip?: string;
  readonly prefix?: string;
  readonly nan?: string;
  readonly file?: string;
}

/** A checkpoint, and what transformers makes of it. */
export interface Kind {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly file: KindFiles;
  readonly tensors: Readonly<Record<string, readonly number[]>>;
  /** Logits at `positions`; absent where the kind is refused. */
  readonly logits?: readonly (readonly number[])[];
  /** For each tensor, its gradient times numbers of the generator. */
  readonly slopes?: Readonly<Record<string, number>>;
}

export const KINDS = golden.kinds as unknown as readonly Kind[];
const { seed: SEED, text: TEXT, positions: POSITIONS } = golden;

/** Of each part of a block that another kind does not have, one kind: tfjs is slow here. */
export const ON_TFJS: readonly string[] = [
  "rope yarn",
  "attention_bias",
  "mlp_bias",
  "use_sliding_window",
  "gelu",
  "gelu_pytorch_tanh",
  "mistral with a window",
  "phi3, partial rotary, longrope",
  "smollm3 with windows",
  "gemma",
];

const BYTES: Readonly<Record<Dtype, number>> = { F32: 4, F16: 2, BF16: 2, F64: 8, F8_E4M3: 1 };

function writeKind(folder: string, { config, file, tensors }: Kind): void {
  Deno.writeTextFileSync(`${folder}/config.json`, JSON.stringify(config));
  const numbers = new Numbers(SEED);
  const made = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, shape] of Object.entries(tensors)) {
    const data = numbers.take(shape.reduce((product, size) => product * size, 1));
    for (let i = 0; i < data.length; i++) {
      data[i] = name.includes("norm") ? 1 + Math.fround(data[i] * 0.25) : data[i] * 0.5;
    }
    if (name === file.nan) data[3] = NaN;
    made.set(name, { shape, data });
  }
  for (const [name, other] of Object.entries(file.extra ?? {})) {
    if (typeof other === "string") made.set(name, made.get(other)!);
  }
  const { dtype = "F32", shards = 1, strip = "", prefix = "" } = file;
  const renamed = [...made].map(([name, tensor]) =>
    [prefix + (name.startsWith(strip) ? name.slice(strip.length) : name), tensor] as const
  );
  if (shards === 1) {
    Deno.writeFileSync(`${folder}/${file.file ?? "model.safetensors"}`, safetensors(renamed, dtype));
    return;
  }
  const fileOf = (i: number) => `model-0000${i % shards + 1}-of-0000${shards}.safetensors`;
  for (let shard = 0; shard < shards; shard++) {
    const own = renamed.filter((_, i) => i % shards === shard);
    Deno.writeFileSync(`${folder}/${fileOf(shard)}`, safetensors(own, dtype));
  }
  const weightMap = Object.fromEntries(renamed.map(([name], i) => [name, fileOf(i)]));
  Deno.writeTextFileSync(`${folder}/model.safetensors.index.json`, JSON.stringify({ weight_map: weightMap }));
}

function safetensors(
  tensors: readonly (readonly [string, { shape: readonly number[]; data: Float32Array }])[],
  dtype: Dtype,
): Uint8Array {
  const header: Record<string, unknown> = {};
  let end = 0;
  for (const [name, { shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [end, end += data.length * BYTES[dtype]] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  let at = 8 + text.length;
  for (const [, { data }] of tensors) {
    const stored = encode(data, dtype);
    bytes.set(stored, at);
    at += stored.length;
  }
  return bytes;
}

function encode(data: Float32Array, dtype: Dtype): Uint8Array {
  const view = (array: ArrayBufferView) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  switch (dtype) {
    case "F32":
      return view(data);
    case "F16":
      return view(Float16Array.from(data));
    case "F64":
      return view(Float64Array.from(data));
    case "BF16": {
      // To nearest, ties to even.
      const bits = new Uint32Array(data.buffer);
      return view(Uint16Array.from(bits, (word) => (word + 0x7fff + ((word >>> 16) & 1)) >>> 16));
    }
    case "F8_E4M3":
      return new Uint8Array(data.length);
  }
}

/** Sums of some hundred terms in float32, after blocks of GELU, where transformers' own float32 differs by as much. */
const TOLERANCE = 2e-5;

/** Writes a kind's folder for as long as it is used. */
export async function withKind(kind: Kind, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    writeKind(folder, kind);
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function assertClose(
  actual: ArrayLike<number>,
  expected: readonly number[],
  what: string,
  tolerance: number,
): void {
  const scale = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    const error = Math.abs(actual[i] - value);
    assert(error <= tolerance * scale, `${what}[${i}] is ${actual[i]}, expected ${value}`);
  });
}

/** Logits by decoding on from a prompt, and by a pass over the whole text with its gradients. */
export async function checkKind(
  model: LanguageModel,
  { logits, slopes }: Kind,
  tolerance = TOLERANCE,
): Promise<void> {
  const V = model.config.vocabularySize, [first] = POSITIONS;
  const prompt = Int32Array.from(TEXT.slice(0, first + 1));
  const decoder = wholeRowsOf(await model.decode([prompt], [1], TEXT.length), V);
  let [row] = await decoder.prompts(1);
  for (let position = first;; position++) {
    const at = POSITIONS.indexOf(position);
    if (at >= 0) assertClose(row, logits![at], `decoded logits at ${position}`, tolerance);
    if (position + 1 === TEXT.length) break;
    [row] = await decoder.step(Int32Array.of(0), tokenRows(Int32Array.of(TEXT[position + 1])));
  }
  decoder.dispose();

  const numbers = new Numbers(SEED + 1);
  const coefficients = numbers.take(TEXT.length * V);
  const group = { prompt: Int32Array.of(TEXT[0]), completions: [tokenRows(Int32Array.from(TEXT.slice(1)))] };
  const seen = new Set<number>();
  await model.accumulate(
    [group],
    onWholeRows(V, ({ action, logits: row, gradient }) => {
      seen.add(action);
      const at = POSITIONS.indexOf(action);
      if (at >= 0) assertClose(row, logits![at], `logits at ${action}`, tolerance);
      gradient.set(coefficients.subarray(action * V, (action + 1) * V));
    }),
  );
  assertEquals(seen.size, TEXT.length);
  const gradients = await model.gradients();
  const found: number[] = [], expected: number[] = [];
  for (const [name, slope] of Object.entries(slopes!)) {
    const { data } = gradients.get(name)!;
    const weights = numbers.take(data.length);
    // What is fed is fixed, so the table of an untied head has no gradient.
    const size = Math.hypot(...data) * Math.hypot(...weights) || 1;
    found.push(data.reduce((sum, value, i) => sum + value * weights[i], 0) / size);
    expected.push(slope / size);
  }
  assertClose(found, expected, "products of gradients", tolerance);
}
