/** Checkpoints of all kinds that people publish: the logits and gradients of transformers, or a refusal that says what to do. */
import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { BenchError } from "../../src/errors.ts";
import type { NamedTensors } from "../../src/models/language_model.ts";
import { EMBEDDING_NAME } from "../../src/models/parameters.ts";
import { openDevice } from "../../src/tfjs/device.ts";
import { createTfjsModel } from "../../src/tfjs/model.ts";
import { onWholeRows } from "../fixtures/logit_rows.ts";
import { checkKind, KINDS, ON_TFJS, withKind } from "./checkpoint_kinds.ts";

/** Why a kind is refused, and what to do about it. */
const REFUSALS: Readonly<Record<string, string>> = {
  "nested rope_parameters": 'its RoPE has parameters of its own for "full_attention", supported is one set',
  "float8": "has dtype F8_E4M3, supported are F64, F32, F16, BF16; take the checkpoint that it was made from",
  "partial rotary in llama": "set it to 1 if the model was trained with transformers",
  "compiled module": "save the module itself, model._orig_mod.save_pretrained(…)",
  "pytorch_model.bin": "save it again by save_pretrained, which writes safetensors",
  "NaN weight": "every weight must be finite",
  "quantization_config": "quantized (bitsandbytes), supported are F32, F16 and BF16; take the checkpoint",
  "untied without a head": "where the head is the embedding table, set tie_word_embeddings to true",
  "tie key missing, without a head": "where the head is the embedding table, set tie_word_embeddings to true",
  "no prefix, untied": "where the head is the embedding table, set tie_word_embeddings to true",
  "sliding attention without a window": "but the model uses no sliding_window; set the one or the other",
  "another activation": 'hidden_act is "relu", supported are silu, swish, gelu',
  "rope of another kind": 'its RoPE scaling is "mrope", supported are',
  "another architecture": 'its architecture is "gemma2", supported are',
  "looks ahead": "it is no model that writes text",
};

for (const kind of KINDS.filter(({ logits }) => logits !== undefined)) {
  Deno.test(`${kind.name}: logits and gradients of transformers`, () =>
    withKind(kind, async (folder) => {
      const { config, weights } = await loadCheckpoint(folder);
      assertEquals([...weights.keys()].toSorted(), Object.keys(kind.slopes!).toSorted());
      const engine = await createEngine(config, weights, { workers: 1 });
      await checkKind(engine, kind);
      await engine.dispose();
      if (!ON_TFJS.includes(kind.name)) return;
      const model = await createTfjsModel(config, weights, await openDevice("tfjs-cpu"));
      await checkKind(model, kind);
      await model.dispose();
    }));
}

for (const kind of KINDS.filter(({ logits }) => logits === undefined)) {
  Deno.test(`${kind.name}: refused, with what to do`, () =>
    withKind(kind, async (folder) => {
      // Values are looked at when they are read.
      const load = async () => [...(await loadCheckpoint(folder)).weights.values()];
      await assertRejects(load, BenchError, REFUSALS[kind.name]);
    }));
}

Deno.test("gemma: mixtures and offsets are scaled as tokens are, and so are the table's gradients", async () => {
  const kind = KINDS.find(({ name }) => name === "gemma, untied, with biases")!;
  await withKind(kind, async (folder) => {
    const { config, weights } = await loadCheckpoint(folder);
    const { vocabularySize: V, hiddenSize: D } = config;
    const table = weights.get(EMBEDDING_NAME)!;
    const offset = Float32Array.from({ length: 3 * D }, (_, i) => i < D ? Math.sin(i) / 10 : 0);
    const ids = Int32Array.of(5, 11, 7, 0, 2, 5), shares = Float32Array.of(0, 0, 1, 0, 0.25, 0.75);
    const inputs = { count: 3, width: 2, ids, weights: shares, offset };
    const models = [
      await createEngine(config, weights, { workers: 1 }),
      await createTfjsModel(config, weights, await openDevice("tfjs-cpu")),
    ];
    // The first row as a token of a table that holds the offset at an unused place.
    const moved = { ...table, data: table.data.slice() };
    moved.data.set(offset.subarray(0, D), 29 * D);
    const asToken = { ...inputs, ids: ids.with(0, 29), weights: shares.with(0, 1), offset: new Float32Array(3 * D) };
    const restored = new Map(weights).set(EMBEDDING_NAME, moved);
    for (const model of models) {
      const pass = async (rows: typeof inputs, at: NamedTensors): Promise<number> => {
        await model.restore(at);
        let loss = 0;
        await model.accumulate(
          [{ prompt: Int32Array.of(3, 7), completions: [rows] }],
          onWholeRows(V, ({ action, logits, gradient }) => {
            gradient.forEach((_, id) => gradient[id] = Math.cos(action * V + id));
            logits.forEach((value, id) => loss += value * Math.cos(action * V + id));
          }),
          { trainInputs: true },
        );
        return loss;
      };
      const loss = await pass(inputs, weights);
      const { data: gradient } = (await model.gradients()).get(EMBEDDING_NAME)!;
      assertAlmostEquals(await pass(asToken, restored), loss, 1e-4 * Math.abs(loss));
      const step = 1 / 64;
      for (const at of [3 * D + 1, 7 * D + 4, 2 * D, 5 * D + 9]) {
        const stepped = (by: number) => {
          const data = table.data.with(at, table.data[at] + by);
          return pass(inputs, new Map(weights).set(EMBEDDING_NAME, { ...table, data }));
        };
        const slope = (await stepped(step) - await stepped(-step)) / (2 * step);
        assertAlmostEquals(gradient[at], slope, 0.02 * Math.hypot(...gradient) / Math.sqrt(D));
      }
      await model.dispose();
    }
  });
});
