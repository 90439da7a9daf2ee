/**
 * An adapter is peft's: what is saved here peft loads, what peft saves is loaded here, with the same logits, and so has the
 * merged checkpoint by transformers alone. Needs a Python with torch, transformers and peft: PYTHON, or python3.
 */
import { assertEquals } from "@std/assert";
import { loadAdapter, saveAdapter } from "../../src/checkpoint/adapter.ts";
import { mergeAdapter } from "../../src/checkpoint/merge.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { type AdapterConfig, initialAdapter } from "../../src/models/adapter.ts";
import { tokenRows } from "../../src/models/input_rows.ts";
import type { LanguageModel, NamedTensors } from "../../src/models/language_model.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import { assertClose, CASE_NAMES, loadGoldenCase } from "../backend/golden_case.ts";
import { onWholeRows } from "../fixtures/logit_rows.ts";
import { lacks, python } from "./python_packages.ts";

const ignore = await lacks("peft");
/** Two float32 implementations, each right to about 3e-6, as in round_trip_test.ts. */
const TOLERANCE = 2e-5;
const ADAPTER: AdapterConfig = { rank: 3, alpha: 7.5, targets: ["q_proj", "v_proj", "gate_proj", "down_proj"] };

/** Logits of a model, or of one with an adapter; with `save` an adapter of peft's own making, which is saved there. */
const PROGRAM = `
import json, sys, torch
from transformers import AutoModelForCausalLM
request = json.loads(sys.argv[1])
torch.manual_seed(3)
model = AutoModelForCausalLM.from_pretrained(request["model"], dtype=torch.float32)
if "adapter" in request:
    from peft import PeftModel
    model = PeftModel.from_pretrained(model, request["adapter"])
if "save" in request:
    from peft import LoraConfig, get_peft_model
    config = LoraConfig(r=5, lora_alpha=4, target_modules=["k_proj", "o_proj", "up_proj"], task_type="CAUSAL_LM", init_lora_weights=False)
    model = get_peft_model(model, config)
    model.save_pretrained(request["save"])
with torch.no_grad():
    print(json.dumps(model.eval()(torch.tensor([request["ids"]])).logits[0].tolist()))
`;

async function theirs(request: Record<string, unknown>): Promise<number[]> {
  const printed = await python(["-c", PROGRAM, JSON.stringify(request)], { HF_HUB_OFFLINE: "1" });
  return (JSON.parse(printed ?? "[]") as number[][]).flat();
}

/** Logits after every position. */
async function ours(model: LanguageModel, ids: Int32Array): Promise<number[]> {
  const rows: number[][] = [];
  const group = { prompt: ids.subarray(0, 1), completions: [tokenRows(ids.subarray(1))] };
  await model.forward(
    [group],
    onWholeRows(model.config.vocabularySize, ({ action, logits }) => void (rows[action] = [...logits])),
  );
  return rows.flat();
}

function filled(tensors: NamedTensors): NamedTensors {
  const random = new RandomSequence("adapter test");
  return new Map(
    [...tensors].map(([name, { shape, data }]) =>
      [name, { shape, data: data.map(() => 0.2 * random.gaussian()) }] as const
    ),
  );
}

for (const name of CASE_NAMES) {
  Deno.test({
    name: `peft has the adapter's logits, saved here and there, and transformers those of the merged model: ${name}`,
    ignore,
    fn: async () => {
      const { ids, checkpoint } = await loadGoldenCase(name);
      const { config, weights, folder } = checkpoint;
      const parent = await Deno.makeTempDir();
      const adapter = `${parent}/adapter`, asked = { model: folder, ids: [...ids] };
      const model = await createEngine(config, weights, { workers: 1, adapter: ADAPTER });
      try {
        const tensors = filled(initialAdapter(config, ADAPTER, 1));
        await model.restore(tensors);
        const card = { title: name, summary: "A test.", facts: [] };
        await saveAdapter(adapter, { config, adapter: ADAPTER, tensors: await model.weights(), base: folder, card });
        const expected = await theirs({ ...asked, adapter });
        assertClose(await ours(model, ids), expected, TOLERANCE, "logits");
        await mergeAdapter(adapter, checkpoint, `${parent}/merged`);
        assertClose(await theirs({ ...asked, model: `${parent}/merged` }), expected, TOLERANCE, "merged");
      } finally {
        await model.dispose();
      }
      const own = await theirs({ ...asked, save: `${parent}/own` });
      const stored = await loadAdapter(`${parent}/own`, config);
      assertEquals<unknown>(stored.adapter, { rank: 5, alpha: 4, targets: stored.adapter.targets });
      assertEquals([...stored.adapter.targets!].sort(), ["k_proj", "o_proj", "up_proj"]);
      const other = await createEngine(config, weights, { workers: 1, adapter: stored.adapter });
      try {
        await other.restore(stored.tensors);
        assertClose(await ours(other, ids), own, TOLERANCE, "logits of peft's own adapter");
      } finally {
        await other.dispose();
      }
    },
  });
}
