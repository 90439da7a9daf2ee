import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parsePairs, run } from "../../src/commands/grade.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { captured, inFolder } from "./captured.ts";

Deno.test("a line of verdict for a line of pair, in the same order", () =>
  inFolder(async (folder) => {
    const input = `${folder}/pairs.jsonl`;
    const pairs = [["1/2", "\\boxed{0.5}"], ["1/2", "\\boxed{0.6}"], ["7", "no box"], ["40", "\\boxed{40}"]];
    await Deno.writeTextFile(input, pairs.map(([gold, pred]) => JSON.stringify({ gold, pred }) + "\n").join(""));
    const { code, stdout } = await captured(() => run({ positionals: [], flags: { input } }));
    assertEquals(code, 0);
    const verdicts = stdout.split("\n").map((line) => JSON.parse(line));
    assertEquals(verdicts.map(({ equal }) => equal), [true, false, false, true]);
    assertEquals(
      verdicts.map((verdict) => Object.keys(verdict).slice(0, 3)),
      pairs.map(() => ["equal", "extracted", "reason"]),
    );
  }));

Deno.test("a bad line is named, and nothing is printed before it", () => {
  const message = (text: string) => assertThrows(() => parsePairs(text, "pairs.jsonl"), BenchError).message;
  assertEquals(message('{"gold":"1","pred":"1"}\n{"gold":\n').startsWith("Cannot grade pairs.jsonl:2: found "), true);
  assertEquals(message('{"gold":"1"}').startsWith("Cannot grade pairs.jsonl:1: found "), true);
});

Deno.test("without a file, or with an unknown grader, the request is wrong", async () => {
  await assertRejects(() => run({ positionals: [], flags: {} }), UsageError, "expected --input FILE");
  await assertRejects(() => run({ positionals: [], flags: { input: "x", grader: "symbolc" } }), UsageError, "symbolic");
  await assertRejects(
    () => run({ positionals: [], flags: { input: "/nowhere/x" } }),
    UsageError,
    "Cannot read /nowhere/x",
  );
});
