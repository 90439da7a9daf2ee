import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Reading } from "../../src/commands/reading.ts";
import { run, writeReport } from "../../src/commands/report.ts";
import { BenchError } from "../../src/errors.ts";
import { MADE_UP_ARMS, madeUpResults, madeUpSamples } from "../report/made_up_results.ts";
import { captured, inFolder } from "./captured.ts";
import { serializeResult } from "../../src/result/serialize.ts";
import { writeResult } from "../../src/result/store.ts";

const results = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 3) });

Deno.test("the page of a folder's results lies beside them, with samples of its runs", () =>
  inFolder(async (folder) => {
    for (const result of results) writeResult(`${folder}/results/v1`, result);
    for (const place of ["results", "samples/first"]) {
      await Deno.mkdir(`${folder}/runs/x/${place}`, { recursive: true });
    }
    await Deno.writeTextFile(`${folder}/runs/x/results/first.json`, serializeResult(results[0]));
    await Deno.writeTextFile(
      `${folder}/runs/x/samples/first/add.jsonl`,
      madeUpSamples().map((sample) => JSON.stringify(sample) + "\n").join(""),
    );
    const { code, stdout } = await captured(() =>
      run({ positionals: [], flags: { results: `${folder}/results`, runs: `${folder}/runs`, json: true } })
    );
    assertEquals(code, 0);
    const written = JSON.parse(stdout);
    assertEquals([written.path, written.results, written.sampleSets], [`${folder}/results/report.html`, 3, 1]);
    const page = await Deno.readTextFile(written.path);
    assertEquals(new TextEncoder().encode(page).length, written.bytes);
    assertStringIncludes(page, "alert(1)");
    assertEquals(page.match(/<script/g)?.length, 1, "our own script alone");
  }));

Deno.test("a folder of runs that is named must be there", () =>
  inFolder(async (folder) => {
    writeResult(`${folder}/v1`, results[0]);
    await assertRejects(
      () => run({ positionals: [], flags: { results: folder, runs: `${folder}/absent` } }),
      BenchError,
      "absent: there is no such folder",
    );
  }));

Deno.test("without results there is no page, and the error says what writes some", () =>
  inFolder(async (folder) => {
    await assertRejects(
      () => writeReport({ results: folder, runs: folder }, new Reading()),
      BenchError,
      "`deno task bench` writes some",
    );
  }));
