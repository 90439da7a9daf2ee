import { assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { ADDON, describeFile, type TensorflowBuild, writeBuild } from "../../src/tensorflow/build.ts";
import { loadTensorflow } from "../../src/tensorflow/load.ts";
import { recipeOf } from "../../src/tensorflow/recipe.ts";

async function folderWith(change: Partial<TensorflowBuild>): Promise<string> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/${ADDON}`, "no library");
  await writeBuild(folder, {
    recipe: recipeOf({ device: "cpu", source: "wheel" }),
    device: "cpu",
    source: "wheel",
    tensorflow: "2.21.0",
    tfjsNode: "4.22.0",
    compiler: "c++ 12",
    files: [await describeFile(folder, ADDON)],
    ...change,
  });
  return folder;
}

Deno.test("without a build the error names the command that makes it", async () => {
  await assertRejects(
    () => loadTensorflow("/nowhere"),
    BenchError,
    "Cannot use the backend tensorflow: found no build of it in /nowhere; run: deno task setup:tensorflow",
  );
});

Deno.test("a build by other pins, and a damaged one, are errors that name the command for the same device", async () => {
  const old = await folderWith({ device: "cuda", recipe: "old" });
  await assertRejects(
    () => loadTensorflow(old),
    BenchError,
    `found a build of other versions in ${old}; run: deno task setup:tensorflow --cuda`,
  );
  const damaged = await folderWith({});
  await Deno.writeTextFile(`${damaged}/${ADDON}`, "cut");
  await assertRejects(() => loadTensorflow(damaged), BenchError, "found 3 bytes, expected 10; run: deno task setup:");
  for (const folder of [old, damaged]) await Deno.remove(folder, { recursive: true });
});

Deno.test("an addon that cannot be opened, or may not be, is one line", async () => {
  const folder = await folderWith({});
  const error = await assertRejects(() => loadTensorflow(folder), BenchError, "Cannot use the backend tensorflow: ");
  if (error.message.includes("\n")) throw new Error(`more than one line: ${error.message}`);
  await Deno.remove(folder, { recursive: true });
});
