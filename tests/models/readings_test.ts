import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { readRow } from "../../src/models/host_readings.ts";
import {
  entropyAt,
  joinReads,
  logProbability,
  massAt,
  narrowReadings,
  NOTHING,
  zeroSlopes,
} from "../../src/models/readings.ts";
import { noiseStream } from "../../src/random/streams.ts";

const LOGITS = Float32Array.of(0.5, 2, -1, 1.5, 0);
const NOISE = noiseStream({ seed: 1, purpose: "test", dataset: "none", problem: "reads", sample: 0 }).at(0);

Deno.test("joined requests read the larger top and every temperature once", () => {
  const a = { top: 3, logSumExp: [1, 0.5], at: Int32Array.of(4) };
  const b = { top: 2, logSumExp: [0.5, 2], entropy: [1] };
  assertEquals(joinReads(a, b), { top: 3, logSumExp: [1, 0.5, 2], at: Int32Array.of(4), entropy: [1] });
  assertEquals(joinReads({ entropy: [2] }, b).entropy, [2, 1]);
  assertEquals([joinReads(NOTHING, b), joinReads(b, NOTHING)], [b, b]);
  assertEquals(joinReads(NOTHING, NOTHING), {});
});

Deno.test("log-probabilities are relative to the largest logit at the temperature that was read", () => {
  const readings = readRow(LOGITS, { logSumExp: [1, 0.5], entropy: [0.5] });
  const mass = LOGITS.reduce((sum, z) => sum + Math.exp(2 * z), 0);
  assertAlmostEquals(logProbability(readings, 1.5, 0.5), 3 - Math.log(mass), 1e-12);
  assertEquals(massAt(readings, 0.5), readings.masses![1]);
  assertEquals(entropyAt(readings, 0.5), readings.entropy![0]);
  assertThrows(() => massAt(readings, 0.7), Error, "log Σ exp(z/0.7): it was not read");
  assertThrows(() => entropyAt(readings, 1), Error, "the entropy at 1: it was not read");
});

Deno.test("slopes of zero are as many as what was read and has a derivative", () => {
  const reads = { top: 2, at: Int32Array.of(1, 1, 0), logSumExp: [1], entropy: [1, 2], meanEmbedding: 1 };
  const slopes = zeroSlopes(readRow(LOGITS, reads, new Float32Array(5 * 7)));
  assertEquals(slopes, {
    at: new Float64Array(3),
    logSumExp: new Float64Array(1),
    entropy: new Float64Array(2),
    meanEmbedding: { values: new Float64Array(7), scale: 0 },
  });
  const { law } = readRow(LOGITS, { law: 1 });
  assertEquals(zeroSlopes(readRow(LOGITS, { divergence: law! })), { divergence: 0 });
});

Deno.test("a draw's readings hold what its density reads, and what they do not hold is an error", () => {
  const drawn = readRow(LOGITS, {
    top: 2,
    logSumExp: [1, 0.5],
    gumbelArgmax: { temperature: 1, noise: NOISE },
    quantiles: { temperature: 1, masses: Float64Array.of(1e-9) },
  });
  const [token] = drawn.gumbelArgmax!.ids;
  const wanted = { at: Int32Array.of(3, token, 0, 1), logSumExp: [0.5] };
  assertEquals(narrowReadings(drawn, wanted), readRow(LOGITS, wanted));
  const without = { logSumExp: [1], entropy: [0.5] };
  const wider = { ...drawn, reads: { ...drawn.reads, entropy: [0.5] }, entropy: Float64Array.of(0.25) };
  assertEquals(narrowReadings(wider, without), {
    reads: without,
    largest: drawn.largest!,
    masses: drawn.masses!.slice(0, 1),
    entropy: Float64Array.of(0.25),
  });
  const unknown = [2, 4].find((id) => id !== token && id !== drawn.quantiles!.ids[0])!;
  const narrow = () => narrowReadings(drawn, { at: Int32Array.of(unknown) });
  assertThrows(narrow, Error, `the logit of token ${unknown}: it was not read`);
});
