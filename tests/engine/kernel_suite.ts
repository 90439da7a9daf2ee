/** Tests of every kernel of one build against the relaxed kernels of WebAssembly, for a machine that has those. */
import { assertEquals } from "@std/assert";
import { scoreStride } from "../../src/engine/activations.ts";
import { compileKernels, instantiateKernels } from "../../src/engine/kernels.ts";
import type { NativeKernels } from "../../src/engine/native/kernels.ts";
import type { Sgemm } from "../../src/engine/weight_product.ts";
import { type Build, testMemory } from "./every_build.ts";
import { toBf16 } from "./bf16.ts";
import { Numbers } from "./golden.ts";

/** Odd sizes around every tile and block of both kernels; a single row, a single column, a single step. */
const SIZES = [
  ...[[1, 1, 1], [6, 32, 3], [7, 33, 13], [49, 65, 129], [53, 97, 257], [5, 31, 131], [61, 127, 64]],
  ...[[1, 67, 128], [48, 1, 127], [97, 64, 1], [12, 16, 256]],
] as const;

/** Addresses of operands: far enough apart for all sizes here. */
const PLACE_BYTES = 0x20000;
const [P0, P1, P2, P3, P4, P5, P6, P7, P8, P9] = Array.from({ length: 10 }, (_, i) => 0x10000 + i * PLACE_BYTES);
const END = P9 + PLACE_BYTES;
/** Where small whole numbers lie: rows, positions, lengths. */
const INTS = P9;
const WINDOW_OF_ALL = 0x7fffffff;

type Call = readonly [kernel: keyof NativeKernels, ...numbers: (number | boolean)[]];

/** Widths around every vector; rows that lie apart. */
const CALLS: readonly Call[] = [1, 3, 4, 7, 13, 16, 17, 31, 32, 61].flatMap((width): Call[] => [
  ["transpose", P0, width + 2, 11, width, P1, 13],
  ["pack", P0, width + 2, 11, width, P1, 8],
  ["packTransposed", P0, width + 2, 11, width, P1, 8],
  ["packBf16", P0, width + 2, 11, width, P1, 16],
  ["packTransposedBf16", P0, width + 2, 11, width, P1, 16],
  ["rmsNorm", P0, 3 * width + 1, P1, P2, 3 * width + 5, P3, 5, 3, width, 1e-6, 0],
  ["rmsNorm", P0, width, P1, P2, width, P3, 5, 1, width, 1e-6, 1],
  ["rmsNormBackward", P0, 3 * width, P1, P2, P3, 3 * width, false, P4, 3 * width, P5, 5, 3, width, 0],
  ["rmsNormBackward", P0, width, P1, P2, P3, width, true, P4, width, P5, 5, 1, width, 1],
  ["rope", P0, 5 * 2 * width + 3, INTS, P1, 7, 5, 2 * width, 2 * width, false],
  ["rope", P0, 5 * 2 * width + 3, INTS, P1, 7, 5, 2 * width, width & ~1, true],
  ["swiglu", P0, P1, 5, width],
  ["swigluBackward", P0, P1, 5, width],
  ["geglu", P0, P1, 5, width],
  ["gegluBackward", P0, P1, 5, width],
  ["gegluTanh", P0, P1, 5, width],
  ["gegluTanhBackward", P0, P1, 5, width],
  ["addBias", P0, P1, 5, width],
  ["addColumnSums", P0, P1, 5, width],
  ["copyRows", P0, width + 3, P1, width + 1, 5, width],
  ["gatherRows", P0, INTS, P1, 7, width],
  ["scatterRows", P0, INTS, P1, 7, width],
  ["scatterAddRows", P0, INTS, P1, 7, width],
  ["fillZero", P0, width],
  ["embed", INTS, P0, P1, 3, P2, P3, 5, width],
  ["embed", INTS, P0, 0, 3, P2, P3, 5, width],
  ["embedBackward", INTS, P0, 3, P1, P2, 5, width],
  ["sumShards", P0, 0x8000, 3, 4 * width],
  ["adamw", P0, P1, P2, P3, 4 * width, 0.7, 0.9, 0.1, 0.99, 0.01, 0.999, 1e-3, 1.5, 1e-8],
  ...[[0, 5, WINDOW_OF_ALL], [23, 47, WINDOW_OF_ALL], [3, 43, 11]].flatMap(([prefix, own, window]): Call[] => {
    const stride = 3 * width + 1, total = scoreStride(prefix + own);
    const heads = [P0, P0 + 4 * width, P0 + 8 * width, P1, P1 + 4 * width, stride, prefix, own, width, window] as const;
    const slopes = [P4, P4 + 4 * width, P4 + 8 * width, P5, P5 + 4 * width] as const;
    return [
      ["attention", ...heads, 0.3, P2, width + 2, P6, P8, total],
      ["attentionBackward", ...heads, 0.3, P2, width + 2, ...slopes, P6, P7, P8, P3, total],
    ];
  }),
  ["storeKeysValues", P0, P1, 2 * width + 3, 7, P2, 16, 2, width],
  // 2 key heads for 4 heads; lengths, sequences and prompts by the whole numbers.
  [
    "cachedAttention",
    P0,
    8 * width + 1,
    3,
    4,
    2,
    width,
    WINDOW_OF_ALL,
    0.3,
    P1,
    16,
    INTS,
    INTS,
    P5,
    INTS + 64,
    INTS,
    P7,
    P8,
  ],
  ["cachedAttention", P0, 8 * width + 1, 3, 4, 2, width, 2, 0.3, P1, 16, INTS, INTS, P5, INTS + 64, INTS, P7, P8],
  ["exponential", -width / 3],
  ["logarithm", width / 3],
]);

/** Scratch of kernels, of which builds fill as much as their vectors and panels take. */
const SCRATCH: { readonly [kernel: string]: readonly number[] } = {
  attention: [P6, P8],
  attentionBackward: [P6, P7, P8, P3],
  cachedAttention: [P7],
};

/** Names the first word that differs; there are hundreds of millions in all. */
function assertSameWords(found: Uint32Array, expected: Uint32Array, call: string): void {
  let differing = 0;
  while (differing < expected.length && found[differing] === expected[differing]) differing++;
  assertEquals(differing, expected.length, `${call} at ${P0 + 4 * differing}`);
}

/** Registers the tests. */
export function testKernels(build: Build): void {
  Deno.test(`products by ${build.name} have the bytes of the relaxed kernels`, () => assertProducts(build));
  Deno.test(`every kernel by ${build.name} leaves the bytes that the relaxed one leaves`, () => assertKernels(build));
}

async function assertProducts({ lanes, open }: Build): Promise<void> {
  const memory = testMemory();
  const kernels = instantiateKernels((await compileKernels("relaxed")).module, memory);
  const [a, b, c, packed] = [0x10000, 0x110000, 0x210000, 0x310000];
  const own = open(memory), { product } = own;
  for (const [m, n, k] of SIZES) {
    // Rows that lie apart: what is between them is neither taken nor touched.
    for (const gap of [0, 3]) {
      for (const transposed of [false, true]) {
        for (const accumulate of [false, true]) {
          const aStride = (transposed ? m : k) + gap, bStride = n + gap, cStride = n + gap;
          const numbers = new Numbers(m + n + k);
          const fill = (at: number, count: number) =>
            new Float32Array(memory.buffer, at, count).set(numbers.take(count));
          fill(a, aStride * (transposed ? k : m));
          fill(b, bStride * k);
          const out = new Float32Array(memory.buffer, c, cStride * m);
          const start = numbers.take(cStride * m);
          const run = (sgemm: Sgemm, at: number, stride: number, panel: number) => {
            out.set(start);
            sgemm(transposed, m, n, k, a, aStride, at, stride, panel, accumulate, c, cStride);
            return out.slice();
          };
          const what = `${m} ${n} ${k} ${gap} ${transposed} ${accumulate}`;
          const expected = run(kernels.product, b, bStride, 0);
          assertEquals(run(product, b, bStride, 0), expected, what);
          for (const [multiply, width] of [[kernels.product, 8], [product, 2 * lanes]] as const) {
            kernels.pack(b, bStride, k, n, packed, width);
            assertEquals(run(multiply, packed, width, k * width), expected, `${what}, in panels`);
          }
          if (transposed) continue;
          const exact = new Float32Array(memory.buffer, b, bStride * k);
          exact.set(exact.map(toBf16));
          const ofBf16 = run(kernels.product, b, bStride, 0);
          for (const [{ productBf16 }, width] of [[kernels, 8], [own, 2 * lanes]] as const) {
            out.set(start);
            kernels.packBf16(b, bStride, k, n, packed, width);
            productBf16(m, n, k, a, aStride, packed, accumulate, c, cStride);
            assertEquals(out.slice(), ofBf16, `${what}, in panels of bf16`);
          }
        }
      }
    }
  }
}

async function assertKernels({ open }: Build): Promise<void> {
  const memory = testMemory();
  const relaxed = instantiateKernels((await compileKernels("relaxed")).module, memory);
  const native = open(memory);
  const start = new Numbers(7).take((END - P0) / 4);
  const words = new Uint32Array(memory.buffer, P0, start.length);
  const left = (kernel: (...numbers: never[]) => unknown, numbers: readonly unknown[], scratch: readonly number[]) => {
    new Float32Array(memory.buffer, P0, start.length).set(start);
    // Squares of gradients and positions are what these are.
    for (const at of [P3, P2]) for (let i = 0; i < 4 * 61; i++) words[(at - P0) / 4 + i] &= 0x7fffffff;
    new Int32Array(memory.buffer, INTS, 16).set([2, 0, 1, 2, 0, 1, 1, 0, 2, 1, 0, 2, 1, 0, 1, 2]);
    new Uint32Array(memory.buffer, INTS + 64, 3).set([0, 0, 0]);
    const answer = kernel(...numbers as never[]);
    for (const at of scratch) words.fill(0, (at - P0) / 4, (at - P0) / 4 + PLACE_BYTES / 4);
    return { answer, words: words.slice() };
  };
  for (const [name, ...numbers] of CALLS) {
    const scratch = SCRATCH[name] ?? [];
    const expected = left(relaxed[name], numbers, scratch), found = left(native[name], numbers, scratch);
    assertEquals(found.answer, expected.answer, name);
    assertSameWords(found.words, expected.words, `${name}(${numbers.join(", ")})`);
  }
}
