import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { exampleResult } from "./example.ts";
import { contentSha256 } from "../../src/result/serialize.ts";
import {
  readJsonFile,
  readResult,
  readResults,
  resultFileName,
  sourceName,
  writeResult,
} from "../../src/result/store.ts";

function inFolder(test: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("what is written is read again", () =>
  inFolder((folder) => {
    const result = exampleResult();
    const { path, existed } = writeResult(`${folder}/v1`, result);
    assertEquals(existed, false);
    assertEquals(readResult(path), result);
    assertEquals(readResults(`${folder}/v1`), [{ path, result }]);
    assertEquals([...Deno.readDirSync(`${folder}/v1`)].length, 1);
  }));

Deno.test("a name holds date, experiment, arm, seed and a hash of everything outside run", () => {
  const result = exampleResult();
  assertEquals(
    resultFileName(result),
    `2026-11-24-example-soft-thinking-grpo-paper-s1-${contentSha256(result).slice(0, 8)}.json`,
  );
  const later = { ...result, run: { ...result.run, durationSeconds: 99, host: "other" } };
  assertEquals(resultFileName(later), resultFileName(result));
  assertNotEquals(resultFileName(exampleResult({ code: { ...result.code, dirty: true } })), resultFileName(result));
});

Deno.test("the same result of another time of the day is left as it is, and nothing is ever replaced", () =>
  inFolder((folder) => {
    const result = exampleResult();
    const { path } = writeResult(folder, result);
    const before = Deno.readTextFileSync(path);
    assertEquals(writeResult(folder, { ...result, run: { ...result.run, host: "other" } }), { path, existed: true });
    assertEquals(Deno.readTextFileSync(path), before);
    const other = exampleResult({ overlap: { trainingProblems: 1, sharedWithEvaluation: 0 } });
    Deno.renameSync(path, `${folder}/${resultFileName(other)}`);
    assertThrows(() => writeResult(folder, other), BenchError, "another result has this name");
  }));

Deno.test("an invalid result is not written", () =>
  inFolder((folder) => {
    const result = exampleResult();
    assertThrows(() => writeResult(folder, { ...result, average: result.datasets[0].metrics }), BenchError, "average");
    assertEquals([...Deno.readDirSync(folder)], []);
  }));

Deno.test("an absent folder has no results, a broken file is an error", () =>
  inFolder((folder) => {
    assertEquals(readResults(`${folder}/none`), []);
    Deno.writeTextFileSync(`${folder}/broken.json`, "{");
    assertThrows(() => readResults(folder), BenchError, "broken.json");
    assertThrows(() => readResult(`${folder}/absent.json`), BenchError, "no such file");
    const { path } = writeResult(folder, exampleResult());
    const skipped: string[] = [];
    assertEquals(readResults(folder, ({ path }) => skipped.push(path)).map((own) => own.path), [path]);
    assertEquals(skipped, [`${folder}/broken.json`]);
  }));

Deno.test("a link in a folder of results stays in it, and one out of it is an error", () =>
  inFolder((folder) => {
    const { path } = writeResult(`${folder}/other`, exampleResult());
    Deno.mkdirSync(`${folder}/own`);
    Deno.symlinkSync(path, `${folder}/own/link.json`);
    assertThrows(() => readResults(`${folder}/own`), BenchError, "it is a link out of its folder");
    assertEquals(readResult(`${folder}/own/link.json`), exampleResult());
    Deno.renameSync(path, `${folder}/own/result.json`);
    Deno.removeSync(`${folder}/own/link.json`);
    Deno.symlinkSync("result.json", `${folder}/own/link.json`);
    assertEquals(readResults(`${folder}/own`).length, 2);
  }));

Deno.test("a file's hash is that of its bytes", () =>
  inFolder((folder) => {
    const path = `${folder}/a.json`;
    Deno.writeTextFileSync(path, "[7]");
    // sha256sum.
    const sha256 = "589ffd3acf522ae81192579f297589e93b0c41f748b224d1b4bb5c857a2f70cb";
    assertEquals(readJsonFile(path), { value: [7], sha256 });
  }));

Deno.test("a folder's results come by name; hidden files and those of another kind are none", () =>
  inFolder((folder) => {
    const results = [3, 1, 2].map((seed) => {
      const { arm } = exampleResult();
      return exampleResult({ arm: { ...arm, seed } });
    });
    const paths = results.map((result) => writeResult(folder, result).path);
    // What editors and programs that copy folders leave behind.
    const [name] = paths.map((path) => path.slice(folder.length + 1));
    for (const other of [".x.json", `.${name}`, `.${name}.swp`, `${name}.tmp`, "README.md", "json"]) {
      Deno.writeTextFileSync(`${folder}/${other}`, "{");
    }
    assertEquals(readResults(folder).map(({ path }) => path), paths.toSorted());
    assertEquals(readResults(folder).map(({ result }) => result.arm.seed), [1, 2, 3]);
  }));

Deno.test("what cannot be listed is no folder without results", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    const error = assertThrows(() => readResults(`${folder}/file`));
    assert(!(error instanceof BenchError));
  }));

Deno.test("a name keeps the letters of an experiment's name, and a result without a file is named by arm and seed", () => {
  const result = exampleResult();
  const named = { ...result, experiment: { ...result.experiment, name: "my experiment/ü.2" } };
  assert(resultFileName(named).startsWith("2026-11-24-my_experiment_.2-soft-thinking-grpo-paper-s1-"));
  assertEquals([sourceName({ result }), sourceName({ result, path: "a.json" })], [
    "soft-thinking-grpo-paper of seed 1",
    "a.json",
  ]);
});
