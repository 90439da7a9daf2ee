/** Readings of every backend against float64, and its gradients by slopes against those by single logits. */
import { assert, assertEquals } from "@std/assert";
import { onWholeRows } from "../fixtures/logit_rows.ts";
import { addSlopes, readRow } from "../../src/models/host_readings.ts";
import { tokenRows } from "../../src/models/input_rows.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import type { ActionPlace, KeptLaw, Readings, Reads, RowLoss, Slopes } from "../../src/models/readings.ts";
import { noiseStream } from "../../src/random/streams.ts";
import type { TestedBackend } from "./backends.ts";
import { assertClose, type GoldenCase, loadGoldenCase } from "./golden_case.ts";

/** A tied and an untied head. */
const CASES = await Promise.all((["qwen2_f32_tied", "qwen3_f16_untied"] as const).map(loadGoldenCase));
const TEMPERATURES = [1, 0.6];
const [MIXED_AT, DRAWN_AT, LAW_AT] = [0.8, 0.7, 0.9];
const STREAM = noiseStream({ seed: 6, purpose: "test", dataset: "none", problem: "readings", sample: 0 });
const TABLE = "model.embed_tokens.weight";

/** What is read of position t. */
function readsOf(V: number, t: number): Reads {
  return {
    top: 5,
    at: Int32Array.of(t % V, V - 1, t % V),
    logSumExp: TEMPERATURES,
    entropy: TEMPERATURES,
    meanEmbedding: MIXED_AT,
    gumbelArgmax: { temperature: DRAWN_AT, noise: STREAM.at(t) },
    quantiles: { temperature: DRAWN_AT, masses: Float64Array.of(0.13, 0.71) },
  };
}

/** softmax(z / T) in float64. */
function softmax(logits: readonly number[], temperature: number): number[] {
  const weights = logits.map((z) => Math.exp(z / temperature));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / mass);
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** The readings of float64 logits, by their definitions. */
function checkReadings(
  found: Readings,
  logits: readonly number[],
  golden: GoldenCase,
  t: number,
  tolerance: number,
): void {
  const close = (actual: ArrayLike<number>, expected: readonly number[], what: string) =>
    assertClose(actual, expected, tolerance, `${what} of position ${t}`);
  const { at, gumbelArgmax } = found.reads;
  const byLogit = [...logits.keys()].sort((a, b) => logits[b] - logits[a]);
  assertEquals([...found.top!.ids], byLogit.slice(0, 5));
  close(found.top!.logits, byLogit.slice(0, 5).map((id) => logits[id]), "largest logits");
  close(found.at!, [...at!].map((id) => logits[id]), "logits at ids");
  close(
    found.masses!.map((mass, i) => found.largest! / TEMPERATURES[i] + Math.log(mass)),
    TEMPERATURES.map((T) => Math.log(sumOf(logits.map((z) => Math.exp(z / T))))),
    "log Σ exp",
  );
  close(
    found.entropy!,
    TEMPERATURES.map((T) => -sumOf(softmax(logits, T).map((p) => p * Math.log(p)))),
    "entropy",
  );
  const scores = logits.map((z, id) => z / DRAWN_AT + gumbelArgmax!.noise.gumbel(id));
  const drawn = scores.indexOf(Math.max(...scores));
  assertEquals([...found.gumbelArgmax!.ids], [drawn]);
  // A single logit near zero is as exact as its row, not as itself.
  const scale = Math.max(...logits.map(Math.abs));
  close([...found.gumbelArgmax!.logits, scale], [logits[drawn], scale], "logit that was drawn");
  const p = softmax(logits, DRAWN_AT);
  const passing = [0.13, 0.71].map((mass) => p.findIndex((_, id) => sumOf(p.slice(0, id + 1)) > mass));
  assertEquals([...found.quantiles!.ids], passing);
  const { data } = golden.checkpoint.weights.get(TABLE)!;
  const D = golden.checkpoint.config.hiddenSize;
  const weights = softmax(logits, MIXED_AT);
  close(
    found.meanEmbedding!,
    Array.from({ length: D }, (_, j) => sumOf(weights.map((weight, id) => weight * data[id * D + j]))),
    "mean embedding",
  );
}

/** A loss with a slope by everything that has one, moved by place; the same by single logits through `addSlopes`. */
function slopesAt({ group, completion, action }: ActionPlace, readings: Readings): Slopes {
  const wave = (i: number) => Math.cos(1 + group + 0.7 * completion + 0.3 * action + 0.9 * i);
  const waves = (count = 0, from = 0) => Float64Array.from({ length: count }, (_, i) => wave(from + i));
  const { at, masses, entropy, meanEmbedding, divergence } = readings;
  return {
    at: waves(at?.length),
    logSumExp: waves(masses?.length, 3),
    entropy: waves(entropy?.length, 5),
    meanEmbedding: { values: waves(meanEmbedding?.length, 7), scale: wave(13) },
    ...(divergence !== undefined && { divergence: wave(11) }),
  };
}

/** Keeps the law of every action, as another model's pass does. */
async function keepLaws(model: LanguageModel, golden: GoldenCase): Promise<Map<string, KeptLaw>> {
  const laws = new Map<string, KeptLaw>();
  await model.forward(golden.groups, {
    reads: () => ({ law: LAW_AT }),
    score: (place, { law }) => void laws.set(Object.values(place).join(), law!),
  });
  return laws;
}

/** Registers the suite for one backend. */
export function testReadings(backend: TestedBackend): void {
  const test = (sentence: string, check: () => Promise<void>) =>
    Deno.test({ name: `${backend.name}: ${sentence}`, ignore: backend.missing !== undefined, fn: check });

  for (const golden of CASES) {
    const { config, weights } = golden.checkpoint;
    const V = config.vocabularySize;

    test(`readings after prompts and steps are those of float64 logits, ${golden.name}`, async () => {
      const model = await backend.create(config, weights);
      const { ids, logits } = golden;
      // A second sequence of which nothing is read, and a third that drops out.
      const decoder = await model.decode([ids.subarray(0, 3), ids.subarray(0, 2)], [1, 2], ids.length);
      const [first, nothing, other] = await decoder.readPrompts([readsOf(V, 2), {}, { at: Int32Array.of(1) }]);
      checkReadings(first, logits[2], golden, 2, backend.tolerance);
      assertEquals(nothing, { reads: {} });
      assertClose(other.at!, [logits[1][1]], backend.tolerance * 10, "logit of another sequence");
      for (let t = 3; t < ids.length; t++) {
        const rows = tokenRows(Int32Array.of(ids[t], 0));
        const [own] = await decoder.step(Int32Array.of(0, 1), rows, [readsOf(V, t), {}]);
        checkReadings(own, logits[t], golden, t, backend.tolerance);
      }
      decoder.dispose();
      await model.dispose();
    });

    test(`gradients by slopes are those by single logits, divergences among them, ${golden.name}`, async () => {
      const [model, other] = [await backend.create(config, weights), await backend.create(config, weights)];
      const moved = new Map([...weights].map(([name, { shape, data }]) => [
        name,
        { shape, data: data.map((w, i) => w + 0.01 * Math.sin(i)) },
      ]));
      await other.restore(moved);
      const laws = await keepLaws(other, golden);
      const reads = (place: ActionPlace): Reads => {
        const { at, logSumExp, entropy, meanEmbedding } = readsOf(V, place.action);
        const divergence = laws.get(Object.values(place).join())!;
        return { at: at!, logSumExp: logSumExp!, entropy: entropy!, meanEmbedding: meanEmbedding!, divergence };
      };
      const found: Readings[] = [];
      const loss: RowLoss = {
        reads,
        score(place, readings) {
          found.push(readings);
          return slopesAt(place, readings);
        },
      };
      await model.accumulate(golden.groups, loss);
      const bySlopes = await model.gradients();
      assert(found.every(({ divergence }) => divergence! > 0));

      // Laws of the host's own, for backends that keep theirs elsewhere.
      const rows = new Map<string, Float32Array>();
      await other.forward(
        golden.groups,
        onWholeRows(
          V,
          ({ logits, gradient: _, ...place }) => void rows.set(Object.values(place).join(), logits.slice()),
        ),
      );
      await model.restore(weights);
      await model.accumulate(
        golden.groups,
        onWholeRows(V, ({ logits, gradient, ...place }) => {
          const { law } = readRow(rows.get(Object.values(place).join())!, { law: LAW_AT });
          const asked: Reads = { ...reads(place), divergence: law! };
          const table = weights.get(TABLE)!.data;
          const sum = new Float32Array(V);
          addSlopes(logits, asked, slopesAt(place, readRow(logits, asked, table)), sum, table);
          gradient.set(sum);
        }),
      );
      for (const [name, { data }] of await model.gradients()) {
        assertClose(bySlopes.get(name)!.data, [...data], backend.tolerance, `gradient of ${name}`);
      }
      for (const law of laws.values()) law.dispose();
      await model.dispose();
      await other.dispose();
    });
  }

  test("rows that are no law are told wherever they are read, and rows of which nothing is read are not", async () => {
    const [{ checkpoint: { config, weights }, groups }] = CASES;
    const dead = new Map([...weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: name.includes("down_proj") ? data.map((value) => value * 1e38) : data },
    ]));
    const model = await backend.create(config, dead);
    const faults: unknown[] = [];
    await model.forward(groups, {
      reads: ({ action }) => action === 0 ? {} : { top: 1 },
      score: ({ action }, { fault }) => void faults.push([action === 0, fault === undefined]),
    });
    assert(faults.length > 2);
    for (const fault of faults) {
      assert(JSON.stringify(fault) === "[true,true]" || JSON.stringify(fault) === "[false,false]");
    }
    await model.dispose();
  });
}
