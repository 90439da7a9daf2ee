import { assert, assertEquals } from "@std/assert";
import { float32s, float32sOf, float64s, int32s, int32sOf } from "../../src/models/small_arrays.ts";

Deno.test("arrays of all kinds and sizes begin as zeros, and no two share a byte", () => {
  const makers = [float64s, float32s, int32s];
  const held = Array.from({ length: 5003 }, (_, i) => {
    const array = makers[i % 3](i % 307);
    assertEquals([array.length, array.every((value) => value === 0)], [i % 307, true]);
    return array.fill(i + 1);
  });
  held.forEach((array, i) => assert(array.every((value) => value === i + 1), `array ${i} was written to`));
});

Deno.test("a large array has a buffer of its own, small ones lie in one", () => {
  assertEquals(float64s(1009).buffer.byteLength, 1009 * 8);
  assert(float32s(3).buffer.byteLength > 3 * 4);
});

Deno.test("numbers are rounded as arrays of their kind round them", () => {
  assertEquals(float32sOf([0.1, -7, 2 ** 24 + 1]), Float32Array.of(0.1, -7, 2 ** 24 + 1));
  assertEquals(int32sOf([3, -5]), Int32Array.of(3, -5));
  assertEquals([float32sOf([]).length, int32sOf([]).length], [0, 0]);
});
