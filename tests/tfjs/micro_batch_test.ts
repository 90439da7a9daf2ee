import { assertEquals } from "@std/assert";
import { tokenRows } from "../../src/models/input_rows.ts";
import { batchInputs, logitChunks, packMicroBatches } from "../../src/tfjs/micro_batch.ts";

const ids = (...tokens: number[]) => Int32Array.from(tokens);
const GROUPS = [
  { prompt: ids(1, 2), completions: [tokenRows(ids(3)), tokenRows(ids(4, 5, 6))] },
  { prompt: ids(7, 8, 9), completions: [tokenRows(ids())] },
];

Deno.test("long sequences come first and no batch exceeds its padded size", () => {
  const packed = packMicroBatches(GROUPS, 6);
  assertEquals(
    packed.map((
      { positions, sequences },
    ) => [positions, ...sequences.map(({ group, completion }) => `${group}.${completion}`)]),
    [[5, "0.1"], [3, "0.0", "1.0"]],
  );
  assertEquals(packMicroBatches(GROUPS, 1).length, 3);
});

Deno.test("inputs are padded with zeros on the right", () => {
  const table = Float32Array.from({ length: 10 }, (_, id) => id);
  const [batch] = packMicroBatches(GROUPS, 15);
  assertEquals([...batchInputs(batch, table, 1)], [1, 2, 4, 5, 6, 1, 2, 3, 0, 0, 7, 8, 9, 0, 0]);
});

Deno.test("a chunk ends where it is full, in the middle of a completion if need be", () => {
  const [batch] = packMicroBatches(GROUPS, 15);
  const chunks = logitChunks(batch, 3).map((runs) =>
    runs.map(({ position, first, count }) => [position, first, count])
  );
  // Actions are scored from the prompt's last position on: 4 of the first sequence, 2 of the second, 1 of the third.
  assertEquals(chunks, [[[1, 0, 3]], [[4, 3, 1], [6, 0, 2]], [[12, 0, 1]]]);
});
