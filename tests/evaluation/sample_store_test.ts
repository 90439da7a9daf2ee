import { assertEquals } from "@std/assert";
import type { Sample } from "../../src/evaluation/sample.ts";
import { EARLY_SUFFIX, SampleStore } from "../../src/evaluation/sample_store.ts";
import { readChainedLines } from "../../src/files/chained_lines.ts";
import { isPresent } from "../../src/files/read.ts";

const ORDER = ["p", "q", "r"].flatMap((problem) => [0, 1].map((sample) => ({ problem, sample })));
const ROWS = ORDER.map(({ problem, sample }, i): Sample => ({
  problem,
  sample,
  seed: 5,
  text: `${problem}${sample}`,
  answer: null,
  canonical: null,
  correct: i % 3 === 0,
  reason: "no-answer",
  tokens: 7,
  thoughts: 0,
  finish: "stop",
}));

function open(file: string, told: string[] = []): SampleStore {
  return new SampleStore(file, "owner", ORDER, (text) => told.push(text));
}

const temporaryFile = () => `${Deno.makeTempDirSync()}/d.jsonl`;

Deno.test("samples are in their file in order, whatever order they come in, and the early ones wait beside it", () => {
  const inOrder = temporaryFile();
  {
    using store = open(inOrder);
    store.add(ROWS);
    assertEquals(store.count, { done: 6, correct: 2 });
  }
  const file = temporaryFile();
  using store = open(file);
  store.add([ROWS[4], ROWS[1]]);
  assertEquals(readChainedLines<Sample>(file, "owner").rows, []);
  assertEquals(readChainedLines<Sample>(file + EARLY_SUFFIX, "owner").rows, [ROWS[4], ROWS[1]]);
  store.add([ROWS[0], ROWS[5]]);
  assertEquals(readChainedLines<Sample>(file, "owner").rows, ROWS.slice(0, 2));
  assertEquals(store.count, { done: 4, correct: 1 });
  store.add([ROWS[3], ROWS[2]]);
  assertEquals(Deno.readTextFileSync(file), Deno.readTextFileSync(inOrder));
  assertEquals(isPresent(file + EARLY_SUFFIX), false);
});

Deno.test("what was early is taken again after a kill at any byte, and the file ends in the same bytes", () => {
  const file = temporaryFile();
  {
    using store = open(file);
    store.add([ROWS[3], ROWS[5], ROWS[0]]);
  }
  const [placed, early] = [Deno.readFileSync(file), Deno.readFileSync(file + EARLY_SUFFIX)];
  const lineEnd = early.indexOf("\n".charCodeAt(0)) + 1;
  let expected: string | undefined;
  for (const [kept, known] of [[0, 1], [lineEnd - 1, 1], [lineEnd, 2], [early.length - 1, 2], [early.length, 3]]) {
    const again = temporaryFile();
    Deno.writeFileSync(again, placed);
    Deno.writeFileSync(again + EARLY_SUFFIX, early.subarray(0, kept));
    const told: string[] = [];
    using store = open(again, told);
    assertEquals(store.count.done, known);
    assertEquals(told.length, kept === 0 || kept === lineEnd || kept === early.length ? 0 : 1);
    store.add(ROWS.filter((row) => store.get(row) === undefined));
    expected ??= Deno.readTextFileSync(again);
    assertEquals(Deno.readTextFileSync(again), expected);
    assertEquals(isPresent(again + EARLY_SUFFIX), false);
  }
});
