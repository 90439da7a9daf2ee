import { assertEquals } from "@std/assert";
import { correctedProblems } from "../../src/score/corrected_answers.ts";
import type { ProblemCounts } from "../../src/metrics/types.ts";

const problem = (id: string, votes: ProblemCounts["votes"]): ProblemCounts => ({
  id,
  n: 7,
  c: 0,
  ...(votes && { votes }),
});

Deno.test("answers of AIME 2024 problem 22 are scored against 197", () => {
  const wrong = problem("aime2024/0022", [["197", 4, false], ["480", 2, true], ["5", 1, false]]);
  const other = problem("aime2024/0021", [["197", 7, false]]);
  const corrected = correctedProblems("aime2024", [other, wrong])!;
  assertEquals(corrected[0], other);
  assertEquals(corrected[1].c, 4);
  assertEquals(corrected[1].votes, [["197", 4, true], ["480", 2, false], ["5", 1, false]]);
});

Deno.test("there is no second view without votes, without errata, or where they are applied already", () => {
  assertEquals(correctedProblems("aime2024", [problem("aime2024/0022", undefined)]), undefined);
  assertEquals(correctedProblems("aime2024", [problem("aime2024/0001", [["7", 7, false]])]), undefined);
  assertEquals(correctedProblems("arith-add", [problem("aime2024/0022", [["7", 7, false]])]), undefined);
  assertEquals(correctedProblems("aime2024+errata1", [problem("aime2024/0022", [["7", 7, false]])]), undefined);
});
