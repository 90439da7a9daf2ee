import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import {
  curvesState,
  runFolderNames,
  watchCurves,
  watchResults,
  watchRun,
  watchSamples,
} from "../../src/view/run_reader.ts";
import { makeRuns, samplesPath } from "./run_folder.ts";

const made = await makeRuns();
const { runs, name } = made;

/** A copy that a test may damage. */
async function copy(): Promise<typeof made> {
  const folder = await Deno.makeTempDir();
  const { success } = await new Deno.Command("cp", { args: ["-R", `${runs}/${name}`, folder] }).output();
  assert(success);
  return { runs: folder, name };
}

Deno.test("a finished run folder is read as it was made", () => {
  assertEquals(runFolderNames(runs), [name]);
  const run = watchRun(runs, name);
  assertEquals([run.config.name, run.working, run.progress?.runs.length], ["mini", false, 2]);
  assertEquals(watchCurves(runs, run).map(({ run: { arm }, points }) => [arm.label, points.map(({ step }) => step)]), [
    ["soft-thinking-grpo", [1, 2, 3]],
  ]);
  const samples = watchSamples(runs, run, 4);
  assertEquals(samples.map(({ dataset }) => dataset), Array(4).fill("arith-add"));
  assert(samples.every(({ text }) => text.length > 0));
});

Deno.test("the samples that were written last come first, and what is no sample is left out", async () => {
  const { runs } = await copy();
  const lines = [17, 19, 23].map((sample) => JSON.stringify({ ...JSON.parse(firstLine(samplesPath(made))), sample }));
  await Deno.writeTextFile(samplesPath({ runs, name }), [...lines, "null", '{"problem":3}', "{", "torn"].join("\n"));
  const samples = watchSamples(runs, watchRun(runs, name), 11);
  assertEquals(samples.map(({ evaluation, sample }) => [evaluation, sample]), [
    ["base-s2", 23],
    ["base-s2", 19],
    ["base-s2", 17],
  ]);
});

Deno.test("the end of a large file is read alone", async () => {
  const { runs } = await copy();
  const row = JSON.parse(firstLine(samplesPath(made)));
  const lines = Array.from(
    { length: 997 },
    (_, sample) => JSON.stringify({ ...row, text: "9".repeat(307), sample }) + "\n",
  );
  await Deno.writeTextFile(samplesPath({ runs, name }), lines.join(""));
  assertEquals(watchSamples(runs, watchRun(runs, name), 2).map(({ sample }) => sample), [996, 995]);
});

Deno.test("no link is followed, neither to a folder nor to a file", async () => {
  const { runs } = await copy();
  const elsewhere = await copy();
  Deno.symlinkSync(`${elsewhere.runs}/${name}`, `${runs}/linked`);
  assertEquals(runFolderNames(runs), [name]);
  const run = watchRun(runs, name);
  const metrics = `${runs}/${name}/metrics`;
  Deno.removeSync(metrics, { recursive: true });
  Deno.mkdirSync(metrics);
  for (const { name: file } of Deno.readDirSync(`${elsewhere.runs}/${name}/metrics`)) {
    Deno.symlinkSync(`${elsewhere.runs}/${name}/metrics/${file}`, `${metrics}/${file}`);
  }
  assertEquals(watchCurves(runs, run), []);
  const path = samplesPath({ runs, name });
  Deno.removeSync(`${runs}/${name}/samples`, { recursive: true });
  Deno.symlinkSync(`${elsewhere.runs}/${name}/samples`, `${runs}/${name}/samples`);
  assert(path.startsWith(runs));
  assertEquals(watchSamples(runs, run, 3), []);
  assertEquals(watchResults(runs, name).length, 2);
  Deno.removeSync(`${runs}/${name}/results`, { recursive: true });
  Deno.symlinkSync(`${elsewhere.runs}/${name}/results`, `${runs}/${name}/results`);
  assertEquals(watchResults(runs, name), []);
});

Deno.test("a curve shows that it changed, and its torn or damaged lines are left out", async () => {
  const { runs } = await copy();
  const run = watchRun(runs, name);
  const before = curvesState(runs, run);
  const [file] = [...Deno.readDirSync(`${runs}/${name}/metrics`)].map((entry) => entry.name);
  const path = `${runs}/${name}/metrics/${file}`;
  await Deno.writeTextFile(path, '{"step":4,"reward":"1"}\n{"step":5,"reward":1}\n{"step":6', { append: true });
  assert(curvesState(runs, run) !== before);
  assertEquals(watchCurves(runs, run)[0].points.map(({ step }) => step), [1, 2, 3, 5]);
});

Deno.test("a configuration that is missing or damaged is an error, progress of other runs is none", async () => {
  const { runs } = await copy();
  const progress = JSON.parse(await Deno.readTextFile(`${runs}/${name}/progress.json`));
  await Deno.writeTextFile(
    `${runs}/${name}/progress.json`,
    JSON.stringify({ ...progress, runs: progress.runs.slice(1) }),
  );
  assertEquals(watchRun(runs, name).progress, undefined);
  await Deno.writeTextFile(`${runs}/${name}/config.json`, '{"name": 3}');
  assertThrows(() => watchRun(runs, name), BenchError, "config.json");
  await Deno.remove(`${runs}/${name}/config.json`);
  assertThrows(() => watchRun(runs, name), BenchError, "no config.json");
});

Deno.test("a folder that is not there has no runs", () => assertEquals(runFolderNames(`${runs}/none`), []));

function firstLine(path: string): string {
  return Deno.readTextFileSync(path).split("\n")[0];
}
