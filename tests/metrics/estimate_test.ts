import { assertAlmostEquals, assertEquals } from "@std/assert";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import { averageMetrics, deriveMetrics } from "../../src/metrics/derive.ts";
import { meanInterval } from "../../src/metrics/estimate.ts";
import golden from "../golden/statistics.json" with { type: "json" };

/** Means of up to 1319 doubles in [0, 1]. */
const ROUNDING = 1e-12;

Deno.test("intervals are proper at 0, at 1 and for one problem", () => {
  const none = meanInterval(Array(30).fill(0));
  const all = meanInterval(Array(30).fill(1));
  assertEquals(none.low, 0);
  assertEquals(all.high, 1);
  // Between the two usual rules for 0 of 30: 3/P = .10 and Clopper-Pearson's .116, and a little above for Student's t.
  assertEquals(none.high > 0.09 && none.high < 0.13, true, `${none.high}`);
  assertAlmostEquals(all.low, 1 - none.high, ROUNDING);
  assertEquals(meanInterval([0.5]), { low: 0, high: 1 });
  const { low, high } = meanInterval([0, 0, 1 / 32]);
  assertEquals(low >= 0 && low < 1 / 96 && high > 1 / 96 && high <= 1, true);
});

Deno.test("values and both standard errors equal those computed apart from the published counts", () => {
  for (const { training, decoding, dataset, passAt } of golden.published) {
    const row = counts.find((own) =>
      own.training === training && own.decoding === decoding && own.dataset === dataset
    )!;
    const problems = row.correct_counts.map((c, i) => ({ id: `${i}`, n: row.samples_per_problem, c }));
    const metrics = deriveMetrics(problems);
    for (const [k, expected] of Object.entries(passAt)) {
      const { value, seNew, seSet, seSetMethod } = metrics.passAt[k];
      assertAlmostEquals(value, expected.value, ROUNDING);
      assertAlmostEquals(seNew!, expected.seNew, ROUNDING);
      if ("seSet" in expected) {
        assertAlmostEquals(seSet!, expected.seSet!, ROUNDING);
        assertEquals(seSetMethod, "unbiased");
      } else {
        assertEquals(seSetMethod, "plug-in");
      }
    }
  }
});

Deno.test("the average over datasets is unweighted and joins errors in squares", () => {
  const [a, b] = [[1, 0, 1], [0, 0, 1, 0, 0]].map((values) =>
    deriveMetrics(values.map((c, i) => ({ id: `${i}`, n: 1, c })))
  );
  const average = averageMetrics([a, b]);
  assertAlmostEquals(average.passAt["1"].value, (2 / 3 + 1 / 5) / 2, ROUNDING);
  assertAlmostEquals(
    average.passAt["1"].seNew!,
    Math.hypot(a.passAt["1"].seNew!, b.passAt["1"].seNew!) / 2,
    ROUNDING,
  );
  assertEquals(averageMetrics([a]).passAt["1"], a.passAt["1"]);
});

Deno.test("a k beyond the samples of any problem has no metric, and majority needs votes", () => {
  const metrics = deriveMetrics([{ id: "a", n: 5, c: 2 }, { id: "b", n: 3, c: 0 }], {
    passAt: [1, 4],
    majorityAt: [1],
  });
  assertEquals(Object.keys(metrics.passAt), ["1"]);
  assertEquals(metrics.majorityAt, {});
  assertEquals(metrics.meanTokens, null);
  assertEquals(Object.keys(deriveMetrics([{ id: "a", n: 11, c: 2 }]).passAt), ["1", "2", "4", "8", "11"]);
});

/** Ends of Wilson's interval are where the mean lies the quantile's number of errors away. */
function assertWilson(values: readonly number[], effective: number, quantile: number): void {
  const center = values.reduce((a, b) => a + b) / values.length;
  const { low, high } = meanInterval(values);
  for (const end of [low, high]) {
    // Student's quantiles below have seven digits.
    assertAlmostEquals(Math.abs(center - end), quantile * Math.sqrt(end * (1 - end) / effective), 1e-6);
  }
}

Deno.test("problems of mixed difficulty count as the yes-or-no answers that would vary as much", () => {
  // Mean .5, squares around it .625 of 5 · .25 = 1.25: a share of .5. The mean is carried by 2.5²/1.875 = 10/3 problems,
  // so the share becomes ((100/9) · .5 + 2)/(100/9 + 2) = 34/59, and 4 · 59/34 answers vary as much.
  assertWilson([0, 0.25, 0.5, 0.75, 1], 4 * 59 / 34, 2.776445);
});

Deno.test("where one problem carries the mean, the next ones may be of any size", () => {
  // Mean 1/96; squares (1/32)² · 2/3 of 3 · 95/96²: a share of 2/95. One problem carries the mean: (2/95 + 2)/3 = 64/95.
  assertWilson([0, 0, 1 / 32], 2 * 95 / 64, 4.302653);
});

Deno.test("hard and easy sets have mirrored intervals", () => {
  const values = [0, 0.125, 0, 0.5, 0, 0, 0.0625];
  const hard = meanInterval(values);
  const easy = meanInterval(values.map((value) => 1 - value));
  assertAlmostEquals(easy.low, 1 - hard.high, ROUNDING);
  assertAlmostEquals(easy.high, 1 - hard.low, ROUNDING);
});

Deno.test("many equally hard problems are known better than as many of which a few are not hopeless", () => {
  const width = (values: readonly number[]) => {
    const { low, high } = meanInterval(values);
    return high - low;
  };
  const equal = Array(31).fill(2 / 32);
  const few = [...Array(29).fill(0), 1, 30 / 32];
  assertAlmostEquals(equal.reduce((a, b) => a + b), few.reduce((a, b) => a + b), ROUNDING);
  assertEquals(width(few) > 3 * width(equal), true, `${width(few)} ${width(equal)}`);
});

Deno.test("where nothing was right, each problem counts as one wrong answer", () => {
  // Wilson's upper end at 0 of 30 is t²/(30 + t²); t is 2.045230 at 29 degrees of freedom.
  assertAlmostEquals(meanInterval(Array(30).fill(0)).high, 2.04523 ** 2 / (30 + 2.04523 ** 2), 1e-6);
});
