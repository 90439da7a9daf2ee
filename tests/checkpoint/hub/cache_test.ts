import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { BenchError } from "../../../src/errors.ts";
import { cachedModels, findCached, modelFolder, readFileList } from "../../../src/checkpoint/hub/cache.ts";
import { parseModelReference } from "../../../src/checkpoint/hub/reference.ts";
import { inFolder } from "../../commands/captured.ts";

const [FIRST, SECOND] = ["1".repeat(40), "2".repeat(40)];

async function withCache(test: (cache: string) => Promise<void>): Promise<void> {
  await inFolder(async (cache) => {
    for (const name of [`a/b/${FIRST}`, `a/b/${SECOND}.partial`, `a/c/${FIRST}`, `a/c/${SECOND}`]) {
      await Deno.mkdir(`${cache}/${name}`, { recursive: true });
    }
    await test(cache);
  });
}

Deno.test("only whole models are listed", async () => {
  await withCache(async (cache) => {
    assertEquals(cachedModels(cache).map(({ model, commit }) => model + commit[0]), ["a/b1", "a/c1", "a/c2"]);
    assertEquals(cachedModels(`${cache}/absent`), []);
  });
});

Deno.test("a reference means the one commit that fits it", async () => {
  await withCache(async (cache) => {
    const find = (text: string) => findCached(parseModelReference(text), cache)?.commit;
    assertEquals(find("a/b"), FIRST);
    assertEquals(find("a/c@2222222"), SECOND);
    assertEquals(find("a/c@3333333"), undefined);
    assertThrows(() => find("a/c@main"), BenchError, `has commits ${FIRST}, ${SECOND}; name one of them`);
  });
});

Deno.test("a folder comes before a reference of the same form", async () => {
  await withCache(async (cache) => {
    assertEquals(modelFolder("tests/models", cache), "tests/models");
    assertEquals(modelFolder("a/b", cache), `${cache}/a/b/${FIRST}`);
  });
});

Deno.test("a model that comes with the code is found from any folder, after one that is there", async () => {
  const folder = await Deno.makeTempDir();
  // A process of its own: all tests share one working folder.
  const found = async (model: string) => {
    const code = `import { modelFolder } from ${
      JSON.stringify(import.meta.resolve("../../../src/checkpoint/hub/cache.ts"))
    };
      try { console.log(modelFolder(${JSON.stringify(model)})); } catch (error) { console.log(error.message); }`;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", "-q", code], cwd: folder }).output();
    return new TextDecoder().decode(stdout).trim();
  };
  assertEquals(await found("models/tiny"), fileURLToPath(new URL("../../../models/tiny", import.meta.url)));
  assertMatch(await found("models/../src"), /no such folder/);
  await Deno.mkdir(`${folder}/models/tiny`, { recursive: true });
  assertEquals(await found("models/tiny"), "models/tiny");
});

Deno.test("a cached model without its list of files is refused", async () => {
  await withCache(async (cache) => {
    await assertRejects(() => readFileList(cachedModels(cache)[0]), BenchError, "its files.json is missing");
  });
});
