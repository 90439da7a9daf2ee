import { assertEquals } from "@std/assert";
import { tokenRows } from "../../src/models/input_rows.ts";
import type { TrainingGroup } from "../../src/models/language_model.ts";
import { actionPlaces, batchRequest, packGroups } from "../../src/torch/micro_batch.ts";

const row = (count: number, first: number) => tokenRows(Int32Array.from({ length: count }, (_, i) => first + i));
const GROUPS: readonly TrainingGroup[] = [
  { prompt: Int32Array.of(1, 2), completions: [row(3, 10), row(1, 20)] },
  { prompt: Int32Array.of(5, 6, 7), completions: [row(0, 0), row(7, 30)] },
];

Deno.test("a group is one row, and rows of a micro-batch take no more positions than allowed, padding included", () => {
  assertEquals(packGroups(GROUPS, 20).map((batch) => batch.map(({ group, length }) => [group, length])), [
    [[1, 10], [0, 6]],
  ]);
  assertEquals(packGroups(GROUPS, 19).map((batch) => batch.map(({ group }) => group)), [[1], [0]]);
  // One row at least, however long.
  assertEquals(packGroups(GROUPS, 1).length, 2);
});

Deno.test("completions whose row would grow too long begin another, with the prompt again", () => {
  const long = { prompt: Int32Array.of(3), completions: [row(600, 1), row(600, 1), row(200, 1)] };
  const rows = packGroups([long], 8192).flat().map(({ completions, length }) => [completions, length]);
  assertEquals(rows, [[[1, 2], 801], [[0], 601]]);
});

Deno.test("every action has a place: one more than the inputs of its completion", () => {
  const [batch] = packGroups(GROUPS.slice(0, 1), 99);
  assertEquals(actionPlaces(batch).map(({ completion, action }) => `${completion}.${action}`), [
    "0.0",
    "0.1",
    "0.2",
    "0.3",
    "1.0",
    "1.1",
  ]);
});

Deno.test("what is fed comes one row after the other, prompts as tokens, offsets where there are some", () => {
  const offset = Float32Array.of(0.5, -1);
  const soft = { count: 1, width: 2, ids: Int32Array.of(8, 9), weights: Float32Array.of(0.25, 0.75), offset };
  const [batch] = packGroups([{ prompt: Int32Array.of(4), completions: [soft, row(1, 3)] }], 99);
  const { rows, arrays } = batchRequest(batch, 2);
  assertEquals(rows, [[1, [1, 1]]]);
  assertEquals(arrays.ids, { shape: [3, 2], data: Int32Array.of(4, 0, 8, 9, 3, 0) });
  assertEquals(arrays.weights.data, Float32Array.of(1, 0, 0.25, 0.75, 1, 0));
  assertEquals(arrays.offset, { shape: [3, 2], data: Float32Array.of(0, 0, 0.5, -1, 0, 0) });
});
