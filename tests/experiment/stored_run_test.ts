import { assertEquals } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { RunFolder } from "../../src/experiment/run_folder.ts";
import { sourceHashes } from "../../src/experiment/source_hashes.ts";
import { readStoredRun, storedRunNames, whyNotContinued } from "../../src/experiment/stored_run.ts";

const CONFIG = resolveExperiment(tiny, { arms: ["base"], seeds: [2, 3] });
const IDENTITY = {
  config: { ...CONFIG, seeds: undefined, arms: undefined },
  datasets: [{ name: "a", version: "1", sha256: "0", problems: 7 }],
  code: sourceHashes(),
};

function made(identity: Readonly<Record<string, unknown>> = IDENTITY, command?: readonly string[]): string {
  const folder = new RunFolder(Deno.makeTempDirSync(), "tiny", identity);
  folder.prepare(CONFIG, command)[Symbol.dispose]();
  return folder.path;
}

function faultsOf(path: string): string[] {
  return readStoredRun(path).faults.map(({ fault }) => fault.slice(path.length + 1));
}

Deno.test("a run folder says what it was made for", () => {
  const path = made(IDENTITY, ["bench", "tiny"]);
  const { config, datasets, command, faults, running } = readStoredRun(path);
  assertEquals([config?.seeds, config?.arms.length], [[2, 3], 1]);
  assertEquals(datasets, [{ name: "a", problems: 7 }]);
  assertEquals([command, faults, running], [["bench", "tiny"], [], false]);
});

Deno.test("files that say nothing, or another thing, are named", () => {
  for (const text of ["", "{", "[]", "null", '{"name":"tiny"}']) {
    const path = made();
    Deno.writeTextFileSync(`${path}/config.json`, text);
    assertEquals(faultsOf(path), ["config.json is damaged"], text);
  }
  const other = made();
  Deno.writeTextFileSync(`${other}/config.json`, JSON.stringify({ ...CONFIG, seeds: [2, 5] }));
  assertEquals(faultsOf(other), ["config.json has changed since it was written"]);
  const renamed = made();
  Deno.renameSync(renamed, renamed.replace(/\w{8}$/, "01234567"));
  assertEquals(faultsOf(renamed.replace(/\w{8}$/, "01234567")), [
    `identity.json is that of ${renamed.slice(renamed.lastIndexOf("/") + 1)}`,
  ]);
  for (const text of ["", "{}", '["bench", 1]', "[]", '["rm", "all"]']) {
    const path = made(IDENTITY, ["bench"]);
    Deno.writeTextFileSync(`${path}/command.json`, text);
    assertEquals(faultsOf(path), ["command.json has changed since it was written"], text);
  }
});

Deno.test("a folder of an earlier version is read as far as that goes", () => {
  const { datasets, faults, command } = readStoredRun(made({ ...IDENTITY, datasets: [["a", "1", "0"]] }));
  assertEquals([datasets, faults, command], [undefined, [], undefined]);
});

Deno.test("only folders that hold a run are run folders", () => {
  const path = made();
  const runs = path.slice(0, path.lastIndexOf("/"));
  Deno.mkdirSync(`${runs}/mine`);
  Deno.writeTextFileSync(`${runs}/file`, "");
  Deno.symlinkSync(path, `${runs}/link`);
  assertEquals(storedRunNames(runs), [path.slice(path.lastIndexOf("/") + 1)]);
  assertEquals(storedRunNames(`${runs}/none`), []);
});

Deno.test("other code does not go on with a run, and what of it has changed is told", () => {
  assertEquals(whyNotContinued(readStoredRun(made())), undefined);
  const code = { ...IDENTITY.code, "src/clock.ts": "0" };
  assertEquals(
    whyNotContinued(readStoredRun(made({ ...IDENTITY, code }))),
    "as these have changed since: src/clock.ts",
  );
});
