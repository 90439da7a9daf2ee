import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { bench } from "../../src/experiment/bench.ts";
import { ExperimentProgress } from "../../src/experiment/experiment_progress.ts";
import { ProgressFile, readProgress } from "../../src/experiment/progress_file.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { isRunning } from "../../src/experiment/run_folder.ts";
import mini from "../fixtures/mini.ts";

Deno.test("a run folder says how far its experiment is, and whether somebody works there", async () => {
  const runsFolder = await Deno.makeTempDir();
  const run = bench(mini, { arms: ["base"], datasets: ["arith-add"], seeds: [1, 2], limit: 3, samples: 5, runsFolder });
  let folder = "";
  for await (const event of run) {
    if (event.kind === "start") folder = event.folder;
    if (event.kind === "samples") assert(isRunning(folder));
  }
  assert(!isRunning(folder));
  const { runs, problems, work } = readProgress(folder)!;
  assertEquals(runs.map(({ state, samples }) => [state, samples]), [["finished", 15], ["finished", 15]]);
  assertEquals([problems, work.done, work.before], [3, work.total, 0]);
});

Deno.test("what is missing or damaged says nothing", async () => {
  const folder = await Deno.makeTempDir();
  assertEquals([readProgress(folder), isRunning(folder)], [undefined, false]);
  const config = resolveExperiment(mini);
  const progress = new ExperimentProgress({ config, problems: 3, backend: "b" }, "2026-01-01T00:00:00Z");
  new ProgressFile(folder, progress);
  assertEquals(readProgress(folder)!.runs.length, 3);
  for (const damage of ['{"backend":"b"', '{"backend":3}', "null"]) {
    await Deno.writeTextFile(`${folder}/progress.json`, damage);
    assertEquals(readProgress(folder), undefined);
  }
});

Deno.test("a last writing that fails hides nothing of what ended the run", () => {
  const folder = Deno.makeTempDirSync();
  const facts = { config: resolveExperiment(mini), problems: 3, backend: "b" };
  const file = new ProgressFile(folder, new ExperimentProgress(facts, "2026-01-01T00:00:00Z"));
  Deno.mkdirSync(`${folder}/progress.json.tmp`);
  assertThrows(
    () => {
      using _file = file;
      throw new BenchError("the cause");
    },
    BenchError,
    "the cause",
  );
  assertEquals(readProgress(folder)!.runs.length, 3);
});
