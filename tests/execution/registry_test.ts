import { assertRejects, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { createExecutor } from "../../src/execution/registry.ts";

Deno.test("an executor has at least one worker and memory in its range", () => {
  for (const workers of [0, -1, 1.5, NaN]) {
    assertThrows(() => createExecutor({ kind: "pyodide", workers }), UsageError, `with ${workers} workers`);
  }
  for (const mebibytes of [0, 63, 2049, 64.5]) {
    assertThrows(() => createExecutor({ kind: "pyodide", workers: 1, mebibytes }), UsageError, `${mebibytes} MiB`);
  }
});

Deno.test("a program has time, and no more than a day", async () => {
  for (const kind of ["pyodide", "python"] as const) {
    const executor = createExecutor({ kind, workers: 1 });
    for (const seconds of [0, -1, NaN, Infinity, 86_401]) {
      await assertRejects(() => executor.run("", { seconds }), UsageError, `for ${seconds} seconds`);
    }
    await executor.close();
  }
});
