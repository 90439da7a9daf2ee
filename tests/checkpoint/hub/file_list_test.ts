import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../../src/errors.ts";
import { fileMismatch, isFileList, parseHubAnswer } from "../../../src/checkpoint/hub/file_list.ts";
import { COMMIT, MODEL, siblings } from "./hub.ts";

Deno.test("only what a model needs is listed, each file with its length and hash", () => {
  const list = parseHubAnswer(MODEL, { sha: COMMIT, siblings: siblings() });
  assertEquals(list.files.map(({ name }) => name), ["config.json", "tokenizer.json", "model.safetensors"]);
  // Git's name of "{}" without a newline, as `printf '{}' | git hash-object --stdin` prints it.
  assertEquals(list.files[1].pin, { bytes: 2, gitBlobSha1: "9e26dfeeb6e641a33dae4961196235bdb965b21b" });
});

Deno.test("an answer without commit, hashes, tokenizer or weights is refused", () => {
  const without = (name: string) => siblings().filter(({ rfilename }) => rfilename !== name);
  const parse = (answer: Record<string, unknown>) => () => parseHubAnswer(MODEL, answer);
  assertThrows(parse({ error: "Repository not found" }), BenchError, "without a commit");
  assertThrows(parse({ sha: COMMIT, siblings: without("tokenizer.json") }), BenchError, "no tokenizer.json");
  assertThrows(parse({ sha: COMMIT, siblings: without("model.safetensors") }), BenchError, "no safetensors weights");
  const unhashed = siblings().map(({ blobId: _, ...rest }) => rest);
  assertThrows(parse({ sha: COMMIT, siblings: unhashed }), BenchError, "no length and hash of config.json");
});

Deno.test("a name that is listed twice is refused: one of its hashes would be nobody's", () => {
  const [first, second, ...rest] = siblings();
  const answer = { sha: COMMIT, siblings: [first, second, { ...second, rfilename: first.rfilename }, ...rest] };
  assertThrows(() => parseHubAnswer(MODEL, answer), BenchError, "found config.json a second time");
});

Deno.test("a length below 0, and an entry that is none, are refused or passed over", () => {
  const negative = siblings().map((one) => one.rfilename === "config.json" ? { ...one, size: -5 } : one);
  const parse = (all: unknown[]) => parseHubAnswer(MODEL, { sha: COMMIT, siblings: all });
  assertThrows(() => parse(negative), BenchError, "no length and hash of config.json");
  assertEquals(parse([null, 5, ...siblings()]).files.length, 3);
});

Deno.test("a list of files that somebody else kept names files of a model, in no other folder", () => {
  const { files } = parseHubAnswer(MODEL, { sha: COMMIT, siblings: siblings() });
  const [first, ...rest] = files;
  assert(isFileList(files));
  for (const name of ["../../../evil.txt", "/etc/passwd", "a/config.json", "evil.txt", "config.json/", 5, null]) {
    assert(!isFileList([{ ...first, name }, ...rest]), String(name));
  }
  for (const pin of [null, {}, { bytes: -5, sha256: "0".repeat(64) }, { bytes: 5 }, { bytes: 5, sha256: "../x" }]) {
    assert(!isFileList([{ ...first, pin }, ...rest]), JSON.stringify(pin));
  }
  for (const value of [undefined, {}, [null], ["config.json"]]) assert(!isFileList(value));
});

Deno.test("a file is compared with its pin by length, SHA-256 or Git's name", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "hello\n");
    const sha256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
    const gitBlobSha1 = "ce013625030ba8dba906f756967f9e9ca394464a";
    assertEquals(await fileMismatch(path, { bytes: 6, sha256 }), undefined);
    assertEquals(await fileMismatch(path, { bytes: 6, gitBlobSha1 }), undefined);
    assertEquals(await fileMismatch(path, { bytes: 7, sha256 }), "found 6 bytes, expected 7");
    assertEquals(
      await fileMismatch(path, { bytes: 6, gitBlobSha1: "00" }),
      `found git blob ${gitBlobSha1}, expected 00`,
    );
    await assertRejects(() => fileMismatch(`${path}.absent`, { bytes: 6, sha256 }), Deno.errors.NotFound);
  } finally {
    await Deno.remove(path);
  }
});
