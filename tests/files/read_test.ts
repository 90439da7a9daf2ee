import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import {
  isFolder,
  isPresent,
  leadsOut,
  parseJsonRecord,
  readBytesBounded,
  readBytesIfPresent,
  readJsonIfPresent,
  readTextIfPresent,
} from "../../src/files/read.ts";

Deno.test("a file that is not there is undefined, also below another file", async () => {
  assertEquals(isPresent("tests"), true);
  assertEquals(isPresent("deno.json/absent"), false);
  assertEquals(["tests", "deno.json", "tests/absent", "deno.json/absent"].map(isFolder), [true, false, false, false]);
  assertEquals(readBytesIfPresent("deno.json/absent"), undefined);
  assertEquals(await readTextIfPresent("tests/absent"), undefined);
  assertEquals(await readJsonIfPresent("tests/absent"), undefined);
});

Deno.test("a JSON file that holds no object is refused by name", async () => {
  assertEquals(parseJsonRecord('{"a":1}', "text"), { a: 1 });
  for (const text of ["[]", "null", "3", "{", ""]) {
    assertThrows(() => parseJsonRecord(text, "the list"), BenchError, "the list");
  }
  await assertRejects(() => readJsonIfPresent("tests/files/read_test.ts"), BenchError, "tests/files/read_test.ts");
});

Deno.test("a file of somebody else is read where it is one, and not too large", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "seven b");
    assertEquals(readBytesBounded(`${folder}/file`, 7).length, 7);
    assertThrows(() => readBytesBounded(`${folder}/file`, 6), BenchError, "found 7 bytes, expected at most 6");
    assertThrows(() => readBytesBounded(folder, 7), BenchError, "found a folder, expected a file");
    assertThrows(() => readBytesBounded(`${folder}/absent`, 7), BenchError, "there is no such file");
    assertThrows(() => readBytesBounded(`${folder}/file/below`, 7), BenchError, "a part of the path is a file");
    Deno.symlinkSync("loop", `${folder}/loop`);
    assertThrows(() => readBytesBounded(`${folder}/loop`, 7), BenchError, "Too many levels of symbolic links");
    assertThrows(() => readBytesBounded("/dev/null", 7), BenchError, "found a pipe or a device");
  }));

Deno.test("a link leads out of its folder, or it does not, or nowhere", () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/own`);
    for (const path of ["own/file", "other"]) Deno.writeTextFileSync(`${folder}/${path}`, "");
    for (
      const [name, to] of [["within", "file"], ["out", "../other"], ["nowhere", "absent"], ["back", "../own/file"]]
    ) {
      Deno.symlinkSync(to, `${folder}/own/${name}`);
    }
    const names = ["file", "within", "back", "out"];
    assertEquals(names.map((name) => leadsOut(`${folder}/own`, name)), [false, false, false, true]);
    assertThrows(() => leadsOut(`${folder}/own`, "nowhere"), BenchError, "it is a link, and there is no such file");
  }));

function inFolder(test: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
