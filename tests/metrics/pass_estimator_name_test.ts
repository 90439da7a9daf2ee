import { assertEquals } from "@std/assert";
import { OTHER_RULES, PASS_ESTIMATOR_NAMES } from "../../src/metrics/pass_estimator_name.ts";
import { PASS_ESTIMATORS } from "../../src/metrics/pass_estimators.ts";

Deno.test("every rule has a name, and ours is the first", () => {
  assertEquals(Object.keys(PASS_ESTIMATORS), [...PASS_ESTIMATOR_NAMES]);
  assertEquals(["unbiased", ...OTHER_RULES], [...PASS_ESTIMATOR_NAMES]);
});
