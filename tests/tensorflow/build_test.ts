import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import {
  ADDON,
  buildFault,
  describeFile,
  readBuild,
  type TensorflowBuild,
  writeBuild,
} from "../../src/tensorflow/build.ts";

/** FIPS 180-2, appendix B.1. */
const ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

async function madeUpBuild(folder: string): Promise<TensorflowBuild> {
  await Deno.writeTextFile(`${folder}/${ADDON}`, "abc");
  await Deno.writeTextFile(`${folder}/library.so`, "seventeen bytes..");
  return {
    recipe: "r",
    device: "cpu",
    source: "wheel",
    tensorflow: "2.21.0",
    tfjsNode: "4.22.0",
    compiler: "c++ 12",
    files: [await describeFile(folder, ADDON), await describeFile(folder, `${folder}/library.so`)],
  };
}

Deno.test("a build's record comes back as it was written, and a folder without one holds no build", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals(await readBuild(folder), undefined);
  assertEquals(await readBuild(`${folder}/nowhere`), undefined);
  const build = await madeUpBuild(folder);
  await writeBuild(folder, build);
  assertEquals(await readBuild(folder), build);
  assertEquals(await buildFault(folder, build), undefined);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a record that is none is an error that names the command", async () => {
  const folder = await Deno.makeTempDir();
  for (const text of ["{", "null", "{}", '{"recipe":"r"}']) {
    await Deno.writeTextFile(`${folder}/build.json`, text);
    await assertRejects(() => readBuild(folder), BenchError, "run: deno task setup:tensorflow");
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a library of another size, an addon of other bytes and a missing file are faults", async () => {
  const folder = await Deno.makeTempDir();
  const build = await madeUpBuild(folder);
  await Deno.writeTextFile(`${folder}/${ADDON}`, "abd");
  assertEquals((await buildFault(folder, build))?.endsWith(`expected ${ABC_SHA256}`), true);
  await Deno.writeTextFile(`${folder}/${ADDON}`, "abc");
  await Deno.writeTextFile(`${folder}/library.so`, "short");
  assertEquals(await buildFault(folder, build), `${folder}/library.so: found 5 bytes, expected 17`);
  await Deno.remove(`${folder}/library.so`);
  assertEquals(await buildFault(folder, build), `${folder}/library.so: found no file`);
  await Deno.remove(folder, { recursive: true });
});
