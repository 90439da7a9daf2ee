import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { makeFolder, requireWritableFolder, tryFolder, writeFileAtomically } from "../../src/files/write.ts";

function temporaryFile(content: string): string {
  const path = `${Deno.makeTempDirSync()}/rows.jsonl`;
  Deno.writeTextFileSync(path, content);
  return path;
}

Deno.test("makeFolder() makes all of a path, and says what is in its way", () => {
  const file = temporaryFile("");
  makeFolder(`${file}.d/a/b`);
  makeFolder(`${file}.d/a/b`);
  assert(Deno.statSync(`${file}.d/a/b`).isDirectory);
  assertThrows(() => makeFolder(file), BenchError, "a file has that name");
  assertThrows(() => makeFolder(`${file}/a`), BenchError, "a part of the path is a file");
});

Deno.test("requireWritableFolder() leaves nothing behind, and refuses where no file can be made", () => {
  const folder = `${Deno.makeTempDirSync()}/a`;
  requireWritableFolder(folder);
  assertEquals([...Deno.readDirSync(folder)], []);
  // A folder in the place of the file that is tried: not even root can write it.
  Deno.mkdirSync(`${folder}/.writable-${Deno.pid}`);
  assertThrows(() => requireWritableFolder(folder), BenchError, "Cannot write into");
});

Deno.test("tryFolder() leaves the disk as it was, and says what is in the way", () => {
  const file = temporaryFile("");
  const folder = `${file}.d`;
  tryFolder(`${folder}/a/b`);
  assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
  makeFolder(`${folder}/a`);
  tryFolder(`${folder}/a/b`);
  assertEquals([...Deno.readDirSync(`${folder}/a`)], []);
  assertThrows(() => tryFolder(`${file}/a`), BenchError, "a part of the path is a file");
});

Deno.test("writeFileAtomically() replaces a file and leaves no temporary one", () => {
  const path = temporaryFile("old");
  writeFileAtomically(path, "new");
  assertEquals(Deno.readTextFileSync(path), "new");
  assertEquals([...Deno.readDirSync(path.slice(0, path.lastIndexOf("/")))].map(({ name }) => name), ["rows.jsonl"]);
});
