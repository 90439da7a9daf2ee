import { assertEquals } from "@std/assert";
import { isSampleExport, SAMPLE_EXPORT_NAMES, SAMPLE_EXPORTS } from "../../../src/exports/samples/formats.ts";

Deno.test("every format of samples can be loaded by its name", async () => {
  for (const name of SAMPLE_EXPORT_NAMES) assertEquals(typeof await SAMPLE_EXPORTS[name](), "function");
  assertEquals([isSampleExport("lighteval-details"), isSampleExport("lm-eval")], [true, false]);
});
