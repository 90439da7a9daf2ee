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
