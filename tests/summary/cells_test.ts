import { assertEquals } from "@std/assert";
import { estimateCell, seedCell } from "../../src/summary/cells.ts";
import type { ArmEstimate } from "../../src/summary/arms.ts";

const ESTIMATE: ArmEstimate = {
  value: 0.453,
  low: 0.426,
  high: 0.481,
  problemsLow: 0.44,
  problemsHigh: 0.47,
  seeds: 3,
  seedDeviation: 0.008,
  nextLow: 0.412,
  nextHigh: 0.494,
};

Deno.test("a value stands over its interval", () => {
  assertEquals(estimateCell(ESTIMATE).text, "45.3\n42.6–48.1");
});

Deno.test("of several trained seeds it is said where one more would land, of others it is not", () => {
  assertEquals(seedCell(ESTIMATE).text, "45.3\n42.6–48.1\nnext 41.2–49.4");
  assertEquals(seedCell({ ...ESTIMATE, nextLow: null, nextHigh: null }).text, "45.3\n42.6–48.1");
});
