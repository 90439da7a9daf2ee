/** GGUF files made by gguf-py, against transformers (tests/golden/gguf.py). */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { GGML_TYPES } from "../../src/checkpoint/ggml_types.ts";
import { saveCheckpoint } from "../../src/checkpoint/writer.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { BenchError } from "../../src/errors.ts";
import { loadChatTemplate } from "../../src/prompt/prompt.ts";
import { loadTokenizer } from "../../src/prompt/tokenizer.ts";
import { wholeRowsOf } from "../fixtures/logit_rows.ts";
import golden from "../golden/gguf.json" with { type: "json" };

const FOLDER = "tests/golden/gguf";

for (const { type, number, bytes, values } of golden.blocks) {
  Deno.test(`${type}: every number is that of gguf-py, to the last bit`, () => {
    const format = GGML_TYPES.get(number)!;
    assertEquals(format.name, type);
    assertEquals(bytes.length / format.bytes * format.numbers, values.length);
    const target = new Float32Array(values.length);
    format.read(target, Uint8Array.from(bytes));
    assertEquals([...target], values);
  });
}

interface GoldenModel {
  readonly name: string;
  readonly ids: readonly number[];
  readonly logits: readonly number[];
  readonly texts?: readonly { readonly text: string; readonly ids: readonly number[] }[];
  readonly framed?: readonly number[];
}

async function lastLogits(path: string, ids: readonly number[]): Promise<Float32Array> {
  const { config, weights } = await loadCheckpoint(path);
  const engine = await createEngine(config, weights, { workers: 1 });
  const decoder = wholeRowsOf(await engine.decode([Int32Array.from(ids)], [1], 1), config.vocabularySize);
  const [logits] = await decoder.prompts(1);
  decoder.dispose();
  await engine.dispose();
  return logits;
}

function assertLogits(found: Float32Array, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  assertEquals(found.length, expected.length);
  expected.forEach((value, i) => assert(Math.abs(found[i] - value) < 2e-5 * scale, `${i}: ${found[i]}, ${value}`));
}

for (const { name, ids, logits, texts = [], framed } of golden.models as readonly GoldenModel[]) {
  Deno.test(`${name}.gguf: logits, and ids of its tokenizer, are those of transformers`, async () => {
    const path = `${FOLDER}/${name}.gguf`;
    assertLogits(await lastLogits(path, ids), logits);
    const tokenizer = await loadTokenizer(path);
    for (const { text, ids } of texts) {
      assertEquals([...tokenizer.encode(text)], ids, text);
      assertEquals(tokenizer.decode(ids), text.normalize("NFC"), text);
    }
    if (framed !== undefined) assertEquals([...tokenizer.encode(texts[0].text, { addSpecialTokens: true })], framed);
  });
}

Deno.test("a GGUF file is a checkpoint: end tokens, chat template, hash, and a folder that is saved from it", async () => {
  const path = `${FOLDER}/qwen2.gguf`;
  const checkpoint = await loadCheckpoint(path);
  const tokenizer = await loadTokenizer(path);
  assertEquals(checkpoint.endTokens, [tokenizer.tokenId("<|im_end|>")!]);
  assertEquals([checkpoint.notes, checkpoint.weightFiles], [[], ["qwen2.gguf"]]);
  assertEquals((await loadChatTemplate(path))!.startsWith("{% for m in messages %}"), true);
  // sha256sum tests/golden/gguf/qwen2.gguf
  assertEquals(await checkpoint.weightsSha256(), SHA256);
  const parent = await Deno.makeTempDir();
  try {
    const folder = `${parent}/saved`;
    const { config, configJson, weights } = checkpoint;
    const card = { title: "t", summary: "s", facts: [] };
    await saveCheckpoint(folder, { config, configJson, weights, dtype: "F32", companionsFrom: path, card });
    const saved = await loadCheckpoint(folder);
    assertEquals([saved.config, saved.endTokens], [config, checkpoint.endTokens]);
    assertEquals((await loadTokenizer(folder)).sha256, tokenizer.sha256);
    assertEquals(await loadChatTemplate(folder), await loadChatTemplate(path));
    const name = "model.layers.1.self_attn.k_proj.weight";
    assertEquals(saved.weights.get(name), weights.get(name));
    await Deno.copyFile(path, `${parent}/here.gguf`);
    await assertRejects(
      () => loadCheckpoint(parent),
      BenchError,
      "here.gguf in it is a model by itself: give its path",
    );
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

Deno.test("what a GGUF file says against the support is refused, with what to do", async () => {
  const original = await Deno.readFile(`${FOLDER}/llama2.gguf`);
  const path = `${await Deno.makeTempDir()}/changed.gguf`;
  const find = (text: string) => {
    const bytes = new TextEncoder().encode(text);
    return original.findIndex((_, i) => bytes.every((byte, k) => original[i + k] === byte)) + bytes.length;
  };
  const changed = (at: number, value: number): Promise<void> => {
    const bytes = original.slice();
    bytes[at] = value;
    return Deno.writeFile(path, bytes);
  };
  const refused = (message: string) =>
    assertRejects(async () => [...(await loadCheckpoint(path)).weights.values()], BenchError, message);
  await changed(0, 0);
  await refused("it is not a GGUF file");
  await changed(4, 9);
  await refused("its version is 9, supported are 2 and 3");
  await Deno.writeFile(path, original.subarray(0, 4000));
  await refused("it is truncated");
  await Deno.writeFile(path, original.subarray(0, -100));
  await refused("does not fit its");
  // The type stands after the tensor's number of dimensions, in two sizes.
  await changed(find("blk.1.attn_q.weight") + 4 + 16, 11);
  await refused(
    "is of ggml's type 11, supported are F32, F16, Q4_0, Q4_1, Q8_0, Q4_K, Q6_K, BF16; take the model in one",
  );
  await changed(find("general.architecture") + 4 + 8, "m".charCodeAt(0));
  await refused('its architecture is "mlama", supported are llama, qwen2');
  // A type, then the length of the text.
  await changed(find("tokenizer.ggml.model") + 4 + 8, "x".charCodeAt(0));
  await assertRejects(() => loadTokenizer(path), BenchError, 'it is of the kind "xlama", supported are "gpt2"');
});

const SHA256 = "5aeb3190ef6ae7add28857a45d28af217d1336ee2a7fb4598dce6b220597e8bc";
