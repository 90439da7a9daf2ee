import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import {
  isFolder,
  isPresent,
  parseJsonRecord,
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
