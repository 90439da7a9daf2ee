import { assertEquals, assertRejects } from "@std/assert";
import {
  InterruptedError,
  InterruptedStepError,
  launcherWord,
  listenForInterruption,
  safePoint,
  safePoints,
  signalExitCode,
  splitLauncher,
  withinStep,
} from "../src/interruption.ts";

Deno.test("safePoint() lets work go on until it is interrupted", async () => {
  const controller = new AbortController();
  await safePoint(undefined);
  await safePoint(controller.signal);
  controller.abort();
  await assertRejects(() => safePoint(controller.signal), InterruptedError, "the same command continues");
});

Deno.test("safePoints() let the event loop turn once in half a second, and stop at the next call after an abort", async () => {
  const controller = new AbortController();
  let ms = 3000;
  const point = safePoints(controller.signal, () => ms);
  let turns = 0;
  const count = setInterval(() => turns++, 0);
  for (let round = 0; round < 5; round++) await point();
  assertEquals(turns, 0);
  ms += 500;
  await point();
  clearInterval(count);
  controller.abort("SIGINT");
  await assertRejects(point, InterruptedError);
});

Deno.test("withinStep() tells an interruption that leaves a step half done, and no other error", async () => {
  const { signal } = await assertRejects(
    () => withinStep(() => safePoint(AbortSignal.abort("SIGTERM"))),
    InterruptedStepError,
  );
  assertEquals(signal, "SIGTERM");
  await assertRejects(() => withinStep(() => Promise.reject(new RangeError("other"))), RangeError);
});

Deno.test("safePoint() says which signal it was", async () => {
  const { signal } = await assertRejects(() => safePoint(AbortSignal.abort("SIGTERM")), InterruptedError);
  assertEquals(signal, "SIGTERM");
});

Deno.test("an interrupted program ends as one that its signal killed", () => {
  assertEquals([signalExitCode("SIGHUP"), signalExitCode("SIGINT"), signalExitCode("SIGTERM")], [129, 130, 143]);
});

/** Waits until a condition holds; a signal listener alone does not keep the program waiting. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 1));
}

Deno.test("listenForInterruption() turns the first signal into an abort, and ends the program on a second", async () => {
  const codes: number[] = [];
  let [ms, asked] = [7000, 0];
  const time = () => (asked++, ms);
  const { abort, stop } = listenForInterruption((code) => codes.push(code), time);
  assertEquals(abort.aborted, false);
  Deno.kill(Deno.pid, "SIGTERM");
  await until(() => asked === 1);
  assertEquals(abort.reason, "SIGTERM");
  // The same press, which a launcher passes on.
  ms += 500;
  Deno.kill(Deno.pid, "SIGTERM");
  await until(() => asked === 2);
  assertEquals(codes, []);
  ms += 1;
  Deno.kill(Deno.pid, "SIGTERM");
  await until(() => asked === 3);
  assertEquals(codes, [143]);
  stop();
});

Deno.test("a launcher's word is told from the command line", () => {
  const launcher = { pid: 4099, signals: ["SIGINT", "SIGTERM"] } as const;
  const argv = ["bench", "--limit", "4"];
  assertEquals(splitLauncher([launcherWord(launcher), ...argv]), {
    launcher: { ...launcher, signals: ["SIGINT", "SIGTERM"] },
    argv,
  });
  assertEquals(splitLauncher(argv), { argv });
  assertEquals(splitLauncher([]), { argv: [] });
});
