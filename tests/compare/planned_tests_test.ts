import { assertEquals } from "@std/assert";
import { alignArm, pairArms } from "../../src/compare/align.ts";
import { plannedTests } from "../../src/compare/planned_tests.ts";
import { exampleCounts, exampleResult } from "../result/example.ts";
import type { ResultCounts } from "../../src/result/complete.ts";
import { metricName } from "../../src/metrics/metric.ts";

function planned(changes: Partial<ResultCounts> = {}) {
  const side = [{ result: exampleResult(changes) }];
  return alignArm(pairArms(side, side).pairs[0], new Set());
}

Deno.test("each metric is tested on each dataset, and on average where there are several", () => {
  const tests = plannedTests(planned()).map(({ metric, dataset }) => [metricName(metric), dataset]);
  assertEquals(tests, ["pass@1", "pass@7", "majority@7"].flatMap((name) => [[name, 0], [name, 1], [name, null]]));
});

Deno.test("one dataset is its own average, and wanted metrics are the only ones", () => {
  const tests = plannedTests(planned({ datasets: exampleCounts().datasets.slice(0, 1) }), [{ kind: "pass", k: 3 }]);
  assertEquals(tests.map(({ metric, dataset }) => [metricName(metric), dataset]), [["pass@3", 0]]);
});
