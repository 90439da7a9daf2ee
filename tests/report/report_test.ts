import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { bench } from "../../src/experiment/bench.ts";
import { report } from "../../src/report/report.ts";
import mini from "../fixtures/mini.ts";

Deno.test("report() shows samples where the runs that drew them are at hand", async () => {
  const [resultsFolder, runsFolder] = [await Deno.makeTempDir(), await Deno.makeTempDir()];
  const options = { datasets: ["arith-add"], seeds: [1], limit: 2, samples: 3, arms: ["base"] };
  await bench(mini, { ...options, resultsFolder, runsFolder });
  const bare = await report({ resultsFolder });
  const full = await report({ resultsFolder, runsFolder });
  assertEquals([bare.results, bare.sampleSets, full.results, full.sampleSets], [1, 0, 1, 1]);
  assert(full.page.length > bare.page.length && full.page.startsWith("<!DOCTYPE html>"));
});

Deno.test("report() says where there are no results", async () => {
  const resultsFolder = await Deno.makeTempDir();
  await assertRejects(() => report({ resultsFolder }), BenchError, "has no result files");
});
