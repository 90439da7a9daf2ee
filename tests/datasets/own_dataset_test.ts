import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { readOwnDataset } from "../../src/datasets/own_dataset.ts";

function withFile(text: string, check: (path: string) => void) {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${folder}/mine.jsonl`, text);
    check(`${folder}/mine.jsonl`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("a JSONL file is a dataset named after the file, whose version is the file's hash", () => {
  const text =
    '{"id":"p1","question":"1+1","answer":"2"}\r\n\n{"id":2,"question":"2+3","answer":5,"note":"kept out"}\n';
  withFile(text, (path) => {
    const { name, version, source, problems } = readOwnDataset(path);
    assertEquals([name, source, version.length], ["mine", path, 12]);
    assertEquals(problems, [{ id: "p1", question: "1+1", answer: "2" }, { id: "2", question: "2+3", answer: "5" }]);
  });
});

Deno.test("a line that is not a problem is told by file, line and field", () => {
  const good = '{"id":"a","question":"q","answer":"1"}\n';
  const cases: [string, string][] = [
    [good + "{oops", ':2: found "{oops", expected one JSON object'],
    [good + '{"id":"b","question":"q"}', ':2: found nothing as "answer", expected text'],
    [good + '{"id":"b","question":7,"answer":"1"}', ':2: found 7 as "question", expected text'],
    [good + "null", ':2: found nothing as "id", nothing as "question", nothing as "answer", expected text'],
    [
      good + '{"id":"b","problem":"q","solution":"1"}',
      ':2: found nothing as "question", nothing as "answer", expected text; the row has "problem", "solution"',
    ],
    [good + good, ':2: found id "a" a second time'],
    ["\n", "found no problems"],
  ];
  for (const [text, message] of cases) {
    withFile(text, (path) => assertThrows(() => readOwnDataset(path), BenchError, message));
  }
});

Deno.test("a file says what kind of problems it holds, one for all of them", () => {
  const row = (id: string, kind: string | undefined, answer = "B") =>
    JSON.stringify({ id, question: "q", answer, kind });
  withFile(row("a", "multiple-choice") + "\n" + row("b", "multiple-choice"), (path) => {
    const { kind, problems } = readOwnDataset(path);
    assertEquals([kind, ...problems.map((problem) => problem.kind)], Array(3).fill("multiple-choice"));
  });
  withFile(row("a", "mathematics") + "\n" + row("b", undefined), (path) => {
    assertEquals(readOwnDataset(path).kind, undefined);
    assertEquals(readOwnDataset(path).problems[0], { id: "a", question: "q", answer: "B" });
  });
  const refused: [string, string][] = [
    [row("a", "python-tests") + "\n" + row("b", undefined), "kind python-tests and mathematics, expected one kind"],
    [row("a", "essay"), ':1: found "essay" as "kind", expected mathematics, multiple-choice'],
    [row("a", "multiple-choice", "2"), ':1: found "2" as "answer" of a multiple choice from A to D, expected text'],
  ];
  for (const [text, message] of refused) {
    withFile(text, (path) => assertThrows(() => readOwnDataset(path), BenchError, message));
  }
});

Deno.test("a path without a file is told", () => {
  assertThrows(
    () => readOwnDataset("./no/such.jsonl"),
    BenchError,
    "Cannot read ./no/such.jsonl: there is no such file",
  );
  assertThrows(() => readOwnDataset("./tests"), BenchError, "found a folder");
});
