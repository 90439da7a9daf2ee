import { assert, assertEquals, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { BenchError } from "../../src/errors.ts";
import { sha256 } from "../../src/files/hash.ts";
import { isReturnedLine, returnedFiles, returnedLines } from "../../src/cluster/returned_files.ts";

/** No two pieces of it are alike. */
const FILES = [
  { path: "v2/ä.json", text: Array.from({ length: 1500 }, (_, i) => sha256(String(i))).join("\n") },
  { path: "smoke/v2/b.json", text: "{}" },
];

Deno.test("files come back out of a log with other lines between, as pieces that are short", () => {
  const lines = returnedLines(FILES);
  assert(lines.length > 20 && lines.every((line) => line.length < 2100 && isReturnedLine(line)));
  const log = lines.map((line, i) => `step ${i}\n${line}`).join("\n");
  assertEquals(returnedFiles(`${log}\nthe end\n`), FILES);
  assertEquals(returnedFiles(log.replaceAll("\n", "\r\n")), FILES);
  assertEquals(returnedFiles("step 1\nstep 2\n"), undefined);
  assert(!isReturnedLine("step 1"));
});

Deno.test("of a log that hands back twice the last counts", () => {
  const early = returnedLines([FILES[1]]).join("\n"), late = returnedLines(FILES).join("\n");
  assertEquals(returnedFiles(`${early}\n${late}\n`), FILES);
  assertEquals(returnedFiles(`${late}\n${early}\n`), [FILES[1]]);
});

Deno.test("a line that is missing or was changed is an error, and so is what is none of ours", () => {
  const lines = returnedLines(FILES);
  const refused = (log: readonly string[], message: string) =>
    assertThrows(() => returnedFiles(log.join("\n")), BenchError, message);
  refused(lines.toSpliced(3, 1), `found ${lines.length - 2} pieces in its log`);
  refused(lines.with(3, lines[4]), "do not fit the hash behind them");
  const made = (packed: string) => [`soft-grpo-bench:piece 0 ${packed}`, `soft-grpo-bench:end 1 ${sha256(packed)}`];
  const zipped = (text: string) => gzipSync(text).toString("base64");
  refused(made("AAAA"), "Cannot take what the job hands back");
  refused(made(zipped('{"path":"a"}')), "expected pairs of a path and a text");
  refused(made(zipped('[["a",1]]')), "expected pairs of a path and a text");
  const large = made(gzipSync(JSON.stringify([["a", "x".repeat(1000)]])).toString("base64")).join("\n");
  assertEquals(returnedFiles(large, 2000)?.length, 1);
  assertThrows(() => returnedFiles(large, 900), BenchError, "expected at most 900 bytes of JSON");
});
