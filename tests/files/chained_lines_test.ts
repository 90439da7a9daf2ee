import { assert, assertEquals } from "@std/assert";
import { ChainedLinesWriter, isLinked, readChainedLines } from "../../src/files/chained_lines.ts";
import { sha256 } from "../../src/files/hash.ts";

const ROWS = [{ a: "é" }, { a: 2, b: [null] }, { a: '"},"link":"0000000000000000"}' }, { a: 5 }, { a: 7 }];

/** A chain of these rows, written in two parts. */
function chain(name = "arm/arith-add"): string {
  const path = `${Deno.makeTempDirSync()}/rows.jsonl`;
  for (const part of [ROWS.slice(0, 2), ROWS.slice(2)]) {
    const writer = new ChainedLinesWriter(path, readChainedLines(path, name));
    writer.append(part);
    writer.close();
  }
  return path;
}

Deno.test("a chain is read as it was written, and every link is the hash of the one before and the row", () => {
  const path = chain();
  const { rows, fault, goodBytes } = readChainedLines(path, "arm/arith-add");
  assertEquals([rows, fault, goodBytes], [ROWS, undefined, Deno.statSync(path).size]);
  const first = sha256(sha256("arm/arith-add").slice(0, 16) + '{"a":"é"}').slice(0, 16);
  const second = sha256(first + '{"a":2,"b":[null]}').slice(0, 16);
  const lines = Deno.readTextFileSync(path).split("\n");
  assertEquals(lines[0], `{"a":"é","link":"${first}"}`);
  assertEquals(lines[1], `{"a":2,"b":[null],"link":"${second}"}`);
  assert(lines.slice(0, -1).every(isLinked));
  assert(!isLinked('{"a":1}'));
});

Deno.test("a missing file is an empty chain", () => {
  const { rows, goodBytes, fault } = readChainedLines(`${Deno.makeTempDirSync()}/absent.jsonl`, "x");
  assertEquals([rows, goodBytes, fault], [[], 0, undefined]);
});

Deno.test("every byte of a chain counts: from a flipped one on, rows are not taken", () => {
  const path = chain();
  const bytes = Deno.readFileSync(path);
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 32, 128]) {
      const damaged = bytes.slice();
      damaged[at] ^= bit;
      const copy = `${path}.copy`;
      Deno.writeFileSync(copy, damaged);
      const line = new TextDecoder().decode(bytes.subarray(0, at)).split("\n").length - 1;
      const { rows, fault } = readChainedLines(copy, "arm/arith-add");
      assertEquals(rows, ROWS.slice(0, line), `byte ${at}, bit ${bit}`);
      assert(fault !== undefined);
    }
  }
});

Deno.test("rows that were doubled, swapped, taken out, added or brought from elsewhere do not fit", () => {
  const path = chain();
  const lines = Deno.readTextFileSync(path).split("\n").slice(0, -1);
  const [a, b, c, d, e] = lines;
  const other = Deno.readTextFileSync(chain("arm/arith-prod")).split("\n");
  const cases: readonly [string[], number][] = [
    [[a, a, b, c, d, e], 1],
    [[a, c, b, d, e], 1],
    [[a, b, d, e], 2],
    [[b, c, d, e], 0],
    [[a, b, '{"a":1}', c, d, e], 2],
    [[a, b, "", c, d, e], 2],
    [[a, b, c, d, e, "null"], 5],
    [[a, b, c, d, other[4]], 4],
    [other.slice(0, -1), 0],
    [["\ufeff" + a, b], 0],
  ];
  for (const [changed, whole] of cases) {
    Deno.writeTextFileSync(path, changed.map((line) => line + "\n").join(""));
    const { rows, fault } = readChainedLines(path, "arm/arith-add");
    assertEquals(rows, ROWS.slice(0, whole));
    assertEquals(fault, `${path}:${whole + 1} has changed since it was written`);
  }
});

Deno.test("a torn last line is told from a changed one, and cut off by the next writer", () => {
  const path = chain();
  Deno.truncateSync(path, Deno.statSync(path).size - 3);
  const read = readChainedLines(path, "arm/arith-add");
  assertEquals([read.rows, read.fault], [ROWS.slice(0, 4), `${path}:5 is torn`]);
  const writer = new ChainedLinesWriter(path, read);
  writer.append(ROWS.slice(4));
  writer.close();
  assertEquals(Deno.readTextFileSync(path), Deno.readTextFileSync(chain()));
});

Deno.test("where the name of a chain is not known, its first row is believed and the others follow from it", () => {
  const path = chain();
  const lines = Deno.readTextFileSync(path).split("\n");
  assertEquals(readChainedLines(path).rows, ROWS);
  Deno.writeTextFileSync(path, lines.slice(1).join("\n"));
  assertEquals(readChainedLines(path).rows, ROWS.slice(1));
  Deno.writeTextFileSync(path, [lines[1], lines[3], ""].join("\n"));
  assertEquals(readChainedLines(path).rows, ROWS.slice(1, 2));
});
