import { assertEquals } from "@std/assert";
import { averageMetrics, ballotsOf, defaultSizes, deriveMetrics, fewestSamples } from "../../src/metrics/derive.ts";
import { exampleProblem } from "../result/example.ts";

Deno.test("sizes are powers of two up to the fewest samples, and that number", () => {
  const problems = [{ id: "a", n: 13, c: 1 }, { id: "b", n: 11, c: 0 }];
  assertEquals(fewestSamples(problems), 11);
  assertEquals(defaultSizes(problems).passAt, [1, 2, 4, 8, 11]);
  assertEquals(defaultSizes([{ id: "a", n: 1, c: 1 }]).passAt, [1]);
  assertEquals(defaultSizes([]).passAt, []);
});

Deno.test("samples without an answer and grader failures are blank ballots", () => {
  const problem = { ...exampleProblem("a", 11, 5, 2), graderErrors: 0 };
  assertEquals(ballotsOf(problem)?.blank, 2);
  assertEquals(ballotsOf({ id: "a", n: 3, c: 0 }), undefined);
});

Deno.test("figures are means over problems, shares of all samples, and null where unknown", () => {
  const metrics = deriveMetrics([exampleProblem("a", 7, 0, 3), exampleProblem("b", 5, 5)]);
  assertEquals(metrics.meanTokens, 17);
  // Only the second problem has correct samples.
  assertEquals(metrics.meanTokensCorrect, 13);
  assertEquals(metrics.truncated, 2 / 12);
  assertEquals(metrics.unextracted, 3 / 12);
  const none = deriveMetrics([exampleProblem("a", 7, 0)]);
  assertEquals(none.meanTokensCorrect, null);
  assertEquals(averageMetrics([metrics, none]).meanTokensCorrect, null);
  assertEquals(averageMetrics([metrics, none]).meanTokens, 17);
});

Deno.test("an average has the sizes that all datasets have", () => {
  const [few, many] = [3, 7].map((n) => deriveMetrics([exampleProblem("a", n, 1), exampleProblem("b", n, 2)]));
  assertEquals(Object.keys(averageMetrics([few, many]).passAt), ["1", "2"]);
  assertEquals(averageMetrics([]).passAt, {});
});
