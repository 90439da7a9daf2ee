import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { parseArguments } from "../../src/cli/parse.ts";
import { runs as description } from "../../src/commands/descriptions/experiments.ts";
import { run } from "../../src/commands/runs.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { RunFolder } from "../../src/experiment/run_folder.ts";
import { sourceHashes } from "../../src/experiment/source_hashes.ts";
import { HERE } from "../cli/here.ts";
import { type Captured, captured, inFolder } from "./captured.ts";

const CONFIG = resolveExperiment(tiny, { arms: ["base", "discrete-grpo"], seeds: [2] });
const IDENTITY = {
  config: { ...CONFIG, seeds: undefined, arms: undefined },
  datasets: [{ name: "a", version: "1", sha256: "0", problems: 7 }],
  code: sourceHashes(),
};
/** Seven decodings of the base and one of the trained arm with its matched one, 7 problems, 32 samples. */
const SAMPLES = CONFIG.arms.flatMap(({ evaluations }) => evaluations).length * 7 * CONFIG.samples;

/** A run that was begun and broken off. */
function begun(runs: string, identity: Readonly<Record<string, unknown>> = IDENTITY): RunFolder {
  const folder = new RunFolder(runs, "tiny", identity);
  folder.prepare(CONFIG, ["bench", "tiny", "--results", "it's mine"])[Symbol.dispose]();
  return folder;
}

function nameOf(folder: RunFolder): string {
  return folder.path.slice(folder.path.lastIndexOf("/") + 1);
}

function runs(folder: string, ...words: string[]): Promise<Captured> {
  const args = parseArguments(description, [...words, "--runs", folder], HERE);
  return captured(() => run(args as Parameters<typeof run>[0]));
}

Deno.test("begun work is started, with the words that continue it, quoted for a shell", () =>
  inFolder(async (folder) => {
    assertEquals((await runs(folder)).stdout, `No run folders in ${folder}`);
    const own = begun(folder);
    const { stdout, code } = await runs(folder);
    assertEquals(code, 0);
    const [name, experiment, status, ...rest] = stdout.split("\n")[4].split(/ {2,}/);
    assertEquals([name, experiment, status], [nameOf(own), "tiny", "started"]);
    assertEquals(rest.slice(0, 2), ["0 of 70", `0 of ${SAMPLES}`]);
    assert(
      stdout.endsWith(`${name}: continue: soft-grpo-bench bench tiny --results 'it'\\''s mine'`) ||
        stdout.endsWith(`${name}: continue: deno task bench tiny --results 'it'\\''s mine'`),
      stdout,
    );
  }));

Deno.test("the list as JSON has every field", () =>
  inFolder(async (folder) => {
    const own = begun(folder);
    const { runs: [row], ...rest } = JSON.parse((await runs(folder, "list", "--json")).stdout);
    const { changed, bytes, continue: command, ...found } = row;
    assertEquals(rest, {});
    assertEquals(found, {
      name: nameOf(own),
      experiment: "tiny",
      status: "started",
      steps: { done: 0, of: 70 },
      samples: { done: 0, of: SAMPLES },
    });
    assert(Math.abs(Date.now() - Date.parse(changed)) < 60_000);
    assert(bytes > 1000 && command.endsWith(" bench tiny --results 'it'\\''s mine'"));
  }));

Deno.test("work of other code is not continued, and the list says why", () =>
  inFolder(async (folder) => {
    begun(folder, { ...IDENTITY, code: { ...IDENTITY.code, "src/clock.ts": "0" } });
    assertStringIncludes(
      (await runs(folder)).stdout,
      ": not continued by this code, as these have changed since: src/clock.ts",
    );
  }));

Deno.test("check names what is damaged, and ends with 1; a run under way is not checked", () =>
  inFolder(async (folder) => {
    const own = begun(folder);
    assertEquals(await runs(folder, "check"), { code: 0, stdout: `${nameOf(own)}: whole`, stderr: "" });
    Deno.truncateSync(`${own.path}/config.json`, 100);
    assertEquals(await runs(folder, "check", nameOf(own)), {
      code: 1,
      stdout: `${own.path}/config.json is damaged; the command that continues it writes it again\n` +
        `${nameOf(own)}: 1 damaged file`,
      stderr: "",
    });
    assertStringIncludes((await runs(folder)).stdout, " damaged ");
    using _lock = own.prepare(CONFIG);
    assertEquals((await runs(folder, "check")).stdout, `${nameOf(own)}: not checked, a process works there`);
  }));

Deno.test("remove takes the named folders alone, and says what that frees", () =>
  inFolder(async (folder) => {
    const [own, other] = [begun(folder), begun(folder, { ...IDENTITY, model: "other" })];
    await assertRejects(() => runs(folder, "remove"), UsageError, "name the run folders");
    if (!Deno.stdin.isTerminal()) await assertRejects(() => runs(folder, "remove", nameOf(own)), UsageError, "--yes");
    const { stdout, code } = await runs(folder, "remove", nameOf(own), "--yes");
    assertEquals(code, 0);
    assert(/^removed .*, 0\.\d MB freed$/.test(stdout), stdout);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [nameOf(other)]);
    // As a path, as bench prints it.
    assertEquals((await runs(folder, "remove", `${other.path}/`, "--yes")).code, 0);
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("remove leaves alone what is under way, what is no run folder, and what lies elsewhere", () =>
  inFolder(async (folder) => {
    const own = begun(`${folder}/runs`);
    const elsewhere = begun(`${folder}/elsewhere`);
    Deno.mkdirSync(`${folder}/runs/mine`);
    Deno.symlinkSync(elsewhere.path, `${folder}/runs/linked`);
    for (
      const word of [
        "mine",
        "linked",
        "..",
        ".",
        "../elsewhere",
        elsewhere.path,
        `../elsewhere/${nameOf(own)}`,
        "tiny-",
      ]
    ) {
      await assertRejects(() => runs(`${folder}/runs`, "remove", word, "--yes"), UsageError, "Cannot find run folder");
    }
    const near = nameOf(own).slice(0, -1) + (nameOf(own).endsWith("0") ? "1" : "0");
    await assertRejects(() => runs(`${folder}/runs`, "check", near), UsageError, `did you mean "${nameOf(own)}"?`);
    const lock = own.prepare(CONFIG);
    await assertRejects(
      () => runs(`${folder}/runs`, "remove", nameOf(own), "--yes"),
      BenchError,
      "a process works there",
    );
    lock[Symbol.dispose]();
    assertEquals([...Deno.readDirSync(`${folder}/runs`)].map(({ name }) => name).sort(), [
      "linked",
      "mine",
      nameOf(own),
    ]);
    assert(Deno.statSync(`${elsewhere.path}/config.json`).isFile);
  }));
