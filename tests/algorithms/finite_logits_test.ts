import { assertEquals, assertThrows } from "@std/assert";
import { requireFiniteLogits } from "../../src/algorithms/finite_logits.ts";
import { BenchError } from "../../src/errors.ts";
import { readRow } from "../../src/models/host_readings.ts";

const PURPOSE = () => "draw position 7 of problem p0";

for (
  const [row, found] of [
    [[1, -2, 5, NaN, NaN], "hold NaN (id 3)"],
    [[Infinity, NaN], "hold Infinity (id 0)"],
    [[-Infinity, Infinity], "hold Infinity (id 1)"],
    [[-Infinity, -Infinity, -Infinity], "hold -Infinity alone"],
    [[], "hold -Infinity alone"],
  ] as const
) {
  Deno.test(`logits are refused: [${row}] ${found}`, () => {
    const error = assertThrows(
      () => requireFiniteLogits(readRow(Float32Array.from(row), { top: 1 }), PURPOSE),
      BenchError,
    );
    assertEquals(
      error.message,
      `Cannot draw position 7 of problem p0: the model's logits ${found}, expected finite numbers; the weights are ` +
        "damaged or training diverged: go back to an earlier checkpoint, or lower the learning rate",
    );
  });
}

Deno.test("finite logits pass, with tokens that cannot come among them, and nobody asks what for", () => {
  const purpose = () => {
    throw new Error("asked");
  };
  requireFiniteLogits(readRow(Float32Array.of(-3e38, 3e38), { top: 1 }), purpose);
  requireFiniteLogits(readRow(Float32Array.of(-Infinity, 0, -Infinity), { top: 1 }), purpose);
});
