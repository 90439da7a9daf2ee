import { assertEquals } from "@std/assert";
import { largeStepTable } from "../../../benchmarks/peers/large_step_table.ts";

/** Rounds of a peer: seconds, of them decoding, of the processor. */
function rounds(...times: readonly (readonly [seconds: number, decodeSeconds: number, cpuSeconds: number])[]) {
  return times.map(([seconds, decodeSeconds, cpuSeconds]) => ({ seconds, decodeSeconds, cpuSeconds }));
}

Deno.test("peers: the table of a large step compares wall time and the processor's with TRL's, round by round", () => {
  const table = largeStepTable(
    new Map([
      ["TRL", rounds([20, 5, 30], [30, 6, 40], [40, 7, 50])],
      ["engine", rounds([10, 4, 10], [20, 3, 20], [8, 2, 20])],
    ]),
  );
  const cells = table.split("\n").slice(2).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));
  assertEquals(cells, [
    ["TRL", "20.00", "30.00", "6.00", "40.00", "1.00", "1.00", "1.00"],
    // Rounds 2, 1.5, 5 as fast; the processor's 3, 2, 2.5.
    ["engine", "8.00", "10.00", "3.00", "20.00", "2.50", "2.00", "2.50"],
  ]);
});
