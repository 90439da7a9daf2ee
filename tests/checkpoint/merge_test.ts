import { assert, assertEquals, assertRejects } from "@std/assert";
import { saveAdapter } from "../../src/checkpoint/adapter.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { mergeAdapter } from "../../src/checkpoint/merge.ts";
import { BenchError } from "../../src/errors.ts";
import { fileSha256 } from "../../src/files/hash.ts";
import { initialAdapter } from "../../src/models/adapter.ts";

const ADAPTER = { rank: 2, alpha: 6, targets: ["up_proj"] } as const;
const BASE = "models/tiny";
const [NAME, A, B] = ["weight", "lora_A.weight", "lora_B.weight"].map((end) => `model.layers.1.mlp.up_proj.${end}`);

/** An adapter of which one element of B is not zero. */
async function savedAdapter(): Promise<{ folder: string; a: Float32Array }> {
  const { config } = await loadCheckpoint(BASE);
  const tensors = initialAdapter(config, ADAPTER, 1);
  tensors.get(`base_model.model.${B}`)!.data[2 * 5 + 1] = 0.25;
  const folder = `${Deno.makeTempDirSync()}/adapter`;
  const card = { title: "t", summary: "s", facts: [] };
  await saveAdapter(folder, { config, adapter: ADAPTER, tensors, base: BASE, card });
  return { folder, a: tensors.get(`base_model.model.${A}`)!.data };
}

Deno.test("a merged checkpoint is an ordinary one: row 5 is W + 6/2 · 0.25 A[1], all else the base's", async () => {
  const { folder, a } = await savedAdapter();
  const to = `${Deno.makeTempDirSync()}/merged`;
  const base = await loadCheckpoint(BASE);
  assertEquals(await mergeAdapter(folder, base, to), await fileSha256(`${to}/model.safetensors`));
  const merged = await loadCheckpoint(to);
  assertEquals(merged.config, base.config);
  for (const [name, { shape, data }] of base.weights) {
    const [, width] = shape;
    const expected = name === NAME
      ? data.map((w, i) => Math.floor(i / width) === 5 ? w + 0.75 * a[width + i % width] : w)
      : data;
    assertEquals(merged.weights.get(name)!.data, expected, name);
  }
  assert(merged.companionFiles.includes("tokenizer.json"));
  await assertRejects(() => mergeAdapter(folder, base, to), BenchError, "exists already");
});

Deno.test("an adapter is no model, and what it is loaded as says how to make one", async () => {
  const { folder } = await savedAdapter();
  await assertRejects(() => loadCheckpoint(folder), BenchError, `deno task merge ${folder} OUTPUT`);
});
