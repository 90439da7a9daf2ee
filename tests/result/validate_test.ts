import { assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { exampleCounts, exampleProblem, exampleResult } from "./example.ts";
import type { ProblemKind } from "../../src/datasets/problem_kind.ts";
import { completeResult } from "../../src/result/complete.ts";
import type { Result } from "../../src/result/types.ts";
import { validateResult } from "../../src/result/validate.ts";

/** A copy of the example with one value replaced, by its path. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(exampleResult()));
  const parent = path.slice(0, -1).reduce((node, key) => node[key], copy);
  const key = path.at(-1)!;
  if (value === undefined) delete parent[key];
  else parent[key] = value;
  return copy;
}

function refusal(value: unknown): string {
  const error = assertThrows(() => validateResult(value, "x.json"), BenchError);
  assertMatch(error.message, /^Cannot read (\S+ of )?x\.json: found .+, expected /);
  return error.message.replace(" of x.json:", "");
}

Deno.test("a valid result is accepted", () => {
  assertEquals(validateResult(JSON.parse(JSON.stringify(exampleResult()))), exampleResult());
});

Deno.test("a metric that does not follow from the counts is refused with its place", () => {
  const value = exampleResult().datasets[0].metrics.passAt["1"].value;
  assertStringIncludes(
    refusal(changed(["datasets", 0, "metrics", "passAt", "1", "value"], value + 1e-6)),
    "datasets[0].metrics.passAt.1.value found",
  );
  assertStringIncludes(refusal(changed(["average", "meanTokens"], 18)), "average.meanTokens found 18, expected 17");
  assertStringIncludes(refusal(changed(["average", "passAt", "7"], undefined)), "average.passAt.7");
  assertStringIncludes(
    refusal(changed(["datasets", 1, "metrics", "majorityAt", "4", "seSetMethod"], "unbiased")),
    "datasets[1].metrics.majorityAt.4.seSetMethod",
  );
});

Deno.test("a difference of the last digits is not a disagreement", () => {
  const value = exampleResult().datasets[0].metrics.passAt["2"].high;
  validateResult(changed(["datasets", 0, "metrics", "passAt", "2", "high"], value * (1 + 1e-13)));
});

Deno.test("a standard error agrees where its variance does, and only there", () => {
  // All answers of all problems are right: the variance is 0, and a root of 1.4e-9 is one of 2e-18.
  const sure = completeResult({
    ...exampleCounts(),
    datasets: exampleCounts().datasets.map((dataset) => ({
      ...dataset,
      problems: dataset.problems.map(({ id, n }) => exampleProblem(id, n, n)),
    })),
  });
  const withError = (seSet: number) => {
    const value = structuredClone(sure);
    Object.assign(value.datasets[0].metrics.passAt["2"], { seSet });
    return validateResult(value);
  };
  assertEquals(sure.datasets[0].metrics.passAt["2"].seSet, 0);
  withError(1.4e-9);
  assertThrows(() => withError(2e-8), BenchError, "as the counts give it");
});

/** The example on programs: no votes, and the kind that says why. */
function programs(kinds: readonly (ProblemKind | undefined)[] = ["python-function", "python-tests"]): Result {
  const { datasets, ...rest } = exampleResult();
  return completeResult({
    ...rest,
    datasets: datasets.map(({ problems, ...dataset }, d) => ({
      ...dataset,
      ...(kinds[d] !== undefined && { kind: kinds[d] }),
      problems: problems.map(({ votes, ...counts }) =>
        kinds[d]?.startsWith("python") ? counts : { ...counts, votes: votes! }
      ),
    })),
  });
}

Deno.test("programs have no votes, so that majority@k is not defined for them", () => {
  const result = programs();
  assertEquals(validateResult(JSON.parse(JSON.stringify(result))), result);
  assertEquals([result.average.majorityAt, Object.keys(result.average.passAt).length > 0], [{}, true]);
  // Beside letters, which have votes, the mean of both has none.
  const mixed = programs(["multiple-choice", "python-tests"]);
  assertEquals([Object.keys(mixed.datasets[0].metrics.majorityAt).length > 0, mixed.average.majorityAt], [true, {}]);
  validateResult(mixed);
  const withVotes = { ...result, datasets: exampleResult().datasets.map((own) => ({ ...own, kind: "python-tests" })) };
  assertStringIncludes(refusal(withVotes), "expected none, as answers are programs");
  const problem = result.datasets[0].problems[1];
  const more = { ...problem, c: problem.n, unextracted: 1 };
  const datasets = result.datasets.map((own, d) =>
    d > 0 ? own : { ...own, problems: own.problems.map((old) => old === problem ? more : old) }
  );
  assertStringIncludes(refusal({ ...result, datasets }), `problems[1].c found ${problem.n}, expected at most`);
});

Deno.test("no result joins mathematics with anything else", () => {
  assertStringIncludes(
    refusal(programs([undefined, "multiple-choice"])),
    "datasets[1].kind found multiple-choice, expected a kind of mathematics, as of the first one",
  );
  assertStringIncludes(
    refusal(programs(["python-tests", undefined])),
    "datasets[1].kind found mathematics, expected a kind of out-of-domain, as of the first one",
  );
});

Deno.test("a file whose intervals follow an earlier rule is read with today's, and only their ends may differ", () => {
  const earlier = JSON.parse(JSON.stringify(exampleResult()));
  delete earlier.intervals;
  earlier.datasets[0].metrics.passAt["1"].low = 0.125;
  earlier.average.passAt["1"].high = 1;
  assertEquals(validateResult(earlier), exampleResult());
  earlier.datasets[0].metrics.passAt["1"].seNew *= 2;
  assertStringIncludes(refusal(earlier), "datasets[0].metrics.passAt.1.seNew");
  assertStringIncludes(
    refusal(changed(["datasets", 0, "metrics", "passAt", "1", "low"], 0.125)),
    "datasets[0].metrics.passAt.1.low",
  );
  assertStringIncludes(refusal(changed(["intervals"], 1)), "intervals found 1, expected 2");
});

Deno.test("counts that contradict each other are refused with their place", () => {
  const problem = ["datasets", 0, "problems", 1];
  assertStringIncludes(
    refusal(changed([...problem, "c"], 3)),
    "problems[1].c found 3, expected 2, the sum of the right votes",
  );
  assertStringIncludes(refusal(changed([...problem, "c"], 8)), "expected at most n = 7");
  assertStringIncludes(
    refusal(changed([...problem, "n"], 1e9)),
    "problems[1].n found 1000000000, expected at most 65536",
  );
  assertStringIncludes(refusal(changed([...problem, "unextracted"], 1)), "problems[1].n found 7, expected 8");
  assertStringIncludes(
    refusal(changed([...problem, "votes"], undefined)),
    "problems[1].votes found nothing, expected a value, unless",
  );
  assertStringIncludes(refusal(changed([...problem, "truncated"], 9)), "problems[1].truncated found 9");
  assertStringIncludes(
    refusal(changed([...problem, "id"], "arith-add/0000")),
    'problems[1].id found "arith-add/0000", expected a new id',
  );
  assertStringIncludes(refusal(changed([...problem, "tokens", "correctMean"], null)), "problems[1].tokens.correctMean");
  assertStringIncludes(refusal(changed([...problem, "votes", 0, 0], "42")), 'problems[1].votes[1][0] found "42"');
  assertStringIncludes(refusal(changed(["datasets", 1, "name"], "arith-add")), "datasets[1].name");
});

Deno.test("a configuration that does not have the hash it says is refused", () => {
  assertStringIncludes(refusal(changed(["experiment", "config", "steps"], 5)), "experiment.configSha256 found");
});

Deno.test("a status must fit the rest", () => {
  assertStringIncludes(
    refusal(changed(["status"], "failed")),
    "error found nothing, expected text where status is failed",
  );
  assertStringIncludes(refusal(changed(["error"], "no")), 'error found "no", expected none unless status is failed');
  assertStringIncludes(refusal(changed(["status"], "imported")), "source found nothing");
  assertStringIncludes(refusal(changed(["arm", "algorithm"], "base")), "training.steps found 3");
  assertStringIncludes(refusal(changed(["datasets"], [])), "datasets found a list of 0");
  const failed: Result = exampleResult({ status: "failed", error: "the model was not found", datasets: [] });
  validateResult(failed);
});

Deno.test("a value of the wrong shape is refused with its place", () => {
  assertStringIncludes(refusal(changed(["schemaVersion"], 3)), "schemaVersion found 3, expected 1 or 2");
  assertStringIncludes(refusal(changed(["arm", "seed"], "1")), 'arm.seed found "1", expected an integer');
  assertStringIncludes(refusal(changed(["model", "sha256"], "abc")), "model.sha256");
  assertStringIncludes(
    refusal(changed(["grader"], undefined)),
    "grader found nothing, expected an object with name, version",
  );
  assertStringIncludes(
    refusal(changed(["extra"], 1)),
    "extra found an unknown key, expected one of schemaVersion, lacks, intervals, status",
  );
  assertStringIncludes(refusal(changed(["arm", "sede"], 1)), 'did you mean "seed"?');
  assertStringIncludes(refusal(changed(["datasets", 0, "problems", 2, "n"], 0)), "datasets[0].problems[2].n found 0");
  assertStringIncludes(refusal(null), "found null, expected an object with schemaVersion");
  assertStringIncludes(refusal([]), "found a list of 0, expected an object");
  assertStringIncludes(refusal(changed(["average", "passAt", "0"], {})), "average.passAt.0 found an unknown key");
});

Deno.test("what nests too deep is refused in one line", () => {
  let deep: unknown = 7;
  for (let i = 0; i < 30_011; i++) deep = [deep];
  assertThrows(() => validateResult(deep), BenchError, "at most 64 deep");
  const { experiment, ...rest } = exampleResult();
  assertThrows(
    () => validateResult({ ...rest, experiment: { ...experiment, config: { deep } } }),
    BenchError,
    "64 deep",
  );
});
