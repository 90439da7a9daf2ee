import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { type CheckpointContents, saveCheckpoint } from "../../src/checkpoint/writer.ts";
import { GOLDEN_MODELS } from "../backend/golden_case.ts";
import { fileSha256 } from "../../src/files/hash.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function contentsOf(name: string, dtype: "F32" | "BF16"): Promise<CheckpointContents> {
  const { config, configJson, weights, folder } = await loadCheckpoint(`${GOLDEN_MODELS}/${name}`);
  const card = { title: "A model", summary: "What it is.", facts: [["steps", "7 | 9"]] as const };
  return { config, configJson, weights, dtype, companionsFrom: folder, card };
}

Deno.test("a saved model is loaded again as the same model, in one file", async () => {
  await withFolder(async (parent) => {
    const contents = await contentsOf("qwen2_bf16_sharded", "BF16");
    const sha256 = await saveCheckpoint(`${parent}/a/b/model`, contents);
    const again = await loadCheckpoint(`${parent}/a/b/model`);
    assertEquals(again.config, contents.config);
    assertEquals(again.endTokens, [3, 5]);
    assertEquals(again.weightFiles, ["model.safetensors"]);
    assertEquals(await again.weightsSha256(), sha256);
    for (const [name, tensor] of contents.weights) assertEquals(again.weights.get(name), tensor, name);
    // Nothing else is left beside it.
    assertEquals([...Deno.readDirSync(`${parent}/a/b`)].map(({ name }) => name), ["model"]);
  });
});

Deno.test("config.json keeps its other fields and tells the new dtype; tokenizer files are copied", async () => {
  await withFolder(async (parent) => {
    const folder = `${parent}/model`;
    await saveCheckpoint(folder, {
      ...await contentsOf("llama_bf16_tied", "F32"),
      configFields: { eos_token_id: [4] },
    });
    const config = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
    assertEquals([config.dtype, config.torch_dtype, config.bos_token_id, config.eos_token_id], [
      "float32",
      "float32",
      2,
      [4],
    ]);
    for (const file of ["tokenizer.json", "tokenizer_config.json", "chat_template.jinja", "generation_config.json"]) {
      assertEquals(await fileSha256(`${folder}/${file}`), await fileSha256(`${GOLDEN_MODELS}/llama_bf16_tied/${file}`));
    }
    const card = await Deno.readTextFile(`${folder}/README.md`);
    assert(card.includes("| steps | 7 \\| 9 |"));
    assert(card.includes(await fileSha256(`${folder}/model.safetensors`)));
  });
});

Deno.test("a new model gets a config.json of its own and the files it is given", async () => {
  await withFolder(async (parent) => {
    const { configJson: _, companionsFrom: __, ...contents } = await contentsOf("llama_f32_linear", "F32");
    await saveCheckpoint(`${parent}/model`, {
      ...contents,
      configFields: { eos_token_id: 1 },
      files: new Map([["tokenizer.json", "{}"]]),
      populate: (folder) => Deno.writeTextFile(`${folder}/more.txt`, "more"),
    });
    const again = await loadCheckpoint(`${parent}/model`);
    assertEquals([again.config, again.endTokens, again.companionFiles], [contents.config, [1], ["tokenizer.json"]]);
    assertEquals(await Deno.readTextFile(`${parent}/model/more.txt`), "more");
  });
});

Deno.test("an existing folder is kept unless it may be replaced, and whole if writing fails", async () => {
  await withFolder(async (parent) => {
    const folder = `${parent}/model`;
    const contents = await contentsOf("qwen2_f32_tied", "F32");
    await saveCheckpoint(folder, contents);
    await assertRejects(() => saveCheckpoint(folder, contents), BenchError, "it exists already");
    const { weights, ...rest } = contents;
    const broken = new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map(() => NaN) }]));
    await assertRejects(
      () => saveCheckpoint(folder, { ...rest, weights: broken }, { replace: true }),
      BenchError,
      "NaN",
    );
    assertEquals([...Deno.readDirSync(parent)].map(({ name }) => name), ["model"]);
    await loadCheckpoint(folder);
    await saveCheckpoint(folder, { ...contents, dtype: "BF16" }, { replace: true });
    assertEquals(JSON.parse(await Deno.readTextFile(`${folder}/config.json`)).dtype, "bfloat16");
    assertEquals([...Deno.readDirSync(parent)].map(({ name }) => name), ["model"]);
  });
});

Deno.test("what a killed run left half written is cleared away", async () => {
  await withFolder(async (parent) => {
    await Deno.mkdir(`${parent}/model.saving`);
    await Deno.writeTextFile(`${parent}/model.saving/stale.txt`, "");
    await saveCheckpoint(`${parent}/model/`, await contentsOf("qwen2_f32_tied", "F32"));
    assertEquals([...Deno.readDirSync(parent)].map(({ name }) => name), ["model"]);
    assertEquals([...Deno.readDirSync(`${parent}/model`)].some(({ name }) => name === "stale.txt"), false);
  });
});
