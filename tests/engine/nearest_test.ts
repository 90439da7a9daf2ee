/** Exponentials and logarithms of the kernels against exact values. */
import { assertEquals } from "@std/assert";
import { nativeBuilds, testMemory, wasmBuilds } from "./every_build.ts";
import golden from "../golden/nearest.json" with { type: "json" };

const Z = 0x10000;

for (const { name, open } of [...await wasmBuilds(), ...await nativeBuilds()]) {
  const memory = testMemory(), kernels = open(memory);
  // One logit, 0, less the largest, which is -x.
  const exponential = (x: number) => kernels.exponentialSum(Z, 1, -x, 1);

  Deno.test(`${name}: exp and log are the doubles next to their exact values`, () => {
    for (const cases of Object.values(golden.exp)) {
      for (const [x, y] of cases) assertEquals(exponential(x), y, `exp ${x}`);
    }
    for (const cases of Object.values(golden.log)) {
      for (const [x, y] of cases) assertEquals(kernels.logarithm(x), y, `log ${x}`);
    }
  });

  Deno.test(`${name}: exp at the ends of what it can be`, () => {
    // 2^-1074 is the smallest double; half of it, and all below, rounds to 0.
    const ends = [
      ...[[0, 1], [-0, 1], [-Infinity, 0], [Infinity, Infinity], [NaN, NaN], [-1e300, 0], [1e300, Infinity]],
      ...[[-745.1332191019411, 2 ** -1074], [-745.1332191019412, 0], [2 ** -54, 1], [-(2 ** -55), 1]],
      ...[[709.782712893384, 1.7976931348622732e308], [709.7827128933841, Infinity], [2 ** -52, 1 + 2 ** -52]],
    ];
    for (const [x, y] of ends) assertEquals(exponential(x), y, `exp ${x}`);
  });

  Deno.test(`${name}: lanes of one vector do not disturb each other`, () => {
    const logits = [0, -Infinity, -1, -750, -30, -708.5, -2, 0, -0.25];
    new Float32Array(memory.buffer, Z, logits.length).set(logits);
    const alone = logits.map((z) => exponential(z));
    for (let count = 1; count <= logits.length; count++) {
      const expected = alone.slice(0, count).reduce((sum, weight) => sum + weight, 0);
      new Float32Array(memory.buffer, Z, count).set(logits.slice(0, count));
      assertEquals(kernels.exponentialSum(Z, count, 0, 1), expected, `${count} logits`);
      new Float32Array(memory.buffer, Z, 1).fill(0);
    }
  });
}
