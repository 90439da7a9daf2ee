import { assert, assertEquals } from "@std/assert";
import { freeMemory } from "../../src/experiment/free_memory.ts";

const GIB = 2 ** 30;
/** What Linux says of a group without a limit. */
const NO_LIMIT = 9_223_372_036_854_771_712;

Deno.test("a machine's memory counts where no container is smaller", () => {
  const read = (limit: number) => () => ({ available: 5 * GIB, limit, resident: 1 * GIB });
  assertEquals(freeMemory(read(NO_LIMIT)), { bytes: 5 * GIB, source: "machine" });
  assertEquals(freeMemory(read(0)), { bytes: 5 * GIB, source: "machine" });
  assertEquals(freeMemory(read(7 * GIB)), { bytes: 5 * GIB, source: "machine" });
});

Deno.test("a container's limit counts without what this process holds", () => {
  const read = (limit: number) => () => ({ available: 5 * GIB, limit, resident: 1 * GIB });
  assertEquals(freeMemory(read(3 * GIB)), { bytes: 2 * GIB, source: "container" });
  assertEquals(freeMemory(read(GIB / 2)), { bytes: 0, source: "container" });
});

Deno.test("where nobody may look, eight GiB are assumed", () => {
  assertEquals(freeMemory(() => undefined), { bytes: 8 * GIB, source: "assumed" });
});

Deno.test("this machine has memory, and permissions to look at it", () => {
  const { bytes, source } = freeMemory();
  assert(bytes > 0 && bytes <= Deno.systemMemoryInfo().total && source !== "assumed");
});

Deno.test({
  name: "a process that may not look does not fail",
  permissions: { sys: false },
  fn: () => assertEquals(freeMemory().source, "assumed"),
});
