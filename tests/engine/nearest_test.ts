/** Exponentials and logarithms of the kernels against exact values. */
import { assertEquals } from "@std/assert";
import { nativeBuilds, testMemory, wasmBuilds } from "./every_build.ts";
import golden from "../golden/nearest.json" with { type: "json" };

for (const { name, open } of [...await wasmBuilds(), ...await nativeBuilds()]) {
  const kernels = open(testMemory());
  Deno.test(`${name}: exp and log are the doubles next to their exact values`, () => {
    for (const cases of Object.values(golden.exp)) {
      for (const [x, y] of cases) assertEquals(kernels.exponential(x), y, `exp ${x}`);
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
    for (const [x, y] of ends) assertEquals(kernels.exponential(x), y, `exp ${x}`);
  });
}
