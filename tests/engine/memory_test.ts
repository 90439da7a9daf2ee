import { assert, assertEquals, assertThrows } from "@std/assert";
import { EngineMemory, GrowingBlock } from "../../src/engine/memory.ts";
import { BenchError } from "../../src/errors.ts";
import { Numbers } from "./golden.ts";

Deno.test("blocks never overlap, and what is freed is used again", () => {
  const memory = new EngineMemory();
  const numbers = new Numbers(3);
  const held: { address: number; bytes: number; floats: number }[] = [];
  let most = 0;
  for (let i = 0; i < 2000; i++) {
    if (held.length > 11 || (held.length > 0 && numbers.next() < -0.2)) {
      memory.free(held.splice(numbers.below(held.length), 1)[0]);
    } else {
      const floats = 1 + numbers.below(5000);
      held.push({ ...memory.allocate(floats), floats });
    }
    const sorted = held.toSorted((a, b) => a.address - b.address);
    sorted.forEach((block, k) => {
      assert(block.bytes >= block.floats * 4 && block.address % 64 === 0);
      assert(k === 0 || sorted[k - 1].address + sorted[k - 1].bytes <= block.address);
    });
    if (i === 1000) most = memory.size;
  }
  assert(memory.size <= most * 1.2, `${memory.size} after ${most}`);
});

Deno.test("freed neighbours become one block", () => {
  const memory = new EngineMemory();
  const blocks = Array.from({ length: 7 }, () => memory.allocate(10_000));
  const size = memory.size;
  for (const i of [1, 5, 3, 0, 2, 6, 4]) memory.free(blocks[i]);
  assertEquals(memory.allocate(60_000).address, blocks[0].address);
  assertEquals(memory.size, size);
});

Deno.test("a growing block is replaced only when it is too small", () => {
  const block = new GrowingBlock(new EngineMemory());
  const address = block.reserve(1000);
  assertEquals(block.reserve(1100), address);
  assertEquals(block.reserve(17), address);
  block.reserve(100_000);
  const larger = block.reserve(90_000);
  assertEquals(block.reserve(100_000), larger);
});

Deno.test("more than 32-bit WebAssembly can address is refused in words", () => {
  assertThrows(() => new EngineMemory().allocate(2 ** 30), BenchError, "32-bit WebAssembly ends at 4.00 GiB");
});
