import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../../src/errors.ts";
import { cachedModels, modelFolder } from "../../../src/checkpoint/hub/cache.ts";
import { fetchModel } from "../../../src/checkpoint/hub/fetch.ts";
import { parseModelReference } from "../../../src/checkpoint/hub/reference.ts";
import { isPresent } from "../../../src/files/read.ts";
import { utf8, withServer } from "../../datasets/loopback.ts";
import { COMMIT, FILES, MODEL, served } from "./hub.ts";

const BRANCH = parseModelReference(MODEL);
const PINNED = parseModelReference(`${MODEL}@${COMMIT}`);
const WEIGHTS = `${MODEL}/resolve/${COMMIT}/model.safetensors`;

function assertWhole(folder: string): void {
  for (const [name, bytes] of Object.entries(FILES)) assertEquals(Deno.readFileSync(`${folder}/${name}`), bytes, name);
}

Deno.test("a branch is fetched at the commit it points to, and found again without the network", async () => {
  await withServer(served(), async ({ origin, folder: cache, requests }) => {
    const fetched = await fetchModel(BRANCH, { cache, mirror: origin });
    assertEquals(fetched.folder, `${cache}/${MODEL}/${COMMIT}`);
    assertWhole(fetched.folder);
    assertEquals(cachedModels(cache), [{ model: MODEL, commit: COMMIT, folder: fetched.folder }]);
    const before = requests.length;
    assertEquals((await fetchModel(PINNED, { cache, mirror: origin })).from, "cache");
    assertEquals((await fetchModel(BRANCH, { cache, offline: true })).from, "cache");
    assertEquals(requests.length, before);
    assertEquals(modelFolder(`${MODEL}@${COMMIT.slice(0, 9)}`, cache), fetched.folder);
  });
});

Deno.test("half a download is continued by the next run, and the folder has its name only when it is whole", async () => {
  const files = served();
  await withServer(
    { ...files, [WEIGHTS]: { ...files[WEIGHTS], breaks: [11] } },
    async ({ origin, folder: cache, requests }) => {
      const options = { cache, mirror: origin, attempts: 1 };
      await assertRejects(() => fetchModel(BRANCH, options), BenchError, "the transfer broke after 11 of 41 bytes");
      assertEquals(cachedModels(cache), []);
      assertWhole((await fetchModel(BRANCH, options)).folder);
      assertEquals(requests.filter(({ path }) => path === WEIGHTS).map(({ range }) => range), [null, "bytes=11-"]);
      assertEquals(requests.filter(({ path }) => path.endsWith("config.json")).length, 1);
    },
  );
});

Deno.test("bytes that are not the pinned ones are refused and leave nothing", async () => {
  const swapped = utf8("PRETEND these are 41 bytes of weights ...");
  await withServer({ ...served(), [WEIGHTS]: { bytes: swapped } }, async ({ origin, folder: cache }) => {
    await assertRejects(() => fetchModel(BRANCH, { cache, mirror: origin }), BenchError, "model.safetensors: ");
    assert(!isPresent(`${cache}/${MODEL}/${COMMIT}`));
    assert(!isPresent(`${cache}/${MODEL}/${COMMIT}.partial/model.safetensors`));
  });
});

Deno.test("another commit than the one asked for is refused", async () => {
  const other = "f".repeat(40);
  await withServer(served(other), async ({ origin, folder: cache }) => {
    const asked = parseModelReference(`${MODEL}@${other}`);
    await assertRejects(() => fetchModel(asked, { cache, mirror: origin }), BenchError, `found commit ${COMMIT}`);
  });
});

Deno.test("a mirror folder is another cache; its files are checked too", async () => {
  await withServer(served(), async ({ origin, folder }) => {
    const mirror = `${folder}/mirror`;
    const source = await fetchModel(BRANCH, { cache: mirror, mirror: origin });
    const fetched = await fetchModel(PINNED, { cache: `${folder}/cache`, mirror, offline: true });
    assertEquals(fetched.from, source.folder);
    assertWhole(fetched.folder);
    await Deno.writeTextFile(`${source.folder}/config.json`, '{"model_type":"qwen3"}\n');
    await assertRejects(
      () => fetchModel(PINNED, { cache: `${folder}/other`, mirror }),
      BenchError,
      "config.json: found git blob",
    );
  });
});

Deno.test("what cannot be had is one error that says what to do", async () => {
  await withServer(
    { [`api/models/${MODEL}/revision/main`]: { bytes: utf8(""), status: 401 } },
    async ({ origin, folder: cache }) => {
      await assertRejects(() => fetchModel(BRANCH, { cache, mirror: origin }), BenchError, "HF_TOKEN");
      await assertRejects(() => fetchModel(BRANCH, { cache, offline: true }), BenchError, "run once without --offline");
      await assertRejects(() => fetchModel(BRANCH, { cache, mirror: cache }), BenchError, "has no folder");
      await assertRejects(async () => modelFolder(MODEL, cache), BenchError, `deno task models fetch ${MODEL}`);
      await assertRejects(async () => modelFolder("./absent", cache), BenchError, "there is no such folder");
    },
  );
});
