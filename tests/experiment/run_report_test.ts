import { PROGRESS_FILE } from "../../src/experiment/progress_file.ts";
import { assert, assertEquals } from "@std/assert";
import { bench } from "../../src/experiment/bench.ts";
import { RunFolder } from "../../src/experiment/run_folder.ts";
import { folderSize, runFaults, runProgress } from "../../src/experiment/run_report.ts";
import { readStoredRun, storedRunNames } from "../../src/experiment/stored_run.ts";
import { train } from "../../src/experiment/train.ts";
import mini from "../fixtures/mini.ts";

/** An arm that trains and one that does not, three problems of each of two datasets, five samples. */
const FEW = { arms: ["base", "soft-thinking-grpo"], seeds: [1], workers: 1 };
const ALL_SAMPLES = 2 * 2 * 3 * 5;

/** A folder with finished work, made once. */
const finished = (() => {
  let made: Promise<string> | undefined;
  return () =>
    made ??= (async () => {
      const runsFolder = Deno.makeTempDirSync();
      await bench(mini, { ...FEW, runsFolder, command: ["bench", "mini"] });
      return runsFolder;
    })();
})();

/** A copy of it, in which something may be damaged. */
async function copy(): Promise<{ runs: string; path: string }> {
  const from = await finished();
  const runs = Deno.makeTempDirSync();
  copyFolder(from, runs);
  const [name] = storedRunNames(runs);
  return { runs, path: `${runs}/${name}` };
}

function copyFolder(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    if (isDirectory) copyFolder(`${from}/${name}`, `${to}/${name}`);
    else Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Paths of files below a folder, as they count from there. */
function filesOf(folder: string, prefix = ""): string[] {
  return [...Deno.readDirSync(`${folder}/${prefix}`)].flatMap(({ name, isDirectory }) =>
    isDirectory ? filesOf(folder, `${prefix}${name}/`) : [prefix + name]
  ).sort();
}

/** Faults of a run folder, paths as they count from there. */
async function faultsOf(path: string, contents = true): Promise<string[]> {
  const faults = await runFaults(readStoredRun(path), { contents });
  return faults.map(({ fault, next }) => `${fault.replace(`${path}/`, "")}; ${next}`).map((line) =>
    line.replace(/-s1-[0-9a-f]{8}/g, "-s1")
  );
}

/** Whether a file holds work; the others tell of now. */
function isWork(file: string): boolean {
  return file !== "lock" && file !== PROGRESS_FILE;
}

function changeMiddle(path: string): void {
  const bytes = Deno.readFileSync(path);
  // Of a state in a hash, not in the name of a file: that would be two faults, of a file too few and one too many.
  const at = path.endsWith("/state.json") ? bytes.length - 20 : Math.floor(bytes.length / 2);
  bytes[at] ^= 1;
  Deno.writeFileSync(path, bytes);
}

Deno.test("finished work is whole, and all of it is done", async () => {
  const runs = await finished();
  const [name] = storedRunNames(runs);
  const stored = readStoredRun(`${runs}/${name}`);
  assertEquals([stored.experiment, stored.running, stored.command], ["mini", false, ["bench", "mini"]]);
  assertEquals(runProgress(stored), {
    steps: { done: 5, of: 5 },
    samples: { done: ALL_SAMPLES, of: ALL_SAMPLES },
    finished: true,
  });
  assertEquals(await runFaults(stored), []);
  assertEquals(await runFaults(stored, { contents: false }), []);
});

Deno.test("what takes room and when it changed is that of all files, and links lead nowhere", async () => {
  const { path } = await copy();
  const sizes = filesOf(path).map((file) => Deno.statSync(`${path}/${file}`).size);
  Deno.symlinkSync(Deno.execPath(), `${path}/link`);
  Deno.utimeSync(`${path}/config.json`, new Date(), new Date("2123-04-05T06:07:08Z"));
  const { bytes, changed } = folderSize(path);
  assert(Math.abs(bytes - sizes.reduce((a, b) => a + b)) < 1000);
  assertEquals(changed.toISOString(), "2123-04-05T06:07:08.000Z");
});

Deno.test("every file that has changed is named, each with what the next command does about it", async () => {
  const { path } = await copy();
  for (const file of filesOf(path).filter(isWork)) {
    const bytes = Deno.readFileSync(`${path}/${file}`);
    changeMiddle(`${path}/${file}`);
    const found = await faultsOf(path);
    Deno.writeFileSync(`${path}/${file}`, bytes);
    const named = file.replace(/-s1-[0-9a-f]{8}/g, "-s1").replace(/\.sha256$/, "");
    assertEquals(found.length, 1, `${file}: ${found.join("\n")}`);
    // Of a state that holds another hash for a file, that file seems to be the one.
    if (!file.endsWith("/state.json")) {
      assert(found[0].startsWith(`${named} `) || found[0].startsWith(`${named}:`), found[0]);
    }
    const expected = /^samples/.test(file)
      ? /^samples\/\S+:\d+ has changed since it was written; \d+ samples? from there on (?:is|are) drawn again$/
      : /^results/.test(file)
      ? /has changed since it was written; it is written again from the samples$/
      : /^(metrics|rollouts)/.test(file)
      ? /has changed since it was written; it is written again from the checkpoint$/
      : /step-5/.test(file)
      ? /(has changed since it was saved|missing|damaged|not saved with it); training goes on from step 4$/
      : /step-4/.test(file)
      ? /; it is not needed, as that of step 5 is whole$/
      : /; the command that continues it (writes it again|works in a folder of that name, or writes it again)$/;
    assert(expected.test(found[0]), `${file}: ${found[0]}`);
  }
});

Deno.test("every file that is gone is named too, most of them without reading any", async () => {
  const { path } = await copy();
  for (const file of filesOf(path).filter((file) => isWork(file) && !file.startsWith("command.json"))) {
    const bytes = Deno.readFileSync(`${path}/${file}`);
    Deno.removeSync(`${path}/${file}`);
    const found = await faultsOf(path);
    assertEquals(found.length, 1, `${file}: ${found.join("\n")}`);
    assert(/ is missing( or damaged)?; | has changed since it was written; /.test(found[0]), `${file}: ${found[0]}`);
    // That a hash is gone shows when it is asked for.
    if (!/sha256$|^metrics|^rollouts/.test(file)) assertEquals((await faultsOf(path, false)).length, 1, file);
    Deno.writeFileSync(`${path}/${file}`, bytes);
  }
});

Deno.test("what check says is done is done: the same command makes all whole again", async () => {
  const { runs, path } = await copy();
  const [samples] = filesOf(path).filter((file) => /^samples\/base/.test(file));
  Deno.truncateSync(`${path}/${samples}`, Math.floor(Deno.statSync(`${path}/${samples}`).size / 3));
  const [weights] = filesOf(path).filter((file) => /step-5\/model.safetensors$/.test(file));
  changeMiddle(`${path}/${weights}`);
  const before = await faultsOf(path);
  assertEquals(before.length, 2, before.join("\n"));
  const [, count] = /; (\d+) samples from there on (?:is|are) drawn again$/.exec(before[0]) ?? [];
  const run = bench(mini, { ...FEW, runsFolder: runs });
  const done: number[] = [];
  for await (const event of run) {
    if (event.kind === "samples" && event.run.arm === "base") done.push(event.done);
    if (event.kind === "training") assertEquals([event.curve.length, event.total], [4, 5]);
  }
  assertEquals(15 - done[0], Number(count));
  assertEquals(await faultsOf(path), []);
});

Deno.test("a command that went no further than training leaves started work, and the seeds of others are looked at too", async () => {
  const { runs, path } = await copy();
  await train(mini, { ...FEW, seeds: [2], runsFolder: runs });
  assertEquals(storedRunNames(runs).length, 1);
  const stored = readStoredRun(path);
  assertEquals(runProgress(stored), {
    steps: { done: 5, of: 5 },
    samples: { done: 0, of: ALL_SAMPLES },
    finished: false,
  });
  assertEquals(await faultsOf(path), []);
  const [ofFirst] = filesOf(path).filter((file) => /^samples\/soft-thinking-grpo-s1/.test(file));
  changeMiddle(`${path}/${ofFirst}`);
  const [moments] = filesOf(path).filter((file) => /-s1-\w+\/step-5\/optimizer/.test(file));
  changeMiddle(`${path}/${moments}`);
  const found = await faultsOf(path);
  assertEquals(found.length, 2, found.join("\n"));
  assert(found[0].includes("optimizer.safetensors has changed"), found[0]);
  assert(/^samples.*has changed since it was written; \d+ samples? from there on/.test(found[1]), found[1]);
});

Deno.test("a folder in which a process works is running", async () => {
  const { runs } = await copy();
  const folder = new RunFolder(runs, "other", {});
  using _lock = folder.prepare({});
  const { running, experiment } = readStoredRun(folder.path);
  assertEquals([running, experiment], [true, "other"]);
});
