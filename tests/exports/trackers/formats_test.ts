import { assertEquals } from "@std/assert";
import { isTracker, TRACKER_NAMES, TRACKERS } from "../../../src/exports/trackers/formats.ts";

Deno.test("every tracker can be loaded by its name", async () => {
  for (const name of TRACKER_NAMES) assertEquals(typeof await TRACKERS[name](), "function");
  assertEquals([isTracker("trackio"), isTracker("lm-eval"), isTracker("toString")], [true, false, false]);
});
