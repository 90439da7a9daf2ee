import { assert, assertEquals, assertRejects } from "@std/assert";
import { createHash } from "node:crypto";
import { cachedModels, modelFolder, readFileList } from "../../../src/checkpoint/hub/cache.ts";
import { fetchModel } from "../../../src/checkpoint/hub/fetch.ts";
import { parseModelReference } from "../../../src/checkpoint/hub/reference.ts";
import { takeGguf } from "../../../src/checkpoint/hub/take_gguf.ts";
import { BenchError, UsageError } from "../../../src/errors.ts";
import { inFolder } from "../../commands/captured.ts";

const FILE = "tests/golden/gguf/llama3.gguf";
const BYTES = Deno.readFileSync(FILE);
const SHA256 = createHash("sha256").update(BYTES).digest("hex");
const COMMIT = SHA256.slice(0, 40);
const OWN = parseModelReference("own/llama");

Deno.test("a GGUF file becomes a model by name: its bytes, pinned, at a commit that is their hash", async () => {
  await inFolder(async (cache) => {
    const told: [string, number][] = [];
    const taken = await takeGguf(OWN, FILE, { cache, onBytes: (file, bytes) => told.push([file, bytes]) });
    const folder = `${cache}/own/llama/${COMMIT}`;
    assertEquals(taken, { model: "own/llama", commit: COMMIT, folder, from: FILE, bytes: BYTES.length });
    assertEquals(told, [["model.gguf", BYTES.length]]);
    assertEquals(Deno.readFileSync(`${folder}/model.gguf`), BYTES);
    const [cached] = cachedModels(cache);
    assertEquals((await readFileList(cached)).files, [{
      name: "model.gguf",
      pin: { bytes: BYTES.length, sha256: SHA256 },
    }]);
    for (const name of ["own/llama", `own/llama@${COMMIT}`, `own/llama@${COMMIT.slice(0, 9)}`]) {
      assertEquals(modelFolder(name, cache), `${folder}/model.gguf`);
    }
    assertEquals((await takeGguf(OWN, FILE, { cache })).from, "cache");
  });
});

Deno.test("a revision is that of the bytes, or refused", async () => {
  await inFolder(async (cache) => {
    const at = (revision: string) => takeGguf({ ...OWN, revision }, FILE, { cache });
    await assertRejects(() => at("0".repeat(40)), UsageError, `its bytes are revision ${COMMIT}; give own/llama alone`);
    assertEquals(cachedModels(cache), []);
    assertEquals((await at(COMMIT.slice(0, 7))).commit, COMMIT);
  });
});

Deno.test("what is no GGUF file, or none that can be loaded, leaves nothing", async () => {
  await inFolder(async (folder) => {
    const cache = `${folder}/cache`;
    await assertRejects(() => takeGguf(OWN, "models/tiny", { cache }), UsageError, "expected a .gguf file");
    const cut = `${folder}/cut.gguf`;
    Deno.writeFileSync(cut, BYTES.subarray(0, BYTES.length >> 1));
    await assertRejects(() => takeGguf(OWN, cut, { cache }), BenchError, cut);
    assertEquals(cachedModels(cache), []);
  });
});

Deno.test("a cache that was filled from a file is a mirror too; what was changed there is refused", async () => {
  await inFolder(async (folder) => {
    const [mirror, cache] = [`${folder}/mirror`, `${folder}/cache`];
    const taken = await takeGguf(OWN, FILE, { cache: mirror });
    const copy = await fetchModel(OWN, { cache, mirror, offline: true });
    assertEquals([copy.commit, copy.bytes], [COMMIT, BYTES.length]);
    const changed = BYTES.slice();
    changed[BYTES.length - 1] ^= 1;
    Deno.writeFileSync(`${taken.folder}/model.gguf`, changed);
    await assertRejects(
      () => fetchModel(OWN, { cache: `${folder}/other`, mirror }),
      BenchError,
      `expected ${SHA256}`,
    );
    assert(cachedModels(`${folder}/other`).length === 0);
  });
});
