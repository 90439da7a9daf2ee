import { assertEquals, assertRejects } from "@std/assert";
import { InterruptedError, listenForInterruption, safePoint } from "../src/interruption.ts";

Deno.test("safePoint() lets work go on until it is interrupted", async () => {
  const controller = new AbortController();
  await safePoint(undefined);
  await safePoint(controller.signal);
  controller.abort();
  await assertRejects(() => safePoint(controller.signal), InterruptedError, "the same command continues");
});

Deno.test("listenForInterruption() turns a signal into an abort, and listens no longer", async () => {
  const { abort } = listenForInterruption();
  assertEquals(abort.aborted, false);
  Deno.kill(Deno.pid, "SIGTERM");
  // A listener alone does not keep the program waiting.
  while (!abort.aborted) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(abort.aborted, true);
});
