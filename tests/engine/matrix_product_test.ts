import { assertEquals } from "@std/assert";
import { compileKernels, createSharedMemory, instantiateKernels } from "../../src/engine/kernels.ts";
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
