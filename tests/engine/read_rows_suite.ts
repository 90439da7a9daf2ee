/** Tests of what the kernels of one build read, and make of slopes, against the same on the host. */
import { assertEquals } from "@std/assert";
import type { Places } from "../../src/engine/commands.ts";
import type { Machine } from "../../src/engine/forward.ts";
import type { Host } from "../../src/engine/host.ts";
import { EngineMemory, GrowingBlock } from "../../src/engine/memory.ts";
import { addRowSlopes, readRows } from "../../src/engine/read_rows.ts";
import { ReadTape } from "../../src/engine/reading_tape.ts";
import { addSlopes, readRow } from "../../src/models/host_readings.ts";
import type { Reads, Slopes } from "../../src/models/readings.ts";
import { noiseStream, RandomSequence } from "../../src/random/streams.ts";
import type { Build } from "./every_build.ts";

/** D 71, more than is turned at once; vocabularies that fill vectors of four and pairs, and that do not. */
const D = 71;
/** More than share a passage through the table. */
const ROWS = 43;
const VOCABULARIES = [1, 2, 5, 64, 1009];
const RANDOM = new RandomSequence("read rows");
const gaussians = (count: number, scale: number) =>
  Float32Array.from({ length: count }, () => scale * RANDOM.gaussian());
const NOISE = noiseStream({ seed: 4, purpose: "test", dataset: "none", problem: "rows", sample: 0 });

/** Rows of logits in an engine's memory, with an embedding table. */
function setUp({ open }: Build, rows: readonly Float32Array[]) {
  const V = rows[0].length;
  const memory = new EngineMemory();
  const kernels = open(memory.shared);
  const config = { vocabularySize: V, hiddenSize: D };
  const table = gaussians(V * D, 1);
  const place = (values: Float32Array) => {
    const { address } = memory.allocate(values.length);
    memory.floats(address, values.length).set(values);
    return address;
  };
  const weights = place(table);
  const logits = rows.map(place);
  const gradient = memory.allocateZeroed(rows.length * V).address;
  const machine = { config, kernels, memory: memory.shared, parameters: { embedding: 0 } } as unknown as Machine;
  const host = { config, memory } as unknown as Host;
  const places = { weights } as Places;
  const block = new GrowingBlock(memory);
  const read = (reads: readonly Reads[]) => {
    const tape = new ReadTape(host, block, reads, (row) => logits[row]);
    readRows(machine, places, tape.table, rows.length);
    return tape;
  };
  return {
    table,
    read,
    gradients: (reads: readonly Reads[], slopes: readonly (Slopes | undefined)[]) => {
      const tape = read(reads);
      slopes.forEach((own, row) => own && tape.writeSlopes(row, own));
      memory.floats(gradient, rows.length * V).fill(0);
      addRowSlopes(machine, places, tape.table, rows.length, gradient);
      return rows.map((_, row) => memory.floats(gradient + 4 * row * V, V).slice());
    },
  };
}

/** Everything that can be read, of a row that is a law. */
function everything(V: number, t: number): Reads {
  const random = (count: number) => Int32Array.from({ length: count }, () => RANDOM.integer(V));
  return {
    top: [1, 3, 300][t % 3],
    at: random(t % 5),
    logSumExp: [1, 0.6].slice(t % 2),
    entropy: [0.6, 2].slice(t % 3 === 0 ? 1 : 0),
    gumbelArgmax: { temperature: t % 2 === 0 ? 1 : 0.7, noise: NOISE.at(t) },
    quantiles: { temperature: 1.3, masses: Float64Array.from({ length: 1 + t % 3 }, () => RANDOM.uniform()) },
    meanEmbedding: 0.8,
    divergence: readRow(gaussians(V, 1), { law: 0.9 }).law!,
  };
}

/** Registers the tests. */
export function testRows(build: Build): void {
  for (const V of VOCABULARIES) {
    Deno.test(`${build.name}: rows of ${V} logits are read to the bits of the host, whatever is asked of their neighbours`, () => {
      const rows = Array.from({ length: ROWS }, (_, t) => gaussians(V, 1 + 3 * (t % 12)));
      // Tokens that cannot come, and equal logits.
      if (V > 4) rows.slice(3).forEach((row, t) => row.fill(t % 2 === 0 ? -Infinity : row[0], 1, 1 + V % 5));
      const { read, table } = setUp(build, rows);
      const reads = rows.map((_, t): Reads => t % 4 === 3 ? {} : everything(V, t));
      const tape = read(reads);
      rows.forEach((row, t) => assertEquals(tape.readings(t), readRow(row, reads[t], table), `row ${t}`));
    });

    Deno.test(`${build.name}: slopes by what was read of ${V} logits become the gradients of the host`, () => {
      const rows = Array.from({ length: ROWS }, () => gaussians(V, 3));
      if (V > 4) rows[2].fill(-Infinity, 1, 1 + V % 5);
      const { gradients, table } = setUp(build, rows);
      const draw = (count = 0) => Float64Array.from({ length: count }, () => RANDOM.gaussian());
      const reads = rows.map((_, t): Reads => t % 4 === 3 ? {} : everything(V, t));
      const slopes = reads.map((own, t): Slopes | undefined => {
        const exact = {
          at: draw(own.at?.length),
          logSumExp: draw(own.logSumExp?.length),
          entropy: draw(own.entropy?.length),
        };
        if (t % 3 === 0) return t === 0 ? undefined : exact;
        const meanEmbedding = { values: draw(D), scale: RANDOM.gaussian() };
        return t % 3 === 1 ? exact : { ...exact, divergence: RANDOM.gaussian(), meanEmbedding };
      });
      gradients(reads, slopes).forEach((found, t) => {
        const expected = new Float32Array(V);
        if (slopes[t]) addSlopes(rows[t], reads[t], slopes[t], expected, table);
        assertEquals(found, expected, `row ${t}`);
      });
    });
  }

  Deno.test(`${build.name}: rows that are no law are told by what is wrong, and where`, () => {
    const broken = [[5, NaN], [11, Infinity], [12, NaN], [3, -Infinity]].map(([id, value]) => {
      const row = gaussians(13, 1);
      row[id] = value;
      return row;
    });
    const rows = [...broken, new Float32Array(13).fill(-Infinity)];
    const tape = setUp(build, rows).read(rows.map(() => ({ top: 1 })));
    rows.forEach((row, t) => assertEquals(tape.readings(t), readRow(row, { top: 1 }), `row ${t}`));
  });

  Deno.test(`${build.name}: noise of a wide row is that of the host, though blocks of it are left out`, () => {
    // Peaked rows leave nearly all of their noise out, flat ones nothing.
    const rows = Array.from({ length: 60 }, (_, t) => gaussians(4099, 0.2 * t));
    const reads = rows.map((_, t): Reads => ({ gumbelArgmax: { temperature: 0.5 + t % 3, noise: NOISE.at(t) } }));
    const tape = setUp(build, rows).read(reads);
    rows.forEach((row, t) => assertEquals(tape.readings(t), readRow(row, reads[t]), `row ${t}`));
  });
}
