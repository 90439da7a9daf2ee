import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { deepscalerSoftGrpo } from "../../src/datasets/deepscaler.ts";
import { gsm8kLines, gzipped, jsonArray, jsonLines, normalisedRows, promptArray } from "../../src/datasets/rows.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const plain = ({ q, a }: Readonly<Record<string, unknown>>) => ({ question: q, answer: a });

Deno.test("prompt arrays, GSM8K lines and normalised rows give question and answer verbatim", async () => {
  assertEquals(await promptArray(bytes('[{"prompt":[{"from":"user","value":" 1+1? "}],"final_answer":"2"}]')), [
    { question: " 1+1? ", answer: "2" },
  ]);
  assertEquals(await gsm8kLines(bytes('{"question":"q","answer":"3 and 4\\n#### 1,007"}\n')), [
    { question: "q", answer: "1,007" },
  ]);
  assertEquals(await normalisedRows(bytes('{"id":"x","question":"q","answer":"7"}\n\n')), [{
    question: "q",
    answer: "7",
  }]);
});

Deno.test("a number as answer becomes its shortest decimal form", async () => {
  assertEquals(await jsonLines(plain)(bytes('{"q":"x","a":27.0}\n{"q":"y","a":-0.5}')), [
    { question: "x", answer: "27" },
    { question: "y", answer: "-0.5" },
  ]);
});

Deno.test("what is not as the format says is told by row", async () => {
  const cases: [Promise<unknown>, string][] = [
    [jsonArray(plain)(bytes('{"q":1}')), 'found {"q":1}, expected a JSON array of rows'],
    [jsonArray(plain)(bytes("[")), 'the file: found "[", expected JSON'],
    [jsonArray(plain)(bytes("[7]")), "row 1: found 7, expected an object"],
    [jsonLines(plain)(bytes('{"q":"x","a":"y"}\n{"q":"x"}')), "row 2: found nothing as answer, expected text"],
    [jsonLines(plain)(bytes('{"q":"","a":"y"}')), 'row 1: found "" as question, expected text'],
    [gsm8kLines(bytes('{"question":"q","answer":"no mark"}')), "row 1: found nothing as answer, expected text"],
    [jsonLines(plain)(new Uint8Array([0xff, 0xfe])), "found bytes that are not UTF-8, expected text"],
    [deepscalerSoftGrpo.files[0].read(bytes("PAR1 not really")), "found no readable Parquet file"],
  ];
  for (const [read, message] of cases) await assertRejects(() => read, BenchError, message);
});

Deno.test("a reader behind gzip reads what was packed, and says so where it was not", async () => {
  const read = gzipped(jsonLines(plain));
  const packed = new Blob(['{"q":"1+1","a":"2"}\n']).stream().pipeThrough(new CompressionStream("gzip"));
  assertEquals(await read(new Uint8Array(await new Response(packed).arrayBuffer())), [{
    question: "1+1",
    answer: "2",
  }]);
  await assertRejects(() => read(bytes("plain")), BenchError, "found no readable gzip file");
});
