/** Hydra's grammar by hand; what Hydra itself makes of whole files is in tests/slow/verl_test.ts. */
import { assertEquals } from "@std/assert";
import { overrideLine } from "../../../src/cluster/verl/hydra.ts";

Deno.test("a value is written so that Hydra reads it back", () => {
  const lines = [
    overrideLine(["a.b", 1e-6]),
    overrideLine(["a", true]),
    overrideLine(["a", null]),
    overrideLine(["a", "x=1, {y: [2]}"]),
    overrideLine(["a", "it's"]),
    overrideLine(["a", "C:\\new"]),
    overrideLine(["a", "ends in \\"]),
    overrideLine(["a", "\\'"]),
    overrideLine(["a", ["b c", "d"]]),
  ];
  assertEquals(lines, [
    "a.b=0.000001",
    "a=true",
    "a=null",
    "a='x=1, {y: [2]}'",
    "a='it\\'s'",
    // A backslash that stands before no quote is itself.
    "a='C:\\new'",
    "a='ends in \\\\'",
    "a='\\\\\\''",
    "a=['b c','d']",
  ]);
});
