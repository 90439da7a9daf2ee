import { assertEquals, assertStringIncludes } from "@std/assert";
import { growth, MEMORY_ALLOWANCE, type Reading } from "./growth.ts";

const MIB = 2 ** 20;

function series(
  count: number,
  memory: (i: number) => number,
  descriptors: (i: number) => number = () => 31,
): Reading[] {
  return Array.from({ length: count }, (_, i) => ({ seconds: 2 * i, memory: memory(i), descriptors: descriptors(i) }));
}

Deno.test("what grows at first and then stays is steady, with moments of more", () => {
  const steady = series(41, (i) => (i < 11 ? 130 + 17 * i : 317) * MIB + (i % 5 === 0 ? 200 * MIB : 0));
  assertEquals(growth(steady), undefined);
});

Deno.test("what grows at every step is found, and by how much", () => {
  // The middle of the second quarter of 40 is reading 15, that of the last 35: twenty steps lie between them.
  assertEquals(
    growth(series(40, (i) => i * 5 * MIB)),
    "grew from the second to the last quarter: resident memory by 100 MiB",
  );
  assertEquals(growth(series(40, (i) => i * MEMORY_ALLOWANCE / 20)), undefined);
});

Deno.test("one descriptor more is one too many, and one that is open for a while is not", () => {
  assertEquals(
    growth(series(40, () => MIB, (i) => 31 + Math.floor(i / 30))),
    "grew from the second to the last quarter: open descriptors by 1",
  );
  assertEquals(growth(series(40, () => MIB, (i) => i % 3 === 0 ? 33 : 31)), undefined);
});

Deno.test("a few readings tell nothing", () => assertStringIncludes(growth(series(7, () => 1)) ?? "", "too few"));
