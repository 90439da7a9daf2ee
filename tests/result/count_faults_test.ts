import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import type { ProblemCounts, Vote } from "../../src/metrics/types.ts";
import { problemsFault, workFault } from "../../src/result/count_faults.ts";
import { validateResult } from "../../src/result/validate.ts";
import { exampleProblem, exampleResult } from "./example.ts";

const MEASURED = { countsOnly: false, voted: true };
const many = (n: number, problems: number) =>
  Array.from({ length: problems }, (_, i) => exampleProblem(`a/${i}`, n, 3));

Deno.test("what a file claims is bounded by samples of a problem, and by all of them at all sizes", () => {
  assertEquals(problemsFault(many(2 ** 16, 2), MEASURED), undefined);
  assertEquals(problemsFault(many(2 ** 16 + 1, 2), MEASURED)?.path, ["problems", 0, "n"]);
  const sized = (problems: readonly ProblemCounts[], sizes: readonly number[]) => {
    const { metrics } = exampleResult().datasets[0];
    const passAt = Object.fromEntries(sizes.map((k) => [k, metrics.passAt["1"]]));
    return { problems, metrics: { ...metrics, passAt, majorityAt: { "1": metrics.majorityAt["1"] } } };
  };
  assertEquals(workFault([sized(many(2 ** 16, 128), [1, 2, 3, 4, 5, 6, 7])]), undefined);
  assertEquals(workFault([sized(many(2 ** 16, 128), [1, 2, 3, 4, 5, 6, 7]), sized(many(1, 1), [])]), {
    path: ["datasets"],
    found: "67108865 samples times sizes k",
    expected: "at most 67108864, which take minutes",
  });
});

Deno.test("a file that claims too much is refused before its metrics are derived", () => {
  const { datasets: [first, other], ...rest } = exampleResult();
  const claiming = (problems: readonly ProblemCounts[]) => ({
    ...rest,
    datasets: [{ ...first, coverage: { scored: problems.length, of: null }, problems }, other],
  });
  // Pass@k and majority@k at 1, 2, 4 and 7: 8 (129 · 65,536 + 3 · 7).
  const expected = "datasets of result: found 67633320 samples times sizes k, expected at most 67108864";
  assertThrows(() => validateResult(claiming(many(2 ** 16, 129))), BenchError, expected);
  assertThrows(() => validateResult(claiming(many(1e9, 1))), BenchError, "found 1000000000, expected at most 65536");
});

Deno.test("of sixty thousand answers the one that is there twice is found", () => {
  const votes = Array.from({ length: 60_013 }, (_, i): Vote => [`${i === 60_011 ? 17 : i}`, 1, false]);
  const problem = { ...exampleProblem("a", 7, 0), n: votes.length, votes };
  assertEquals(problemsFault([problem], MEASURED), {
    path: ["problems", 0, "votes", 60_011, 0],
    found: '"17"',
    expected: "a new answer",
  });
});
