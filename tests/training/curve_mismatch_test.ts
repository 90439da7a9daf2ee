import { assertEquals } from "@std/assert";
import { curveMismatch } from "../../src/training/curve_mismatch.ts";

Deno.test("the mismatch of a run is the mean over the steps that have one, and the largest of all", () => {
  const curve = [
    { step: 1, reward: 0, mismatchMean: 0.5, mismatchMax: 3 },
    { step: 2, reward: 0 },
    { step: 3, reward: 0, mismatchMean: 1, mismatchMax: 2 },
  ];
  assertEquals(curveMismatch(curve), { mean: 0.75, max: 3 });
});

Deno.test("a run without any has none, rather than 0", () => {
  assertEquals(curveMismatch([]), null);
  assertEquals(curveMismatch([{ step: 1, reward: 0.5 }]), null);
});
