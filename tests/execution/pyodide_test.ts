/** CPython in WebAssembly; all steps share one executor, whose start takes seconds. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import type { ExecutionVerdict } from "../../src/execution/executor.ts";
import { createExecutor } from "../../src/execution/registry.ts";
import { PRETENDING, REACHING, RIGGING } from "./hostile_programs.ts";

/** Time that no program here needs, on a busy machine either. */
const AMPLE = { seconds: 60 };
const PASSED: ExecutionVerdict = { outcome: "passed" };

Deno.test("programs run in CPython in WebAssembly", async (t) => {
  const executor = createExecutor({ kind: "pyodide", workers: 2, mebibytes: 128 });
  const run = (program: Parameters<typeof executor.run>[0]) => executor.run(program, AMPLE);

  await t.step("a program passes where it runs to its end", async () => {
    const program = `import math
from typing import List

def mean(numbers: List[float]) -> float:
    return math.fsum(numbers) / len(numbers)

def check(candidate):
    assert candidate([1.0, 2.0, 6.0]) == 3.0

check(mean)`;
    assertEquals(await run(program), PASSED);
    assertEquals(await run(""), PASSED);
  });

  await t.step("and fails with the exception that ended it, in one line", async () => {
    assertEquals(await run("assert 2 + 2 == 5, 'not\\nequal'"), {
      outcome: "failed",
      reason: "AssertionError: not equal",
    });
    assertEquals(await run("assert 2 + 2 == 5"), { outcome: "failed", reason: "AssertionError" });
    const { outcome, reason } = await run("def f(:\n    pass");
    assertEquals(outcome, "failed");
    assert(reason!.startsWith("SyntaxError: "), reason);
    assertEquals((await run("raise ValueError('x' * 1000)")).reason!.length, 200);
  });

  await t.step("its namespace is that of HumanEval's evaluation: no main program", async () => {
    assertEquals(await run("if __name__ == '__main__': raise ValueError\nassert __name__ == 'builtins'"), PASSED);
  });

  await t.step("each program begins in the same state, whatever the one before did", async () => {
    const changes = `import builtins, json, math, os, random, sys
builtins.len = math.pi = sys.stdout = None
json.loads = os.getcwd = lambda *about: 'changed'
sys.modules['left'] = json
left = builtins.left = open(os.devnull)
assert os.get_blocking(1)
os.set_blocking(1, False)
for number in (0, 1, 2): os.close(number)
random.seed(5)
`;
    const asBefore = `import builtins, json, math, os, random, sys
assert len('ab') == 2 and math.pi > 3 and sys.stdout is not None
assert json.loads('1') == 1 and os.getcwd() == '/home/program'
assert 'left' not in sys.modules and not hasattr(builtins, 'left') and 'left' not in globals()
assert os.open('/dev/null', os.O_RDONLY) == 3
print('and prints')
raise ValueError(random.random(), os.urandom(3), hash('word'), os.listdir('/'), dict(os.environ))`;
    const first = await run(asBefore);
    // Of two workers each runs the changes, and one of them twice.
    assertEquals(await Promise.all([changes, changes, changes].map(run)), [PASSED, PASSED, PASSED]);
    for (let i = 0; i < 4; i++) assertEquals(await run(asBefore), first);
    assert(first.reason!.startsWith("ValueError: (0."), first.reason);
  });

  await t.step("tests that are told apart see the code's names", async () => {
    const code = "def double(x): return helper(x)\ndef helper(x): return 2 * x\n";
    assertEquals(await run({ code, tests: "assert double(3) == 6 == helper(3)" }), PASSED);
    assertEquals((await run({ code, tests: "assert double(3) == 7" })).outcome, "failed");
    assertEquals((await run({ code: "assert False", tests: "" })).outcome, "failed");
  });

  await t.step("a program that does not end is ended, and the next one runs", async () => {
    const [endless, next] = await Promise.all([
      executor.run("while True: pass", { seconds: 0.5 }),
      ...["assert True", "assert True", "assert True"].map(run),
    ]);
    assertEquals(endless, { outcome: "timed-out", reason: "no end within 0.5 s" });
    assertEquals(next, PASSED);
  });

  await t.step("memory has an end, and one that grew does not stay", async () => {
    assertEquals(await run("x = bytearray(80 * 2**20)"), PASSED);
    assertEquals(await run("x = [bytes(2**20) for _ in range(128)]"), {
      outcome: "out-of-memory",
      reason: "MemoryError",
    });
    assertEquals((await run("x = bytearray(10 * 2**30)")).outcome, "out-of-memory");
    assertEquals(await run("assert True"), PASSED);
  });

  await t.step("modules that solutions import are there, and tracebacks can be printed", async () => {
    const program = `import traceback, logging, unittest
try: 1 / 0
except ZeroDivisionError: text = traceback.format_exc()
assert text.endswith('ZeroDivisionError: division by zero\\n')
logging.warning('printed')`;
    assertEquals(await run(program), PASSED);
  });

  await t.step("a hostile program fails, and says what it tried", async () => {
    const reasons: Record<string, string> = {};
    for (const name of ["os.system that catches everything", "write that catches everything", "js", "ctypes"]) {
      reasons[name] = (await run(REACHING[name])).reason!;
    }
    assertEquals(reasons, {
      "os.system that catches everything": "tried os.system",
      "write that catches everything": "tried open /tmp/reached for writing",
      "js": "tried import js",
      "ctypes": "ModuleNotFoundError: No module named '_ctypes'",
    });
    const others = ["sys.exit(0)", "os._exit(0)", "a null byte"].map((name) => PRETENDING[name]);
    const rigging = ["a check that comes back", "built-in functions"].map((name) => RIGGING[name]);
    for (const program of [...others, ...rigging]) assertEquals((await run(program)).outcome, "failed");
  });

  await t.step("closed, it judges nothing any more", async () => {
    const running = executor.run("while True: pass", AMPLE);
    const rejected = assertRejects(() => running, BenchError, "its executor was closed");
    await executor.close();
    await rejected;
    await assertRejects(() => run("assert True"), BenchError, "its executor was closed");
  });
});
