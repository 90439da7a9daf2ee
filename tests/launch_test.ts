import { assertEquals } from "@std/assert";
import { needsNativeCode } from "../src/launch.ts";

Deno.test("needsNativeCode() is true only where a flag asks for native code", () => {
  assertEquals(needsNativeCode(["bench", "--native"]), true);
  assertEquals(needsNativeCode(["bench", "--native=blas", "--limit", "4"]), true);
  assertEquals(needsNativeCode(["bench", "--backend", "tensorflow"]), true);
  assertEquals(needsNativeCode(["bench", "--backend=tensorflow"]), true);
  assertEquals(needsNativeCode(["bench", "--backend", "webgpu", "--limit", "4"]), false);
  assertEquals(needsNativeCode(["bench", "--natively"]), false);
  assertEquals(needsNativeCode([]), false);
});
