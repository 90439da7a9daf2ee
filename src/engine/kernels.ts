/**
 * The kernels' signatures, and their builds for WebAssembly: the choice between the one with relaxed multiply-add and the
 * plain one. Sources in `kernels/`, built by `deno task build:engine`.
 *
 * Every address is a byte offset into the shared memory, every stride a number of floats from row to row.
 *
 * @module
 */
import { BenchError } from "../errors.ts";

/** How a·b + c rounds: once (`relaxed`, on machines that fuse it) or twice (`plain`, the same bytes everywhere). */
export type KernelPath = "relaxed" | "plain";

/** Each function is documented where it is written, in `kernels/`. */
export interface Kernels {
  fusionResidue(): number;
  product(
    transposed: boolean,
    rows: number,
    columns: number,
    depth: number,
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    bPanel: number,
    accumulate: boolean,
    c: number,
    cStride: number,
  ): void;
  productBf16(
    rows: number,
    columns: number,
    depth: number,
    a: number,
    aStride: number,
    b: number,
    accumulate: boolean,
    c: number,
    cStride: number,
  ): void;
  transpose(from: number, fromStride: number, rows: number, columns: number, to: number, toStride: number): void;
  pack(from: number, fromStride: number, rows: number, columns: number, to: number, width: number): void;
  packTransposed(from: number, fromStride: number, rows: number, columns: number, to: number, width: number): void;
  packBf16(from: number, fromStride: number, rows: number, columns: number, to: number, width: number): void;
  packTransposedBf16(from: number, fromStride: number, rows: number, columns: number, to: number, width: number): void;
  rmsNorm(
    x: number,
    xStride: number,
    weight: number,
    y: number,
    yStride: number,
    inverse: number,
    rows: number,
    groups: number,
    width: number,
    epsilon: number,
    offset: number,
  ): void;
  rmsNormBackward(
    x: number,
    xStride: number,
    weight: number,
    inverse: number,
    dy: number,
    dyStride: number,
    accumulate: boolean,
    dx: number,
    dxStride: number,
    dWeight: number,
    rows: number,
    groups: number,
    width: number,
    offset: number,
  ): void;
  rope(
    x: number,
    xStride: number,
    positions: number,
    table: number,
    rows: number,
    heads: number,
    size: number,
    turned: number,
    inverse: boolean,
  ): void;
  swiglu(gateUp: number, hidden: number, rows: number, width: number): void;
  swigluBackward(gateUp: number, dHidden: number, rows: number, width: number): void;
  geglu(gateUp: number, hidden: number, rows: number, width: number): void;
  gegluBackward(gateUp: number, dHidden: number, rows: number, width: number): void;
  gegluTanh(gateUp: number, hidden: number, rows: number, width: number): void;
  gegluTanhBackward(gateUp: number, dHidden: number, rows: number, width: number): void;
  addBias(x: number, bias: number, rows: number, width: number): void;
  addColumnSums(x: number, sums: number, rows: number, width: number): void;
  copyRows(from: number, fromStride: number, to: number, toStride: number, rows: number, width: number): void;
  gatherRows(from: number, index: number, to: number, count: number, width: number): void;
  scatterRows(from: number, index: number, to: number, count: number, width: number): void;
  scatterAddRows(from: number, index: number, to: number, count: number, width: number): void;
  fillZero(at: number, count: number): void;
  embed(
    ids: number,
    weights: number,
    offset: number,
    kept: number,
    table: number,
    out: number,
    rows: number,
    width: number,
  ): void;
  embedBackward(
    ids: number,
    weights: number,
    kept: number,
    dOut: number,
    dTable: number,
    rows: number,
    width: number,
  ): void;
  attentionBlockRows(): number;
  attention(
    q: number,
    k: number,
    v: number,
    kPrefix: number,
    vPrefix: number,
    stride: number,
    prefix: number,
    own: number,
    size: number,
    window: number,
    scale: number,
    out: number,
    outStride: number,
    keysT: number,
    p: number,
    scoreStride: number,
  ): void;
  attentionBackward(
    q: number,
    k: number,
    v: number,
    kPrefix: number,
    vPrefix: number,
    stride: number,
    prefix: number,
    own: number,
    size: number,
    window: number,
    scale: number,
    dOut: number,
    outStride: number,
    dq: number,
    dk: number,
    dv: number,
    dkPrefix: number,
    dvPrefix: number,
    keysT: number,
    valuesT: number,
    p: number,
    dp: number,
    scoreStride: number,
  ): void;
  keyBlock(): number;
  storeKeysValues(
    keys: number,
    values: number,
    stride: number,
    count: number,
    cache: number,
    capacity: number,
    heads: number,
    size: number,
  ): void;
  cachedAttention(
    qkv: number,
    stride: number,
    rows: number,
    heads: number,
    kvHeads: number,
    size: number,
    window: number,
    scale: number,
    own: number,
    ownCapacity: number,
    sequences: number,
    lengths: number,
    prefix: number,
    prefixOffsets: number,
    prefixLengths: number,
    scores: number,
    out: number,
  ): void;
  readRows(memory: number, rows: number, rowCount: number, count: number, embedding: number, width: number): void;
  addRowSlopes(
    memory: number,
    rows: number,
    rowCount: number,
    count: number,
    embedding: number,
    width: number,
    gradient: number,
  ): void;
  exponential(x: number): number;
  logarithm(x: number): number;
  sumShards(first: number, shardBytes: number, shards: number, count: number): number;
  adamw(
    weights: number,
    gradients: number,
    first: number,
    second: number,
    count: number,
    gradientScale: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    decay: number,
    rate: number,
    correction: number,
    epsilon: number,
  ): void;
}

/** Of a WebAssembly memory. */
export const PAGE_BYTES = 65536;
/** Largest memory of 32-bit WebAssembly that a linker can name, in pages: 4 GiB less one page. */
export const MAX_PAGES = 65535;
/** What the calls of one instance may lay aside between them, in one memory with other instances. */
export const STACK_BYTES = 32768;

/** A shared memory as the kernels import it. */
export function createSharedMemory(initialPages = 1): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: initialPages, maximum: MAX_PAGES, shared: true });
}

/**
 * The kernels over one memory.
 *
 * @param stack address of `STACK_BYTES` that are this instance's alone; absent where no other one computes
 */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory, stack?: number): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (stack !== undefined) (exports.__stack_pointer as WebAssembly.Global).value = stack + STACK_BYTES;
  return exports as unknown as Kernels;
}

/** What the kernels tell without a memory. */
export function memorylessKernels(
  module: WebAssembly.Module,
): Pick<Kernels, "fusionResidue" | "attentionBlockRows" | "keyBlock"> {
  const { fusionResidue, attentionBlockRows, keyBlock } = instantiateKernels(module, createSharedMemory());
  return { fusionResidue, attentionBlockRows, keyBlock };
}

/**
 * Compiles the kernels: the path asked for, or else relaxed where this machine fuses it and plain where not.
 *
 * @throws {BenchError} If the relaxed path is asked for on a machine that does not fuse it
 */
export async function compileKernels(path?: KernelPath): Promise<{ module: WebAssembly.Module; path: KernelPath }> {
  if (path === "plain") return { module: await compile("plain"), path };
  const module = await compile("relaxed");
  if (memorylessKernels(module).fusionResidue() !== 0) return { module, path: "relaxed" };
  if (path === undefined) return { module: await compile("plain"), path: "plain" };
  throw new BenchError(
    "Cannot use the relaxed kernels: this machine does not fuse multiply-add; use the plain kernels",
  );
}

/** Once a process: engines come and go. */
const compiled = new Map<KernelPath, Promise<WebAssembly.Module>>();

function compile(path: KernelPath): Promise<WebAssembly.Module> {
  const known = compiled.get(path) ?? Deno.readFile(kernelFile(path)).then((bytes) => WebAssembly.compile(bytes));
  compiled.set(path, known);
  return known;
}

/** Where the built kernels lie. */
export function kernelFile(path: KernelPath): URL {
  return new URL(`./kernels_${path}.wasm`, import.meta.url);
}
