import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { loadAdapter, saveAdapter } from "../../src/checkpoint/adapter.ts";
import { fileSha256 } from "../../src/files/hash.ts";
import { initialAdapter } from "../../src/models/adapter.ts";
import { SMALL_CONFIG } from "../fixtures/small_model.ts";

const ADAPTER = { rank: 3, alpha: 12, targets: ["q_proj", "up_proj"] } as const;
const CARD = { title: "t", summary: "s", facts: [] };

async function saved(base = "models/tiny"): Promise<string> {
  const folder = `${Deno.makeTempDirSync()}/adapter`;
  const tensors = initialAdapter(SMALL_CONFIG, ADAPTER, 1);
  await saveAdapter(folder, { config: SMALL_CONFIG, adapter: ADAPTER, tensors, base, card: CARD });
  return folder;
}

/** Changes `adapter_config.json`. */
function edit(folder: string, change: Record<string, unknown>): void {
  const path = `${folder}/adapter_config.json`;
  Deno.writeTextFileSync(path, JSON.stringify({ ...JSON.parse(Deno.readTextFileSync(path)), ...change }));
}

Deno.test("a saved adapter is read as it was, and its configuration is peft's", async () => {
  const folder = await saved();
  const { adapter, base, tensors } = await loadAdapter(folder, SMALL_CONFIG);
  assertEquals<unknown>([adapter, base], [ADAPTER, "models/tiny"]);
  assertEquals(tensors, initialAdapter(SMALL_CONFIG, ADAPTER, 1));
  const json = JSON.parse(Deno.readTextFileSync(`${folder}/adapter_config.json`));
  assertEquals([json.peft_type, json.r, json.lora_alpha, json.target_modules, json.task_type], [
    "LORA",
    3,
    12,
    ["q_proj", "up_proj"],
    "CAUSAL_LM",
  ]);
  const card = Deno.readTextFileSync(`${folder}/README.md`);
  assert(card.includes(await fileSha256(`${folder}/adapter_model.safetensors`)), card);
});

Deno.test("a base of the hub is named with its revision", async () => {
  const folder = await saved("org/name@abc");
  const json = JSON.parse(Deno.readTextFileSync(`${folder}/adapter_config.json`));
  assertEquals([json.base_model_name_or_path, json.revision], ["org/name", "abc"]);
  assertEquals((await loadAdapter(folder, SMALL_CONFIG)).base, "org/name@abc");
});

const FOREIGN: [Record<string, unknown>, string][] = [
  [{ peft_type: "IA3" }, "Cannot read peft_type of"],
  [{ r: 0 }, "Cannot read r of"],
  [{ r: 4 }, "has shape [3,10], expected [4,10]"],
  [{ lora_alpha: -1 }, "Cannot read lora_alpha of"],
  [{ target_modules: "all-linear" }, "Cannot read target_modules of"],
  [{ target_modules: ["qkv_proj"] }, "Cannot read target_modules[0] of"],
  [{ target_modules: ["q_proj"] }, "expected those of the layers of adapter_config.json"],
  [{ target_modules: ["q_proj", "up_proj", "k_proj"] }, 'k_proj.lora_A.weight" is missing'],
  [{ bias: "all" }, "Cannot read bias of"],
  [{ use_dora: true }, "Cannot read use_dora of"],
  [{ use_rslora: true }, "Cannot read use_rslora of"],
  [{ modules_to_save: ["lm_head"] }, "Cannot read modules_to_save of"],
  [{ alpha_pattern: { q_proj: 3 } }, "alpha_pattern"],
];
for (const [change, message] of FOREIGN) {
  Deno.test(`an adapter of another kind is refused: ${JSON.stringify(change)}`, async () => {
    const folder = await saved();
    edit(folder, change);
    await assertRejects(() => loadAdapter(folder, SMALL_CONFIG), BenchError, message);
  });
}

Deno.test("an adapter without its configuration is none", async () => {
  const folder = await saved();
  Deno.removeSync(`${folder}/adapter_config.json`);
  await assertRejects(() => loadAdapter(folder, SMALL_CONFIG), BenchError, "there is no such file");
});
