import { assertEquals, assertStrictEquals } from "@std/assert";
import { programRunner } from "../../src/experiment/program_runner.ts";
import { recordingExecutor } from "../fixtures/recording_executor.ts";

Deno.test("an executor of the caller's is used as it is, and goes on after the end", async () => {
  const { executor, seen } = recordingExecutor(() => ({ outcome: "passed" }));
  const runner = programRunner({ executor });
  assertStrictEquals(runner.executor(), executor);
  await runner.close();
  assertEquals([runner.name, seen.closed], ["own", 0]);
});

Deno.test("without a program nothing is started, and nothing has to be closed", async () => {
  const runner = programRunner({ workers: 3 });
  assertEquals(runner.name, "pyodide");
  await runner.close();
});
