/**
 * A trained model is a Hugging Face folder again: two steps, save, load in transformers, same logits. Needs a Python with
 * torch and transformers: PYTHON, or python3.
 */
import { assertEquals } from "@std/assert";
import { openDevice } from "../../src/tfjs/device.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { saveCheckpoint } from "../../src/checkpoint/writer.ts";
import { tokenRows } from "../../src/models/input_rows.ts";
import { wholeRowsOf } from "../fixtures/logit_rows.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import { createTfjsModel } from "../../src/tfjs/model.ts";
import { assertClose, CASE_NAMES, type GoldenCase, goldenLoss, loadGoldenCase } from "../backend/golden_case.ts";

const PYTHON = Deno.env.get("PYTHON") ?? "python3";
const PROGRAM = `
import json, sys, torch
from transformers import AutoModelForCausalLM
request = json.load(sys.stdin)
model = AutoModelForCausalLM.from_pretrained(request["folder"], dtype=torch.float32)
with torch.no_grad():
    print(json.dumps(model(torch.tensor([request["ids"]])).logits[0].tolist()))
`;

async function python(program: string, input = ""): Promise<string | undefined> {
  try {
    const child = new Deno.Command(PYTHON, {
      args: ["-c", program],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
      env: { HF_HUB_OFFLINE: "1" },
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
    const { success, stdout } = await child.output();
    return success ? new TextDecoder().decode(stdout) : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.BrokenPipe) return undefined;
    throw error;
  }
}

const missing = (await python("import torch, transformers")) === undefined;
if (missing) console.warn(`tests/slow: the round trip is SKIPPED: ${PYTHON} has no torch and transformers; set PYTHON`);

async function trainTwoSteps(model: LanguageModel, golden: GoldenCase): Promise<void> {
  for (const step of [1, 2]) {
    await model.accumulate(golden.groups, goldenLoss(model.config.vocabularySize).visit);
    await model.update({
      learningRate: 1e-2,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
      maxGradientNorm: 1,
      step,
    });
  }
}

async function openModel(backend: string, { config, weights }: GoldenCase["checkpoint"]): Promise<LanguageModel> {
  if (backend === "cpu-engine") return await createEngine(config, weights, { workers: 2 });
  return await createTfjsModel(config, weights, await openDevice("tfjs-cpu"));
}

/** (T, V) of cached decoding. */
async function decodedLogits(model: LanguageModel, ids: Int32Array): Promise<number[]> {
  const decoder = wholeRowsOf(await model.decode([ids.subarray(0, 1)], [1], ids.length), model.config.vocabularySize);
  const logits = [...(await decoder.prompts(1))[0]];
  for (const id of ids.subarray(1)) {
    logits.push(...(await decoder.step(Int32Array.of(0), tokenRows(Int32Array.of(id))))[0]);
  }
  decoder.dispose();
  return logits;
}

for (const [index, name] of CASE_NAMES.entries()) {
  const backend = index % 2 === 0 ? "cpu-engine" : "tfjs-cpu";
  Deno.test({
    name: `${name} trained on ${backend}, saved, loaded by transformers: same logits`,
    ignore: missing,
    fn: async () => {
      const golden = await loadGoldenCase(name);
      const { config, configJson, folder } = golden.checkpoint;
      const model = await openModel(backend, golden.checkpoint);
      const parent = await Deno.makeTempDir();
      try {
        await trainTwoSteps(model, golden);
        const saved = `${parent}/model`;
        const card = { title: name, summary: "A test.", facts: [] };
        // Some with the config.json they came with, some with one of our own.
        const kept = index < CASE_NAMES.length / 2 ? { configJson } : {};
        const weights = await model.weights();
        await saveCheckpoint(saved, { config, weights, dtype: "F32", ...kept, companionsFrom: folder, card });
        const found = await python(PROGRAM, JSON.stringify({ folder: saved, ids: [...golden.ids] }));
        const theirs: number[][] = JSON.parse(found ?? "[]");
        assertEquals(theirs.length, golden.ids.length);
        // Two float32 implementations, each right to about 3e-6.
        assertClose(await decodedLogits(model, golden.ids), theirs.flat(), 2e-5, "logits");
      } finally {
        await model.dispose();
        await Deno.remove(parent, { recursive: true });
      }
    },
  });
}
