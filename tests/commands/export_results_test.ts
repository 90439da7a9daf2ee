import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { exportResults } from "../../src/commands/export_results.ts";
import { BenchError } from "../../src/errors.ts";
import { sampledRun } from "../exports/samples/sampled.ts";
import { filesBelow } from "../exports/trackers/logged.ts";
import { exampleResult } from "../result/example.ts";
import { captured } from "./captured.ts";

const NOTHING = () => undefined;

Deno.test("each kind of format is written into the folder, and its files are named", async () => {
  const { runs, result } = await sampledRun();
  const folder = await Deno.makeTempDir();
  const written = async (name: Parameters<typeof exportResults>[1]) => {
    const { stderr } = await captured(async () => {
      await exportResults([result], name, { runs, folder: `${folder}/${name}` }, NOTHING);
      return 0;
    });
    return { stderr, files: filesBelow(`${folder}/${name}`) };
  };
  for (const [name, count] of [["lm-eval", 1], ["lighteval-details", 1], ["every-eval-ever-samples", 2]] as const) {
    const { stderr, files } = await written(name);
    assertEquals(files.length, count);
    for (const file of files) assertStringIncludes(stderr, `wrote ${folder}/${name}/${file}`);
  }
  const { stderr, files } = await written("tensorboard");
  assertEquals(files.length, 1);
  assertStringIncludes(stderr, `wrote 1 result for tensorboard into ${folder}/tensorboard`);
});

Deno.test("an export of nothing says what is missing", async () => {
  const folder = await Deno.makeTempDir();
  const places = { runs: `${folder}/runs`, folder };
  for (const name of ["lm-eval", "trackio", "lighteval-details"] as const) {
    await assertRejects(
      () => exportResults([], name, places, NOTHING),
      BenchError,
      "found 0 results that count, expected",
    );
  }
  await assertRejects(
    () => exportResults([exampleResult()], "lighteval-details", places, NOTHING),
    BenchError,
    `and in ${folder}/runs/ samples of none of them`,
  );
  assertEquals(filesBelow(folder), []);
});
