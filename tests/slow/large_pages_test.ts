/** Needs all permissions: Deno shows a process its own mappings for no less. Skipped, and said so, where there is nothing to ask. */
import { assertMatch } from "@std/assert";
import { findPrebuilt } from "../../src/engine/native/find_prebuilt.ts";
import { nativeMemory } from "../../src/engine/shared_memory.ts";

Deno.test("Linux is asked for large pages, all that the memory may grow to", async () => {
  const prebuilt = await findPrebuilt();
  const hasThem = await Deno.stat("/sys/kernel/mm/transparent_hugepage").then(() => true, () => false);
  if ("reason" in prebuilt || !hasThem) {
    console.warn("SKIPPED: no native library, or a system without large pages on demand");
    return;
  }
  const memory = nativeMemory(prebuilt.native);
  const address = Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(memory.buffer)));
  // Each mapping: its range, some lines of sizes, and flags, of which "hg" is what was asked for.
  const mappings = (await Deno.readTextFile("/proc/self/smaps")).matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) [^]*?^VmFlags:(.*)$/gm,
  );
  const flagsAt = (place: bigint) => {
    for (const [, from, to, flags] of mappings) {
      if (BigInt(`0x${from}`) <= place && place < BigInt(`0x${to}`)) return flags;
    }
  };
  assertMatch(flagsAt(BigInt(address))!, / hg( |$)/);
});
