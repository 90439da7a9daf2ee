import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { readSafetensorsHeader, readStoredTensor, writeSafetensors } from "../../src/checkpoint/safetensors.ts";
import { GOLDEN_MODELS } from "../backend/golden_case.ts";
import { fileSha256 } from "../../src/files/hash.ts";

/** A copy of a golden checkpoint to damage. */
async function withCopy(name: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for await (const { name: file } of Deno.readDir(`${GOLDEN_MODELS}/${name}`)) {
      await Deno.copyFile(`${GOLDEN_MODELS}/${name}/${file}`, `${folder}/${file}`);
    }
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function edit(path: string, change: (json: Record<string, unknown>) => void): Promise<void> {
  const json = JSON.parse(await Deno.readTextFile(path));
  change(json);
  await Deno.writeTextFile(path, JSON.stringify(json));
}

/** Orders names as a map does. */
function byOrderOf(map: { keys(): Iterable<string> }): (a: string, b: string) => number {
  const order = [...map.keys()];
  return (a, b) => order.indexOf(a) - order.indexOf(b);
}

/** Writes the weight file again, each tensor as `change` returns it, or without it. */
function rewrite(
  folder: string,
  change: (name: string, shape: readonly number[]) => readonly number[] | undefined,
): void {
  const path = `${folder}/model.safetensors`;
  const shapes = new Map<string, readonly number[]>();
  const tensors = new Map(
    [...readSafetensorsHeader(path)].map(([name, stored]) => [name, readStoredTensor(path, name, stored)]),
  );
  for (const [name, { shape }] of tensors) {
    const changed = change(name, shape);
    if (changed !== undefined) shapes.set(name, changed);
  }
  writeSafetensors(path, tensors, shapes, "F32");
}

Deno.test("a sharded checkpoint: all tensors in the architecture's order, end tokens, count and hash", async () => {
  const checkpoint = await loadCheckpoint(`${GOLDEN_MODELS}/qwen2_bf16_sharded`);
  assertEquals(checkpoint.weightFiles.length, 4);
  assertEquals(checkpoint.weights.size, 27);
  assertEquals([...checkpoint.weights.keys()][0], "model.embed_tokens.weight");
  assertEquals(checkpoint.weights.get("lm_head.weight")!.shape, [37, 30]);
  assertEquals(checkpoint.weights.get("absent"), undefined);
  assertEquals(checkpoint.endTokens, [3, 5]);
  assertEquals(checkpoint.parameters, [...checkpoint.weights.values()].reduce((sum, { data }) => sum + data.length, 0));
  // sha256sum model-*.safetensors | sha256sum
  assertEquals(await checkpoint.weightsSha256(), SHARDS_SHA256);
});

Deno.test("a single weight file is identified by its own hash", async () => {
  const folder = `${GOLDEN_MODELS}/llama_bf16_tied`;
  const checkpoint = await loadCheckpoint(folder);
  assertEquals(await checkpoint.weightsSha256(), await fileSha256(`${folder}/model.safetensors`));
  assertEquals(checkpoint.endTokens, [1, 4]);
  assertEquals(checkpoint.companionFiles, [
    "tokenizer.json",
    "tokenizer_config.json",
    "chat_template.jinja",
    "generation_config.json",
  ]);
});

Deno.test("end tokens are those of generation_config.json, config.json and the tokenizer together", async () => {
  await withCopy("qwen2_f32_tied", async (folder) => {
    await Deno.remove(`${folder}/generation_config.json`);
    const setTokenizer = (fields: Record<string, unknown>) =>
      edit(`${folder}/tokenizer_config.json`, (json) => {
        delete json.eos_token;
        Object.assign(json, fields);
      });
    await setTokenizer({});
    let { endTokens, notes } = await loadCheckpoint(folder);
    assertEquals([endTokens, notes], [[1], []]);
    await setTokenizer({ eos_token: { content: "<end>" }, added_tokens_decoder: { 7: { content: "<end>" } } });
    ({ endTokens, notes } = await loadCheckpoint(folder));
    assertEquals(endTokens, [1, 7]);
    assertEquals(notes.length, 1);
    assert(notes[0].includes("different end tokens (config.json 1, tokenizer_config.json 7)"), notes[0]);
    // One file that names them all is no disagreement.
    await Deno.writeTextFile(`${folder}/generation_config.json`, '{"eos_token_id":[7,1,3]}');
    ({ endTokens, notes } = await loadCheckpoint(folder));
    assertEquals([endTokens, notes], [[7, 1, 3], []]);
    await Deno.remove(`${folder}/generation_config.json`);
    await edit(`${folder}/config.json`, (json) => delete json.eos_token_id);
    await setTokenizer({ added_tokens_decoder: null, eos_token: "nowhere" });
    ({ endTokens, notes } = await loadCheckpoint(folder));
    assertEquals(endTokens, []);
    assert(notes[0].includes("it names no end token"), notes[0]);
    const { added_tokens: [{ id, content }] } = JSON.parse(await Deno.readTextFile(`${folder}/tokenizer.json`));
    await setTokenizer({ eos_token: content });
    assertEquals((await loadCheckpoint(folder)).endTokens, [id]);
    await edit(`${folder}/config.json`, (json) => json.eos_token_id = "end");
    await assertRejects(() => loadCheckpoint(folder), BenchError, 'eos_token_id is "end"');
  });
});

Deno.test("a head beside tied embeddings is kept where it is another, with a note, in what is saved too", async () => {
  await withCopy("qwen2_f32_tied", async (folder) => {
    const path = `${folder}/model.safetensors`;
    const tensors = new Map(
      [...readSafetensorsHeader(path)].map(([name, stored]) => [name, readStoredTensor(path, name, stored)]),
    );
    const table = tensors.get("model.embed_tokens.weight")!;
    const write = (data: Float32Array) => {
      const all = new Map([...tensors, ["lm_head.weight", { ...table, data }]]);
      writeSafetensors(path, all, new Map([...all].map(([name, { shape }]) => [name, shape])), "F32");
    };
    write(table.data);
    let checkpoint = await loadCheckpoint(folder);
    assertEquals([checkpoint.config.tiedEmbeddings, checkpoint.notes], [true, []]);
    assertEquals(checkpoint.weights.has("lm_head.weight"), false);
    const other = table.data.with(table.data.length - 1, 0.5);
    write(other);
    checkpoint = await loadCheckpoint(folder);
    assertEquals(checkpoint.config.tiedEmbeddings, false);
    assertEquals(checkpoint.configJson.tie_word_embeddings, false);
    assertEquals(checkpoint.weights.get("lm_head.weight")!.data, other);
    assert(checkpoint.notes[0].includes("the weights hold another head; that head is used"));
  });
});

Deno.test("names without their prefix are read, those of a compiled module and pickled weights refused", async () => {
  await withCopy("qwen2_f32_tied", async (folder) => {
    const path = `${folder}/model.safetensors`;
    const tensors = [...readSafetensorsHeader(path)].map(([name, stored]) =>
      [name, readStoredTensor(path, name, stored)] as const
    );
    const write = (rename: (name: string) => string) => {
      const renamed = new Map(tensors.map(([name, tensor]) => [rename(name), tensor]));
      writeSafetensors(path, renamed, new Map([...renamed].map(([name, { shape }]) => [name, shape])), "F32");
    };
    await edit(`${folder}/config.json`, (json) => json.architectures = ["Qwen2Model"]);
    write((name) => name.slice("model.".length));
    const checkpoint = await loadCheckpoint(folder);
    assertEquals([...checkpoint.weights.keys()], tensors.map(([name]) => name).toSorted(byOrderOf(checkpoint.weights)));
    assertEquals(checkpoint.configJson.architectures, ["Qwen2ForCausalLM"]);
    write((name) => `_orig_mod.${name}`);
    await assertRejects(() => loadCheckpoint(folder), BenchError, "save the module itself, model._orig_mod");
    await Deno.rename(path, `${folder}/pytorch_model.bin`);
    await assertRejects(() => loadCheckpoint(folder), BenchError, "pytorch_model.bin may run code when it is read");
  });
});

Deno.test("what is missing or does not fit is one line that names it", async () => {
  await assertRejects(
    () => loadCheckpoint("tests"),
    BenchError,
    "tests: it is not a model folder, config.json is missing",
  );
  await withCopy("qwen2_bf16_sharded", async (folder) => {
    await Deno.remove(`${folder}/model-00002-of-00004.safetensors`);
    await assertRejects(() => loadCheckpoint(folder), BenchError, "shard model-00002-of-00004.safetensors is missing");
    await edit(`${folder}/model.safetensors.index.json`, (json) => json.weight_map = { a: "../../etc/passwd" });
    await assertRejects(() => loadCheckpoint(folder), BenchError, 'names the shard "../../etc/passwd"');
  });
  await withCopy("qwen2_f32_tied", async (folder) => {
    rewrite(folder, (name, shape) => name === "model.norm.weight" ? undefined : shape);
    await assertRejects(
      () => loadCheckpoint(folder),
      BenchError,
      'tensor "model.norm.weight" of shape [24] is missing',
    );
  });
  await withCopy("qwen2_f32_tied", async (folder) => {
    rewrite(folder, (name, shape) => name.endsWith("1.mlp.down_proj.weight") ? [29, 24] : shape);
    await assertRejects(() => loadCheckpoint(folder), BenchError, "has shape [29,24], config.json implies [24,29]");
  });
  await withCopy("qwen2_f32_tied", async (folder) => {
    await edit(`${folder}/config.json`, (json) => Object.assign(json, { num_hidden_layers: 1, layer_types: null }));
    await assertRejects(() => loadCheckpoint(folder), BenchError, "is not part of a qwen2 model");
    await Deno.remove(`${folder}/model.safetensors`);
    await assertRejects(() => loadCheckpoint(folder), BenchError, "neither model.safetensors nor");
    await Deno.writeTextFile(`${folder}/config.json`, "{");
    await assertRejects(() => loadCheckpoint(folder), BenchError, "it is not a JSON object");
  });
});

Deno.test("a companion that is a link out of the folder is not followed; the hub's own cache links to its blobs", async () => {
  await withCopy("qwen2_f32_tied", async (folder) => {
    const secret = `${Deno.makeTempDirSync()}/secret`;
    Deno.writeTextFileSync(secret, "secret");
    Deno.symlinkSync(secret, `${folder}/merges.txt`);
    await assertRejects(() => loadCheckpoint(folder), BenchError, "merges.txt is a link out of it, to ");
    Deno.removeSync(`${folder}/merges.txt`);
    Deno.symlinkSync("tokenizer.json", `${folder}/vocab.json`);
    assert((await loadCheckpoint(folder)).companionFiles.includes("vocab.json"));
  });
  await withCopy("qwen2_f32_tied", async (folder) => {
    const hub = `${Deno.makeTempDirSync()}/models--org--name`;
    Deno.mkdirSync(`${hub}/blobs`, { recursive: true });
    Deno.mkdirSync(`${hub}/snapshots`);
    Deno.renameSync(`${folder}/tokenizer.json`, `${hub}/blobs/0123abcd`);
    Deno.symlinkSync("../../blobs/0123abcd", `${folder}/tokenizer.json`);
    Deno.renameSync(folder, `${hub}/snapshots/0f0f`);
    assert((await loadCheckpoint(`${hub}/snapshots/0f0f`)).companionFiles.includes("tokenizer.json"));
    Deno.mkdirSync(folder);
  });
});

Deno.test("a damaged weight is found when it is read", async () => {
  await withCopy("qwen2_f32_tied", async (folder) => {
    const path = `${folder}/model.safetensors`;
    const bytes = await Deno.readFile(path);
    const { start } = readSafetensorsHeader(path).get("model.norm.weight")!;
    new DataView(bytes.buffer).setFloat32(start + 8, NaN, true);
    await Deno.writeFile(path, bytes);
    const { weights } = await loadCheckpoint(folder);
    assert(weights.has("model.norm.weight"));
    assertThrows(() => weights.get("model.norm.weight"), BenchError, "holds NaN at index 2");
  });
});

const SHARDS_SHA256 = "8ffdfe359f0e449679d2e8dd30443c191d4278b50747b97009decfe933f495ac";
