import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { compare } from "../../src/compare/compare.ts";
import { BenchError, UsageError } from "../../src/errors.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import { completeResult } from "../../src/result/complete.ts";
import type { StoredResult } from "../../src/result/store.ts";
import { exampleCounts, exampleProblem } from "../result/example.ts";
import type { ProblemCounts } from "../../src/metrics/types.ts";
import type { Result } from "../../src/result/types.ts";

const SAMPLES = 16;

function stored(result: Result): StoredResult[] {
  return [{ path: `${result.arm.label}.json`, result }];
}

/** One dataset with these problems. */
function resultOf(problems: readonly ProblemCounts[], seed = 1): Result {
  const counts = exampleCounts();
  return completeResult({
    ...counts,
    arm: { ...counts.arm, seed },
    datasets: [{
      name: "simulated",
      version: "1",
      sha256: null,
      coverage: { scored: problems.length, of: null },
      problems,
    }],
  }, { passAt: [1], majorityAt: [] });
}

/** Problems of mixed difficulty, mean .5; the same for the same name. */
function accuracies(count: number): number[] {
  const random = new RandomSequence("compare test accuracies");
  return Array.from({ length: count }, () => Math.sin(Math.PI / 2 * random.uniform()) ** 2);
}

function sampled(chances: readonly number[], run: string): ProblemCounts[] {
  const random = new RandomSequence("compare test", run);
  return chances.map((chance, i) => {
    let c = 0;
    for (let sample = 0; sample < SAMPLES; sample++) if (random.uniform() < chance) c++;
    return exampleProblem(`simulated/${i}`, SAMPLES, c);
  });
}

Deno.test("a planted loss of 3 points on 500 problems is found", () => {
  const before = accuracies(500);
  // Three points on average, in proportion to what can be lost.
  const mean = before.reduce((a, b) => a + b) / before.length;
  const after = before.map((chance) => chance * (1 - 0.03 / mean));
  let found = 0;
  for (let run = 0; run < 10; run++) {
    const [base, changed] = [sampled(before, `before ${run}`), sampled(after, `after ${run}`)].map((p) =>
      stored(resultOf(p))
    );
    if (compare(base, changed).verdict === "regression") found++;
  }
  assertEquals(found >= 9, true, `found ${found} of 10`);
});

Deno.test("a run of the same model with another seed is not called a regression in 95 of 100 cases", () => {
  const chances = accuracies(60);
  let alarms = 0;
  const runs = 100;
  for (let run = 0; run < runs; run++) {
    const [base, changed] = [0, 1].map((side) => stored(resultOf(sampled(chances, `${side} ${run}`), side)));
    if (compare(base, changed).verdict === "regression") alarms++;
  }
  assertEquals(alarms <= 5, true, `${alarms} false alarms in ${runs}`);
});

Deno.test("without a loss the verdict depends on what the interval rules out", () => {
  const chances = accuracies(101);
  const [base, changed] = ["one", "two"].map((run) => stored(resultOf(sampled(chances, run))));
  const { verdict, reason, tests: [test] } = compare(base, changed, { detect: 20 });
  assertEquals(verdict, "ok");
  assertStringIncludes(reason, "one of 20 points is ruled out: the interval of pass@1 on simulated of");
  // The least loss that the interval rules out, and the largest that it does not.
  const end = -100 * test.low;
  assertEquals(end > 0.2, true, `${end}`);
  const [above, below] = [1.01, 0.99].map((factor) => compare(base, changed, { detect: factor * end }));
  assertEquals([above.verdict, below.verdict], ["ok", "not-enough-data"]);
  assertStringIncludes(below.reason, "points is not ruled out");
  assertThrows(() => compare(base, changed, { detect: 0 }), UsageError, "above 0");
});

Deno.test("a planted gain is ok, however small the loss that is asked about", () => {
  const chances = accuracies(101);
  const gained = chances.map((chance) => chance + 0.2 * (1 - chance));
  const { verdict } = compare(stored(resultOf(sampled(chances, "one"))), stored(resultOf(sampled(gained, "two"))), {
    detect: 0.1,
  });
  assertEquals(verdict, "ok");
});

Deno.test("equal counts are no regression, whatever their number", () => {
  const one = stored(resultOf(sampled(accuracies(3), "one")));
  assertEquals(compare(one, one, { detect: 0.1 }).verdict, "ok");
});

Deno.test("where no problem differs, little data does not show that nothing was lost", () => {
  const [one, two] = [0, 1].map((unextracted) =>
    stored(resultOf([0, 1, 2, 3].map((i) => exampleProblem(`simulated/${i}`, SAMPLES, 0, unextracted))))
  );
  const { verdict, tests } = compare(one, two);
  assertEquals(verdict, "not-enough-data");
  // 1 − .05^(1/4): with four problems, up to half of all could differ.
  assertAlmostEquals(tests[0].low, 0.05 ** (1 / 4) - 1, 1e-12);
});

Deno.test("one problem is not enough data, unless its counts are equal", () => {
  const [one, two] = [3, 4].map((c) => stored(resultOf([exampleProblem("simulated/0", SAMPLES, c)])));
  assertEquals(compare(one, two).verdict, "not-enough-data");
  assertEquals(compare(one, one).verdict, "ok");
});

Deno.test("several seeds must agree before a loss is a regression", () => {
  const chances = accuracies(101);
  const lower = chances.map((chance) => 0.8 * chance);
  const base = [1, 2].flatMap((seed) => stored(resultOf(sampled(chances, `b${seed}`), seed)));
  // Of the changed side one seed lost a lot, the other nothing: another seed may do either.
  const mixed = [
    ...stored(resultOf(sampled(lower, "c1"), 1)),
    ...stored(resultOf(sampled(chances, "c2"), 2)),
  ];
  const open = compare(base, mixed, { metrics: [{ kind: "pass", k: 1 }] });
  assertEquals([open.verdict, open.tests[0].loss], ["not-enough-data", "worse-as-trained"]);
  const both = [1, 2].flatMap((seed) => stored(resultOf(sampled(lower, `d${seed}`), seed)));
  assertEquals(compare(base, both).verdict, "regression");
});

Deno.test("the seeds of an untrained arm only draw other samples", () => {
  const untrained = (problems: readonly ProblemCounts[], seed: number) => {
    const { arm, training, ...result } = resultOf(problems, seed);
    return stored({ ...result, arm: { ...arm, algorithm: "base" }, training: { ...training, steps: 0 } });
  };
  const chances = accuracies(101);
  const side = (factor: number) =>
    [1, 2].flatMap((seed) => untrained(sampled(chances.map((chance) => factor * chance), `u${seed} ${factor}`), seed));
  const { verdict, tests } = compare(side(1), side(0.9));
  assertEquals(verdict, "regression");
  assertEquals(tests[0].seedErrors, []);
});

Deno.test("arms are paired by label; every arm of BASE is needed", () => {
  const [a, b] = ["arm-a", "arm-b"].map((label) => {
    const counts = exampleCounts();
    return stored(completeResult({ ...counts, arm: { ...counts.arm, label } }));
  });
  assertEquals(
    new Set(compare([...a, ...b], [...b, ...a]).tests.map(({ arm }) => arm)),
    new Set(["arm-a", "arm-b"]),
  );
  assertEquals(compare(a, b).tests[0].arm, "arm-a → arm-b");
  assertThrows(() => compare([...a, ...b], a), BenchError, "NEW has no result of arm-b");
});

Deno.test("averages are tested where there are several datasets, with a Holm correction over all tests", () => {
  const one = stored(completeResult(exampleCounts()));
  const { tests } = compare(one, one);
  assertEquals(tests.map(({ dataset, metric }) => `${dataset} ${metric}`), [
    "arith-add pass@1",
    "arith-sub pass@1",
    "null pass@1",
    "arith-add pass@7",
    "arith-sub pass@7",
    "null pass@7",
    "arith-add majority@7",
    "arith-sub majority@7",
    "null majority@7",
  ]);
});

Deno.test("a loss is a regression at 2.5 %, one-sided", () => {
  // Every problem loses about as much: Student's interval is far below 0, and of 2^P patterns of signs one is as bad.
  const side = (problems: number, lost: number) =>
    stored(
      resultOf(
        Array.from({ length: problems }, (_, i) => exampleProblem(`simulated/${i}`, 97, 80 - lost - i % 2 * lost / 8)),
      ),
    );
  const metrics = [{ kind: "pass" as const, k: 1 }];
  const verdicts = [5, 6].map((problems) => {
    const { verdict, tests: [test] } = compare(side(problems, 0), side(problems, 16), { metrics });
    assertAlmostEquals(test.pWorseHolm, 1 / 2 ** problems, 1e-12);
    assertEquals(test.high < -0.1, true);
    return verdict === "regression";
  });
  // 1/32 = .031 is not enough, 1/64 = .016 is.
  assertEquals(verdicts, [false, true]);
});
