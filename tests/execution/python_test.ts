import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { createExecutor } from "../../src/execution/registry.ts";

const AMPLE = { seconds: 60 };

async function hasPython(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}
const available = await hasPython();
if (!available) console.warn("SKIPPED: programs in the machine's python3, which is not there");

Deno.test({
  name: "programs run in the machine's python3, under limits",
  ignore: !available,
  async fn() {
    const executor = createExecutor({ kind: "python", workers: 2 });
    const run = (program: Parameters<typeof executor.run>[0]) => executor.run(program, AMPLE);
    const verdicts = await Promise.all([
      run("import math\nassert math.isqrt(50) == 7"),
      run("assert False, 'a\\nb'"),
      run("import sys\nsys.exit(0)"),
      run("import os\nos._exit(0)"),
      run("import os\ntry: os.system('ls')\nexcept BaseException: pass"),
      run("open('/tmp/reached', 'w')"),
      run("x = bytearray(10 * 2**30)"),
      run({ code: "def f(): return 1\ndef check(g): pass", tests: "def check(g): assert g() == 2\ncheck(f)" }),
      executor.run("while True: pass", { seconds: 1 }),
      run("import json, os\njson.dumps = os.write = os._exit = lambda *words: 'passed'\nassert False"),
    ]);
    assertEquals(verdicts.slice(0, 5), [
      { outcome: "passed" },
      { outcome: "failed", reason: "AssertionError: a b" },
      { outcome: "failed", reason: "SystemExit: 0" },
      { outcome: "failed", reason: "the interpreter ended without a verdict" },
      { outcome: "failed", reason: "tried os.system" },
    ]);
    assert(verdicts[5].reason!.startsWith("PermissionError: "), verdicts[5].reason);
    assertEquals(verdicts.slice(6), [
      { outcome: "out-of-memory", reason: "MemoryError" },
      { outcome: "failed", reason: "AssertionError" },
      { outcome: "timed-out", reason: "no end within 1 s" },
      { outcome: "failed", reason: "AssertionError" },
    ]);
    await executor.close();
    await assertRejects(() => run("assert True"), BenchError, "its executor was closed");
  },
});
