import { assertEquals } from "@std/assert";
import { COMMAND_FORM } from "../../src/engine/command_form.ts";
import type { HeadChunk, Places, RecordPlace, UnitPlace, WorkerCommand } from "../../src/engine/commands.ts";

let last = 0;
/** Another number for every field, none that 32 bits hold. */
const other = () => 2 ** 33 + ++last / 8;

const places = (): Places => {
  return { weights: other(), adapter: other(), inPanels: true, rope: other() };
};
const unit = (): UnitPlace => ({
  ...{ rows: other(), headRowCount: other(), longest: other(), ids: other(), weights: other(), offset: other() },
  ...{ kept: other(), positions: other(), spans: other(), spanCount: other(), headRows: other() },
  recorded: other(),
});
const record = (): RecordPlace => ({ address: other(), rows: other(), index: other() });
const chunk = (): HeadChunk => {
  return { first: other(), count: other(), logits: other(), gradient: other(), reads: other() };
};
const pass = () => ({ places: places(), unit: unit(), arena: other() });
const pack = () => {
  return { from: other(), fromStride: other(), rows: other(), columns: other(), to: other(), width: other() };
};

const COMMANDS: readonly WorkerCommand[] = [
  { kind: "forward", ...pass(), keep: "inputs", chunk: chunk() },
  { kind: "nextChunk", ...pass(), keep: "all", done: chunk(), chunk: chunk(), gradients: other(), clear: true },
  {
    ...{ kind: "backward", ...pass(), keep: "layer", transposed: other(), done: chunk(), gradients: other() },
    ...{ clear: false, trainInputs: true },
  },
  {
    ...{ kind: "prefill", ...pass(), prefix: other(), prefixLayerBytes: other(), prefixOffsets: other() },
    ...{ logits: other(), record: record() },
  },
  {
    ...{ kind: "step", places: places(), arena: other(), rows: other(), longest: other(), ids: other() },
    team: { index: 2, size: 3, firstRow: 11, allRows: 17 },
    ...{ weights: other(), offset: other(), kept: other(), positions: other(), sequences: other(), lengths: other() },
    ...{ own: other(), ownLayerBytes: other(), ownCapacity: other(), prefix: other(), prefixLayerBytes: other() },
    ...{ prefixOffsets: other(), prefixLengths: other(), logits: other(), reads: other(), record: record() },
  },
  { kind: "read", places: places(), reads: other(), rows: other() },
  {
    ...{ kind: "sumShards", gradients: other(), shardBytes: other(), shards: other(), size: other() },
    ...{ piece: other(), firstPiece: other(), pieces: other() },
  },
  {
    ...{ kind: "adamw", weights: other(), gradients: other(), first: other(), second: other(), offset: other() },
    ...{ count: other(), gradientScale: other(), beta1: other(), beta2: other(), decay: other(), rate: NaN },
    ...{ correction: Infinity, epsilon: 1e-8 },
  },
  { kind: "pack", ...pack() },
  { kind: "packTransposed", ...pack() },
];

for (const command of COMMANDS) {
  Deno.test(`${command.kind} is read as it was written, over whatever stood there`, () => {
    const numbers = new Float64Array(97).fill(-1);
    const read = COMMAND_FORM.reader(numbers);
    COMMAND_FORM.write(command, numbers);
    assertEquals(read(), command);
    COMMAND_FORM.write(COMMANDS[0], numbers);
    assertEquals(read(), COMMANDS[0]);
    COMMAND_FORM.write(command, numbers);
    assertEquals(read(), command);
  });
}
