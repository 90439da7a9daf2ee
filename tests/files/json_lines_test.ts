import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { recordCalls, replaceMethods } from "../fixtures/recorded_calls.ts";
import { JsonLinesWriter, readJsonLines } from "../../src/files/json_lines.ts";

function temporaryFile(content?: string): string {
  const path = `${Deno.makeTempDirSync()}/rows.jsonl`;
  if (content !== undefined) Deno.writeTextFileSync(path, content);
  return path;
}

Deno.test("readJsonLines() finds no rows in a file that is not there", () => {
  assertEquals(readJsonLines(temporaryFile()), { rows: [], wholeBytes: 0 });
});

Deno.test("readJsonLines() leaves out a torn last line, however it is torn", () => {
  const whole = '{"a":"é"}\n{"a":2}\n';
  const bytes = new TextEncoder().encode(whole).length;
  for (const torn of ["", "{", '{"a":3}', '{"a":"']) {
    assertEquals(readJsonLines(temporaryFile(whole + torn)), { rows: [{ a: "é" }, { a: 2 }], wholeBytes: bytes });
  }
});

Deno.test("readJsonLines() names the whole line that is not JSON", () => {
  const path = temporaryFile('{"a":1}\nnot json\n');
  assertThrows(() => readJsonLines(path), BenchError, `${path}:2: found "not json", expected one JSON document`);
});

Deno.test("readJsonLines() shows no more than the beginning of a line that is not JSON", () => {
  const path = temporaryFile(`{"a":1}\n{"a":2}\n${"x".repeat(41)}\n`);
  assertThrows(() => readJsonLines(path), BenchError, `${path}:3: found "${"x".repeat(40)}", expected`);
});

Deno.test("what cannot be read is no file without rows", () => {
  const folder = Deno.makeTempDirSync();
  const error = assertThrows(() => readJsonLines(folder));
  assert(error instanceof Deno.errors.IsADirectory);
});

Deno.test("JsonLinesWriter cuts a torn line off before it appends", () => {
  const path = temporaryFile('{"a":1}\n{"a":');
  const writer = new JsonLinesWriter(path, readJsonLines(path).wholeBytes);
  writer.append([{ a: 2 }, { a: 3 }]);
  writer.append([]);
  writer.close();
  assertEquals(Deno.readTextFileSync(path), '{"a":1}\n{"a":2}\n{"a":3}\n');
});

Deno.test("JsonLinesWriter makes a file that is not there, and keeps only the bytes that it is told to keep", () => {
  const path = temporaryFile();
  for (const keepBytes of [0, 0, 8]) {
    const writer = new JsonLinesWriter(path, keepBytes);
    writer.append([{ a: 1 }]);
    writer.close();
  }
  assertEquals(Deno.readTextFileSync(path), '{"a":1}\n{"a":1}\n');
});

Deno.test("each call of append() is on the disk when it returns: written, then flushed, once", () => {
  const writer = new JsonLinesWriter(temporaryFile(), 0);
  const { prototype } = Deno.FsFile;
  for (const rows of [[{ a: 1 }], [{ a: 2 }, { a: 3 }, { a: 4 }]]) {
    const calls = recordCalls([[prototype, "writeSync"], [prototype, "syncDataSync"]], () => writer.append(rows));
    assertEquals(calls.map(({ name }) => name), ["writeSync", "syncDataSync"]);
  }
  assertEquals(recordCalls([[prototype, "close"]], () => writer.close()).length, 1);
});

Deno.test("rows are whole also where the system takes a few bytes at a time", () => {
  const path = temporaryFile();
  const writer = new JsonLinesWriter(path, 0);
  {
    using _ = replaceMethods([[Deno.FsFile.prototype, "writeSync", (original) => {
      return function (this: Deno.FsFile, bytes: Uint8Array) {
        return original.call(this, bytes.subarray(0, 3));
      };
    }]]);
    writer.append([{ a: "é" }, { b: [2, 3, 5] }]);
  }
  writer.close();
  assertEquals(Deno.readTextFileSync(path), '{"a":"é"}\n{"b":[2,3,5]}\n');
});
