import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
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
  assertThrows(() => readJsonLines(path), BenchError, `${path}:2`);
});

Deno.test("JsonLinesWriter cuts a torn line off before it appends", () => {
  const path = temporaryFile('{"a":1}\n{"a":');
  const writer = new JsonLinesWriter(path, readJsonLines(path).wholeBytes);
  writer.append([{ a: 2 }, { a: 3 }]);
  writer.append([]);
  writer.close();
  assertEquals(Deno.readTextFileSync(path), '{"a":1}\n{"a":2}\n{"a":3}\n');
});
