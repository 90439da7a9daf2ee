import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { type SkippedFile, unlessSkipped } from "../../src/result/skipped.ts";

Deno.test("a file that cannot be read is told of, or is an error where nobody is told", () => {
  const told: SkippedFile[] = [];
  const fail = () => {
    throw new BenchError("broken");
  };
  assertEquals(unlessSkipped("a.json", () => 7, (file) => told.push(file)), 7);
  assertEquals(unlessSkipped("b.json", fail, (file) => told.push(file)), undefined);
  assertEquals(told, [{ path: "b.json", reason: "broken" }]);
  assertThrows(() => unlessSkipped("b.json", fail, undefined), BenchError, "broken");
});

Deno.test("a fault of the program is nobody's file", () => {
  assertThrows(() => unlessSkipped("a.json", () => (undefined as unknown as { x: number }).x, () => {}), TypeError);
});
