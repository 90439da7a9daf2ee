import { assertEquals } from "@std/assert";
import type { Reads } from "../../src/models/readings.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { matrix, vector } from "../../src/torch/frames.ts";
import { AskedReadings, type WorkerLaw } from "../../src/torch/reading_frames.ts";

const lawOf = (number: number, temperature: number): WorkerLaw => ({ number, temperature, dispose: () => {} });
const noise = noiseStream({ seed: 1, purpose: "test", dataset: "", problem: "", sample: 0 }).at(2);
const READS: readonly Reads[] = [
  { at: Int32Array.of(7, 3, 7), logSumExp: [1, 0.5] },
  {},
  { top: 2, logSumExp: [0.5], gumbelArgmax: { temperature: 1, noise }, entropy: [1] },
];

Deno.test("rows that ask for the same share one entry, by kind and temperature", () => {
  const { fields, arrays } = new AskedReadings(READS, lawOf).request();
  assertEquals(fields.asked, [
    ["at", null],
    ["logSumExp", 1],
    ["logSumExp", 0.5],
    ["top", 2],
    ["entropy", 1],
    ["gumbelArgmax", 1],
  ]);
  assertEquals(arrays["0.rows"].data, Int32Array.of(0, 0, 0));
  assertEquals(arrays["0.needs"].data, Int32Array.of(7, 3, 7));
  assertEquals(arrays["2.rows"].data, Int32Array.of(0, 2));
  const { counter1, counter2, counter3, key0, key1 } = noise.gumbelKey;
  assertEquals(arrays["5.needs"], { shape: [1, 5], data: Uint32Array.of(counter1, counter2, counter3, key0, key1) });
});

Deno.test("each row gets what it asked for, and a fault only where it asked for something", () => {
  const found = new AskedReadings(READS, lawOf).readings({ faults: [[1, 4, "NaN"], [2, null, "-Infinity"]] }, {
    largest: vector(Float32Array.of(9, 8, 6)),
    "0.at": vector(Float32Array.of(0.1, 0.2, 0.1)),
    "1.masses": vector(Float64Array.of(3)),
    "2.masses": vector(Float64Array.of(2, 1.5)),
    "3.ids": matrix(1, 2, Int32Array.of(5, 1)),
    "3.logits": matrix(1, 2, Float32Array.of(6, 4)),
    "4.entropy": vector(Float64Array.of(0.7)),
    "5.ids": vector(Int32Array.of(1)),
    "5.logits": vector(Float32Array.of(4)),
  });
  assertEquals(found, [
    { reads: READS[0], at: Float32Array.of(0.1, 0.2, 0.1), masses: Float64Array.of(3, 2), largest: 9 },
    { reads: READS[1] },
    {
      reads: READS[2],
      top: { ids: Int32Array.of(5, 1), logits: Float32Array.of(6, 4) },
      masses: Float64Array.of(1.5),
      entropy: Float64Array.of(0.7),
      largest: 6,
      gumbelArgmax: { ids: Int32Array.of(1), logits: Float32Array.of(4) },
      fault: { value: -Infinity },
    },
  ]);
});

Deno.test("slopes go by the same entries; rows without any have zeros, entries without any are left out", () => {
  const arrays = new AskedReadings([...READS, { meanEmbedding: 2 }], lawOf).slopes([
    { at: Float64Array.of(1, 2, 3) },
    undefined,
    { logSumExp: Float64Array.of(-4) },
    { meanEmbedding: { values: Float64Array.of(2.5, 3, 3.5), scale: 2 } },
  ]);
  assertEquals(arrays, {
    "0.slopes": vector(Float64Array.of(1, 2, 3)),
    "2.slopes": vector(Float64Array.of(0, -4)),
    "6.slopes": matrix(1, 3, Float64Array.of(5, 6, 7)),
  });
});

Deno.test("a law comes as a handle, and a divergence names its number", () => {
  const asked = new AskedReadings([{ law: 0.5 }], lawOf);
  const [{ law }] = asked.readings({ faults: [] }, { "0.law": vector(Int32Array.of(17)) });
  const { fields, arrays } = new AskedReadings([{ divergence: law! }], lawOf).request();
  assertEquals([fields.asked, arrays["0.needs"].data], [[["divergence", 0.5]], Int32Array.of(17)]);
});
