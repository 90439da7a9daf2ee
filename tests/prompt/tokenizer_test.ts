import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { loadTokenizer, type Tokenizer } from "../../src/prompt/tokenizer.ts";
import small from "../golden/small_tokenizers.json" with { type: "json" };

/** Byte-level BPE in the layouts of Qwen and Llama 3, with ids from transformers (tests/golden/models/tokenizers_golden.py). */
const FOLDER = "tests/golden/models/tokenizers";

interface Golden {
  readonly texts: readonly { text: string; ids: number[]; framed: number[]; decoded: string }[];
}

for (const kind of ["qwen", "llama"]) {
  const golden: Golden = JSON.parse(await Deno.readTextFile(`${FOLDER}/${kind}/golden.json`));

  Deno.test(`${kind}: ids and text are those of transformers, with and without the tokenizer's frame`, async () => {
    const tokenizer = await loadTokenizer(`${FOLDER}/${kind}`);
    for (const { text, ids, framed, decoded } of golden.texts) {
      assertEquals([...tokenizer.encode(text)], ids, JSON.stringify(text));
      assertEquals([...tokenizer.encode(text, { addSpecialTokens: true })], framed, JSON.stringify(text));
      assertEquals(tokenizer.decode(ids), decoded, JSON.stringify(text));
    }
  });
}

async function fromJson(tokenizer: unknown, config: Record<string, unknown> = {}): Promise<Tokenizer> {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/tokenizer.json`, JSON.stringify(tokenizer));
    Deno.writeTextFileSync(`${folder}/tokenizer_config.json`, JSON.stringify(config));
    return await loadTokenizer(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

for (const { name, tokenizer: json, texts, decoded } of small) {
  Deno.test(`${name}: ids are those of Hugging Face, and ids without a token decode to nothing`, async () => {
    const tokenizer = await fromJson(json);
    for (const { text, ids } of texts) assertEquals([...tokenizer.encode(text)], ids, text);
    for (const { ids, text } of decoded) assertEquals(tokenizer.decode(ids), text, String(ids));
  });
}

Deno.test("a character without a token is an error that shows it, never silence", async () => {
  const tiny = await loadTokenizer("models/tiny");
  assertEquals(tiny.unknownCharacters("<think>2+é3é 猫</think>"), ["é", " ", "猫"]);
  const message = 'Cannot encode "2é+\\n": the tokenizer has no token for "é" "\\n"; write it without them';
  assertThrows(() => tiny.encode("2é+\n"), BenchError, message);
  assertThrows(() => tiny.encode("abcdefghijklmn"), BenchError, '"j" and 4 others; write it');
  assertEquals(tiny.encode("<think>2</think>").length, 3);
  assertEquals(tiny.encode("2é+\n", { allowUnknown: true }), tiny.encode("2+"));
  // One token for all unknown characters: written as itself it is meant.
  const { tokenizer: llama } = small.find(({ name }) => name === "Llama 2")!;
  const unknown = await fromJson({ ...llama, model: { ...llama.model, byte_fallback: false } });
  assertEquals(unknown.unknownCharacters("a x<unk>"), ["x"]);
  assertEquals((await loadTokenizer(`${FOLDER}/qwen`)).unknownCharacters("é 猫\n🙂"), []);
});

Deno.test("BOS is never doubled", async () => {
  const tokenizer = await loadTokenizer(`${FOLDER}/llama`);
  const bos = tokenizer.tokenId("<|bos|>")!;
  const framed = tokenizer.encode("<|bos|>The answer", { addSpecialTokens: true });
  assertEquals([...framed.slice(0, 1)], [bos]);
  assertEquals([...framed], [...tokenizer.encode("The answer", { addSpecialTokens: true })]);
  assertEquals(tokenizer.specialTokens.bos_token, "<|bos|>");
});

Deno.test("a token is found by its exact name; the hash is that of tokenizer.json", async () => {
  const tokenizer = await loadTokenizer(`${FOLDER}/qwen`);
  assertEquals([...tokenizer.encode("</think>")], [tokenizer.tokenId("</think>")]);
  assertEquals(tokenizer.tokenId("<absent>"), undefined);
  assertEquals(tokenizer.sha256.length, 64);
});

Deno.test("a folder without a whole tokenizer.json is refused", async () => {
  await assertRejects(() => loadTokenizer("tests"), BenchError, "there is no tokenizer.json");
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/tokenizer.json`, '{"version":');
    await assertRejects(() => loadTokenizer(folder), BenchError, "it is not a JSON object");
    await Deno.writeTextFile(`${folder}/tokenizer.json`, '{"version":"1.0"}');
    await assertRejects(() => loadTokenizer(folder), BenchError, "Cannot load");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a tokenizer whose pattern could take for ever is refused, before any text is split by it", async () => {
  const folder = Deno.makeTempDirSync();
  const tokenizer = JSON.parse(Deno.readTextFileSync(`${FOLDER}/qwen/tokenizer.json`));
  const endless = { type: "Split", pattern: { Regex: "(a+)+$" }, behavior: "Isolated", invert: false };
  Deno.writeTextFileSync(`${folder}/tokenizer.json`, JSON.stringify({ ...tokenizer, pre_tokenizer: endless }));
  await assertRejects(() => loadTokenizer(folder), BenchError, 'its pattern "(a+)+$" repeats what repeats itself');
});

Deno.test("an added token that is no text is refused before a text meets it", async () => {
  const folder = Deno.makeTempDirSync();
  const tokenizer = JSON.parse(Deno.readTextFileSync(`${FOLDER}/qwen/tokenizer.json`));
  for (const content of [["a", "a"], 7, null]) {
    const added_tokens = [{ ...tokenizer.added_tokens[0], content, rstrip: true }, ...tokenizer.added_tokens.slice(1)];
    Deno.writeTextFileSync(`${folder}/tokenizer.json`, JSON.stringify({ ...tokenizer, added_tokens }));
    await assertRejects(() => loadTokenizer(folder), BenchError, "expected one whose content is a text");
  }
});
