/** Checkpoints of all kinds that people publish: the logits and gradients of transformers, or a refusal that says what to do. */
import { assertEquals, assertRejects } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { BenchError } from "../../src/errors.ts";
import { openDevice } from "../../src/tfjs/device.ts";
import { createTfjsModel } from "../../src/tfjs/model.ts";
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
