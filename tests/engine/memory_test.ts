import { assert, assertEquals, assertThrows } from "@std/assert";
import { EngineMemory, GrowingBlock, Region } from "../../src/engine/memory.ts";
import { nativeMemory } from "../../src/engine/shared_memory.ts";
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
      // A line more than was asked for may be read, and all of it lies in the memory.
      assert(block.bytes >= block.floats * 4 + 64 && block.address % 64 === 0);
      assert(block.address > 0 && block.address + block.bytes <= memory.size);
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

Deno.test("a freed block is used again for one of its size, of less, and not of more", () => {
  for (const [floats, again] of [[100, true], [96, true], [37, true], [113, false]] as const) {
    const memory = new EngineMemory();
    const [freed, after] = [memory.allocate(100), memory.allocate(100)];
    memory.free(freed);
    const block = memory.allocate(floats);
    assertEquals(block.address === freed.address, again, `${floats} floats`);
    assert(again || block.address >= after.address + after.bytes);
    // What is left of it serves the next that fits, and overlaps nothing.
    const rest = freed.bytes - block.bytes;
    if (again && rest > 64) assertEquals(memory.allocate(rest / 4 - 16).address, freed.address + block.bytes);
  }
});

Deno.test("equal steps never grow the memory, whatever is held beside them", () => {
  const memory = new EngineMemory();
  const step = () => [1000, 17, 20_000, 16, 333].map((floats) => memory.allocate(floats));
  const held = [memory.allocate(50), ...step(), memory.allocate(50)];
  held.slice(1, -1).forEach((block) => memory.free(block));
  const first = step();
  assertEquals(first, held.slice(1, -1));
  const size = memory.size;
  for (let i = 0; i < 100; i++) {
    first.forEach((block) => memory.free(block));
    assertEquals(step(), first);
  }
  assertEquals(memory.size, size);
});

Deno.test("a free block at the end of what is used is extended, one before it is not", () => {
  const memory = new EngineMemory();
  const [first, second, last] = [memory.allocate(100), memory.allocate(100), memory.allocate(100)];
  memory.free(last);
  assertEquals(memory.allocate(100_000).address, last.address);
  const end = memory.allocate(16);
  memory.free(first);
  assertEquals(memory.allocate(1000).address, end.address + end.bytes);
  assertEquals(memory.allocate(100).address, first.address);
  assert(second.address === first.address + first.bytes);
});

Deno.test("free blocks that do not touch are used one by one, and the last of them is the one at the end", () => {
  const memory = new EngineMemory();
  const blocks = Array.from({ length: 5 }, () => memory.allocate(100));
  const [a, , b, , end] = blocks;
  memory.free(b);
  memory.free(a);
  assertEquals([memory.allocate(100), memory.allocate(100)], [a, b]);
  memory.free(a);
  memory.free(end);
  assertEquals(memory.allocate(5000).address, end.address);
  assertEquals(memory.allocate(100), a);
});

Deno.test("a zeroed block is zero, also where another was", () => {
  const memory = new EngineMemory();
  const block = memory.allocate(100);
  memory.floats(block.address, block.bytes / 4).fill(NaN);
  memory.free(block);
  const zeroed = memory.allocateZeroed(100);
  assertEquals(zeroed, block);
  assertEquals(memory.floats(zeroed.address, zeroed.bytes / 4), new Float32Array(zeroed.bytes / 4));
});

Deno.test("parts of a region follow one another, each with a line to spare, and are measured as they are handed out", () => {
  const sizes = [1, 16, 17, 100];
  const measure = new Region(), region = new Region(640);
  const measured = sizes.map((count) => measure.take(count));
  assertEquals(sizes.map((count) => region.take(count)), measured.map((address) => address + 640));
  // Whole lines of 16 floats, and one more.
  assertEquals(measured, [0, 128, 256, 448]);
  assertEquals([measure.bytes, region.bytes], [448 + 7 * 64 + 64, 448 + 7 * 64 + 64]);
});

Deno.test("a growing block is replaced only when it is too small", () => {
  const block = new GrowingBlock(new EngineMemory());
  const address = block.reserve(1000);
  assertEquals(block.reserve(1100), address);
  assertEquals(block.reserve(17), address);
  // A quarter more than was asked for, up to the last byte with the line behind it.
  assertEquals(block.reserve(1250), address);
  const bytes = Math.ceil(1250 / 64) * 64 + 64;
  assertEquals(block.reserve(bytes), address);
  assert(block.reserve(bytes + 1) !== undefined);
  block.reserve(100_000);
  const larger = block.reserve(90_000);
  assertEquals(block.reserve(100_000), larger);
});

Deno.test("a growing block gives back what it was, and everything when it is freed", () => {
  const memory = new EngineMemory();
  const block = new GrowingBlock(memory);
  const first = block.reserve(1000);
  memory.allocate(1);
  const second = block.reserve(2000);
  assert(second !== first);
  assertEquals(memory.allocate(200).address, first);
  block.free();
  block.free();
  assertEquals(memory.allocate(400).address, second);
});

Deno.test("more than 32-bit WebAssembly can address is refused in words", () => {
  assertThrows(() => new EngineMemory().allocate(2 ** 30), BenchError, "32-bit WebAssembly ends at 4.00 GiB");
});

Deno.test("a memory for native code goes beyond that, to an end of its own", () => {
  const memory = new EngineMemory(nativeMemory());
  // Of what is not touched the machine holds nothing.
  memory.allocate(5 * 2 ** 28);
  const { address } = memory.allocate(11);
  assert(address > 5 * 2 ** 30 && memory.size >= address + 11 * 4);
  memory.numbers(address, 5).set([1, 2, 3, 5, 7]);
  assertEquals([...memory.numbers(address, 5)], [1, 2, 3, 5, 7]);
  assertThrows(() => memory.allocate(2 ** 34), BenchError, "native code ends at 64.00 GiB");
});
