import { assertAlmostEquals, assertEquals } from "@std/assert";
import { bootstrapInterval } from "../../src/metrics/bootstrap.ts";
import { RandomSequence } from "../../src/random/streams.ts";

Deno.test("it agrees with the normal interval of many problems, and is the same for the same name", () => {
  const random = new RandomSequence("bootstrap test");
  const datasets = [307, 401].map((problems) => Array.from({ length: problems }, () => random.uniform()));
  const { low, high } = bootstrapInterval(datasets, 1000, "x");
  const means = datasets.map((values) => values.reduce((a, b) => a + b) / values.length);
  const error = Math.hypot(
    ...datasets.map((values, d) =>
      Math.sqrt(values.reduce((sum, value) => sum + (value - means[d]) ** 2, 0) / (values.length - 1) / values.length)
    ),
  ) / 2;
  const mean = (means[0] + means[1]) / 2;
  // The ends of 1000 replicates move by about a tenth of the error.
  assertAlmostEquals(low, mean - 1.96 * error, 0.3 * error);
  assertAlmostEquals(high, mean + 1.96 * error, 0.3 * error);
  assertEquals(bootstrapInterval(datasets, 1000, "x"), { low, high });
});

Deno.test("one problem fewer is drawn than there are, which makes the variance unbiased", () => {
  // One of the two values 0 and 1 is drawn in each of 16 datasets: the mean is a binomial count over 16, whose
  // probabilities up to 3 and 4 are .0106 and .0384. Two draws a dataset would give 32 trials, and about 10.5/32.
  const datasets = Array.from({ length: 16 }, () => [0, 1]);
  assertEquals(bootstrapInterval(datasets, 2000, "pairs"), { low: 4 / 16, high: 12 / 16 });
});

Deno.test("the ends lie between two order statistics, as NumPy's quantile has it", () => {
  const values = [0.02, 0.03, 0.05, 0.07, 0.11, 0.13, 0.17];
  // The same draws, one dataset: six of seven a replicate.
  const random = new RandomSequence("bootstrap", "quantiles");
  const means = Array.from({ length: 102 }, () => {
    const drawn = Array.from({ length: 6 }, () => values[random.integer(7)]);
    return drawn.reduce((sum, value) => sum + value, 0) / 6;
  }).toSorted((a, b) => a - b);
  const { low, high } = bootstrapInterval([values], 102, "quantiles");
  // 101 steps: .025 lies at 2.525, .975 at 98.475.
  assertAlmostEquals(low, means[2] + 0.525 * (means[3] - means[2]), 1e-12);
  assertAlmostEquals(high, means[98] + 0.475 * (means[99] - means[98]), 1e-12);
  assertEquals(means[2] < means[3] && means[98] < means[99], true);
});
