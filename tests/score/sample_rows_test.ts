import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { ChainedLinesWriter } from "../../src/files/chained_lines.ts";
import { readSampleRows } from "../../src/score/sample_rows.ts";

const ROW = {
  problem: "a",
  sample: 0,
  seed: 3,
  answer: "7",
  canonical: "7",
  correct: true,
  tokens: 11,
  finish: "stop",
};

function fileOf(...lines: unknown[]): string {
  const path = `${Deno.makeTempDirSync()}/set.jsonl`;
  Deno.writeTextFileSync(
    path,
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)) + "\n").join(""),
  );
  return path;
}

Deno.test("rows of others need what counting needs, and vote by their answer where they have no canonical form", () => {
  const { problem, sample, correct, tokens, finish } = ROW;
  const { rows, torn } = readSampleRows(
    fileOf({ problem, sample, correct, tokens, finish }, { ...ROW, sample: 1, seed: undefined, canonical: undefined }),
  );
  assertEquals(torn, false);
  assertEquals(rows.map(({ answer, canonical }) => [answer, canonical]), [[null, null], ["7", "7"]]);
});

const WRONG: Readonly<Record<string, [unknown, string]>> = {
  "no object": ["null", "found null"],
  "a list": ["[]", "found a list of 0"],
  "half a sample": [{ ...ROW, sample: 0.5 }, "sample of"],
  "a negative sample": [{ ...ROW, sample: -1 }, "sample of"],
  "negative tokens": [{ ...ROW, tokens: -7 }, "tokens of"],
  "tokens in words": [{ ...ROW, tokens: "x" }, "tokens of"],
  "endless tokens": [JSON.stringify(ROW).replace("11", "1e999"), "tokens of"],
  "no verdict": [{ ...ROW, correct: undefined }, "correct of"],
  "an unknown end": [{ ...ROW, finish: "banana" }, "finish of"],
  "no problem": [{ ...ROW, problem: 5 }, "problem of"],
};

for (const [name, [row, words]] of Object.entries(WRONG)) {
  Deno.test(`a row with ${name} is refused with its line`, () => {
    const path = fileOf({ ...ROW, sample: 2 }, row);
    const { message } = assertThrows(() => readSampleRows(path), BenchError);
    assert(message.includes(`${path}:2`) && message.includes(words), message);
  });
}

Deno.test("a sample that is there twice, and one of another seed, are refused", () => {
  const twice = fileOf(ROW, { ...ROW, sample: 1 }, { ...ROW, correct: false });
  assertThrows(
    () => readSampleRows(twice),
    BenchError,
    `${twice}:3: found sample 0 of its problem a second time, it is in line 1`,
  );
  const mixed = fileOf(ROW, { ...ROW, sample: 1, seed: 5 });
  assertThrows(() => readSampleRows(mixed), BenchError, `${mixed}:2: found seed 5, expected 3`);
});

Deno.test("rows of this program are as it wrote them, or refused", () => {
  const path = fileOf();
  const writer = new ChainedLinesWriter(path, { goodBytes: 0, link: "" });
  writer.append([ROW, { ...ROW, sample: 1 }, { ...ROW, sample: 2 }]);
  writer.close();
  assertEquals(readSampleRows(path).rows.length, 3);
  const text = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, text.slice(0, -4));
  const { rows, torn } = readSampleRows(path);
  assertEquals([rows.length, torn], [2, true]);
  Deno.writeTextFileSync(
    path,
    text.replace(
      '"sample":1,"seed":3,"answer":"7","canonical":"7","correct":true',
      '"sample":1,"seed":3,"answer":"7","canonical":"7","correct":false',
    ),
  );
  assertThrows(() => readSampleRows(path), BenchError, `Cannot score ${path}:2 has changed since it was written`);
});

Deno.test("a file without a whole line has no samples", () => {
  assertThrows(() => readSampleRows(fileOf()), BenchError, "expected samples, found no whole line");
});
