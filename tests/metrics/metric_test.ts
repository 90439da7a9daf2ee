import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { headlineMetrics, metricName, metricValues, parseMetric } from "../../src/metrics/metric.ts";

Deno.test("a metric is read from its name and written as it", () => {
  assertEquals(parseMetric("Pass@32"), { kind: "pass", k: 32 });
  assertEquals(metricName(parseMetric("majority@5")), "majority@5");
  for (const wrong of ["pass", "pass@0", "maj@5", "pass@1.5"]) {
    assertThrows(() => parseMetric(wrong), UsageError, "pass@K or majority@K");
  }
});

Deno.test("headline metrics are pass@1 and what all samples give; majority only where there are votes", () => {
  const counted = [{ id: "a", n: 3, c: 1 }, { id: "b", n: 5, c: 1 }];
  assertEquals(headlineMetrics([counted]).map(metricName), ["pass@1", "pass@3"]);
  const voted = [{ id: "a", n: 3, c: 1, votes: [["7", 1, true], ["8", 1, false], ["9", 1, false]] as const }];
  assertEquals(headlineMetrics([voted]).map(metricName), ["pass@1", "pass@3", "majority@3"]);
  assertEquals(metricValues(counted, { kind: "pass", k: 4 }), undefined);
  assertEquals(metricValues(counted, { kind: "majority", k: 1 }), undefined);
  assertEquals(metricValues(voted, { kind: "pass", k: 3 }), [1]);
});
