import { assertEquals } from "@std/assert";
import { compileKernels, createSharedMemory, instantiateKernels } from "../../src/engine/kernels.ts";
import { toBf16 } from "./bf16.ts";
import { Numbers } from "./golden.ts";

// Every entry is one chain of multiply-adds over k, so the product can be written down exactly: two roundings a step in
// the plain build. (The relaxed build is compared with the C kernel, whose fused operation JavaScript lacks.)
const { module } = await compileKernels("plain");
const memory = createSharedMemory(64);
const kernels = instantiateKernels(module, memory);
/** Columns of a panel of vectors of four. */
const PANEL = 8;
const [A, B, C, PACKED] = [0x10000, 0x110000, 0x210000, 0x310000];

/** Sizes around the tile (5, 8), the block (40, 128) and the width from which blocks are gathered (48). */
const SIZES = [[1, 1, 1], [5, 8, 3], [7, 11, 13], [41, 47, 31], [43, 53, 129], [83, 61, 257], [4, 97, 131]];

for (const [m, n, k] of SIZES) {
  for (const transposed of [false, true]) {
    for (const accumulate of [false, true]) {
      const name = `(${m}, ${k}) x (${k}, ${n})${transposed ? ", left factor transposed" : ""}`;
      Deno.test(`product ${name}${accumulate ? ", added to C" : ""}: each entry is one chain over k`, () => {
        const numbers = new Numbers(m * n * k);
        const aStride = (transposed ? m : k) + 3, bStride = n + 5, cStride = n + 2;
        const a = new Float32Array(memory.buffer, A, (transposed ? k : m) * aStride + 8);
        const b = new Float32Array(memory.buffer, B, k * bStride + 8);
        const c = new Float32Array(memory.buffer, C, m * cStride + 8);
        for (const values of [a, b, c]) values.set(numbers.take(values.length));
        const expected = c.slice();
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = accumulate ? c[i * cStride + j] : 0;
            for (let l = 0; l < k; l++) {
              const left = transposed ? a[l * aStride + i] : a[i * aStride + l];
              sum = Math.fround(sum + Math.fround(left * b[l * bStride + j]));
            }
            expected[i * cStride + j] = sum;
          }
        }
        const start = c.slice();
        kernels.product(transposed, m, n, k, A, aStride, B, bStride, 0, accumulate, C, cStride);
        assertEquals(c.slice(), expected);

        c.set(start);
        kernels.pack(B, bStride, k, n, PACKED, PANEL);
        kernels.product(transposed, m, n, k, A, aStride, PACKED, PANEL, k * PANEL, accumulate, C, cStride);
        assertEquals(c.slice(), expected, "in panels");
      });
    }
  }
}

for (const [m, n, k] of [...SIZES, [3, 5, 2], [17, 23, 137]]) {
  for (const accumulate of [false, true]) {
    const name = `(${m}, ${k}) x (${k}, ${n}) in bf16${accumulate ? ", added to C" : ""}`;
    Deno.test(`product ${name}: each entry is one chain over k of rounded numbers`, () => {
      const numbers = new Numbers(m + n * k);
      const aStride = k + 3, bStride = n + 5, cStride = n + 2;
      const a = new Float32Array(memory.buffer, A, m * aStride);
      const b = new Float32Array(memory.buffer, B, k * bStride);
      const c = new Float32Array(memory.buffer, C, m * cStride);
      for (const values of [a, b, c]) values.set(numbers.take(values.length));
      const expected = c.slice();
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = accumulate ? c[i * cStride + j] : 0;
          for (let l = 0; l < k; l++) {
            sum = Math.fround(sum + Math.fround(a[i * aStride + l] * toBf16(b[l * bStride + j])));
          }
          expected[i * cStride + j] = sum;
        }
      }
      kernels.packBf16(B, bStride, k, n, PACKED, PANEL);
      kernels.productBf16(m, n, k, A, aStride, PACKED, accumulate, C, cStride);
      assertEquals(c.slice(), expected);
    });
  }
}

Deno.test("a matrix and its transpose are packed panel by panel, the last one narrower", () => {
  const [rows, columns, stride, width] = [71, 67, 73, 32];
  const from = new Float32Array(memory.buffer, A, rows * stride);
  from.set(new Numbers(rows).take(from.length));
  const to = new Float32Array(memory.buffer, PACKED, rows * 3 * width);
  const untouched = -1;
  const read = (work: () => void) => {
    to.fill(untouched);
    work();
    return to.slice();
  };
  const expected = (height: number, count: number, at: (row: number, column: number) => number) => {
    const panels = new Float32Array(to.length).fill(untouched);
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < count; c++) {
        panels[Math.floor(c / width) * height * width + r * width + c % width] = from[at(r, c)];
      }
    }
    return panels;
  };
  assertEquals(
    read(() => kernels.pack(A, stride, rows, columns, PACKED, width)),
    expected(rows, columns, (r, c) => r * stride + c),
  );
  assertEquals(
    read(() => kernels.packTransposed(A, stride, rows, columns, PACKED, width)),
    expected(columns, rows, (r, c) => c * stride + r),
  );
});

Deno.test("panels in bf16 have two columns a word, half a panel apart, and zeros behind the last ones", () => {
  const [rows, columns, stride, width] = [13, 37, 41, 16];
  const from = new Float32Array(memory.buffer, A, rows * stride);
  from.set(new Numbers(rows).take(from.length));
  const read = (work: () => void, count: number) => {
    const halves = new Uint16Array(memory.buffer, PACKED, count);
    halves.fill(0xffff);
    work();
    return halves.slice();
  };
  const upperHalf = (value: number) => new Uint16Array(Float32Array.of(toBf16(value)).buffer)[1];
  const expected = (height: number, count: number, at: (row: number, column: number) => number) => {
    const panels = new Uint16Array(height * Math.ceil(count / width) * width);
    for (let r = 0; r < height; r++) {
      for (let c = 0; c < count; c++) {
        const within = c % width, place = within < width / 2 ? 2 * within : 2 * within - width + 1;
        panels[Math.floor(c / width) * height * width + r * width + place] = upperHalf(from[at(r, c)]);
      }
    }
    return panels;
  };
  const packed = expected(rows, columns, (r, c) => r * stride + c);
  assertEquals(read(() => kernels.packBf16(A, stride, rows, columns, PACKED, width), packed.length), packed);
  const transposed = expected(columns, rows, (r, c) => c * stride + r);
  assertEquals(
    read(() => kernels.packTransposedBf16(A, stride, rows, columns, PACKED, width), transposed.length),
    transposed,
  );
});

Deno.test("a number becomes the nearest bf16, the even one of two, in both directions and at every end", () => {
  const words = [
    ...[0x3f800000, 0x3f800001, 0x3f807fff, 0x3f808000, 0x3f808001, 0x3f818000, 0xbf818000, 0xbf807fff],
    ...[0x00000000, 0x80000000, 0x00000001, 0x00007fff, 0x00008000, 0x00018000, 0x7f7f7fff, 0x7f7f8000, 0xff7fffff],
    ...[0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001],
  ];
  const rounded = [
    ...[0x3f80, 0x3f80, 0x3f80, 0x3f80, 0x3f81, 0x3f82, 0xbf82, 0xbf80],
    ...[0x0000, 0x8000, 0x0000, 0x0000, 0x0000, 0x0002, 0x7f7f, 0x7f80, 0xff80],
    ...[0x7f80, 0xff80, 0x7fc0, 0x7fc0],
  ];
  new Uint32Array(memory.buffer, A, words.length).set(words);
  kernels.packBf16(A, words.length, 1, words.length, PACKED, 2 * words.length);
  const halves = new Uint16Array(memory.buffer, PACKED, 2 * words.length).filter((_, i) => i % 2 === 0);
  assertEquals([...halves], rounded);
});
