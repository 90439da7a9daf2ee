import { assertEquals } from "@std/assert";
import { firstNonFinite, narrowToBfloat16, widenInto } from "../../src/checkpoint/half_floats.ts";

function widened(bits: number[], type: "F16" | "BF16"): number[] {
  const target = new Float32Array(bits.length);
  widenInto(target, new Uint8Array(Uint16Array.from(bits).buffer), type);
  return [...target];
}

Deno.test("F16 widens exactly, subnormals and infinity included (IEEE 754 binary16)", () => {
  assertEquals(widened([0x3c00, 0xc000, 0x7bff, 0x0001, 0x3555, 0x8000, 0x7c00], "F16"), [
    1,
    -2,
    65504,
    2 ** -24,
    0.333251953125,
    -0,
    Infinity,
  ]);
});

Deno.test("BF16 is the upper half of F32", () => {
  assertEquals(widened([0x3f80, 0xc049, 0x0080, 0x7f7f], "BF16"), [1, -3.140625, 2 ** -126, 255 * 2 ** 120]);
});

Deno.test("rounding to BF16 goes to the nearest, ties to even, as torch.bfloat16 does", () => {
  // torch.tensor([...]).to(torch.bfloat16).view(torch.int16): ties at 1 + 2^-8 (down), 1 + 3·2^-8 (up).
  const values = Float32Array.of(1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -8 + 2 ** -20, -1 - 3 * 2 ** -8, 3.14159274);
  assertEquals([...narrowToBfloat16(values)], [0x3f80, 0x3f80, 0x3f82, 0x3f81, 0xbf82, 0x4049]);
});

Deno.test("BF16 values survive being widened and narrowed", () => {
  const bits = Uint16Array.from({ length: 256 }, (_, i) => (i * 0x0101 ^ 0x2345) & 0x7f7f);
  const target = new Float32Array(bits.length);
  widenInto(target, new Uint8Array(bits.buffer), "BF16");
  assertEquals(narrowToBfloat16(target), bits);
});

Deno.test("the first NaN or infinity is found", () => {
  assertEquals(firstNonFinite(Float32Array.of(1, -2, 3e38)), -1);
  assertEquals(firstNonFinite(Float32Array.of(1, -Infinity, NaN)), 1);
  assertEquals(firstNonFinite(Float32Array.of(1, 2, NaN)), 2);
});
