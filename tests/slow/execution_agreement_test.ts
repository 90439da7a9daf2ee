/**
 * The solutions that HumanEval and MBPP publish pass in WebAssembly, changed ones mostly fail, and every verdict is that
 * of the machine's `python3`.
 */
import { assert, assertEquals } from "@std/assert";
import type { TestedProgram } from "../../src/execution/executor.ts";
import { createExecutor, type ExecutorKind } from "../../src/execution/registry.ts";
import { type CanonicalProgram, readHumanEval, readMbpp } from "../execution/canonical_programs.ts";

/** Time that no solution needs, on a busy machine either; a changed one may run forever. */
const LIMITS = { seconds: 30 };
/** The share of changed solutions that tests tell, at least. */
const TOLD = 0.8;

/** Changes that a solution mostly does not survive: the first that applies is made. */
const MUTATIONS: readonly [RegExp, string][] = [
  [/ == /, " != "],
  [/ < /, " >= "],
  [/ > /, " <= "],
  [/ \+ /, " - "],
  [/ \* /, " + "],
  [/\breturn\b(.*)/, "return None"],
];

function mutated(solution: string): string {
  const [pattern, replacement] = MUTATIONS.find(([pattern]) => pattern.test(solution))!;
  return solution.replace(pattern, replacement);
}

async function hasPython(): Promise<boolean> {
  try {
    return (await new Deno.Command("python3", { args: ["--version"] }).output()).success;
  } catch {
    return false;
  }
}

type Named = { readonly name: string; readonly program: string | TestedProgram };

/** What became of each program, in lines that name it. */
async function judge(kind: ExecutorKind, programs: readonly Named[]): Promise<string[]> {
  const executor = createExecutor({ kind, workers: 2 });
  await executor.run("", { seconds: 600 });
  const start = performance.now();
  const lines = await Promise.all(
    programs.map(async ({ name, program }) => `${name}: ${(await executor.run(program, LIMITS)).outcome}`),
  );
  console.log(`${kind}: ${programs.length} programs in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  await executor.close();
  return lines;
}

const available = await hasPython();
if (!available) console.warn("SKIPPED: verdicts of the machine's python3, which is not there");

const SETS: readonly [string, number, () => Promise<CanonicalProgram[] | undefined>][] = [
  ["HumanEval", 164, readHumanEval],
  ["MBPP", 257, readMbpp],
];

for (const [set, count, read] of SETS) {
  const problems = await read();
  if (problems === undefined) {
    console.warn(`SKIPPED: ${set}'s solutions; SOFT_GRPO_BENCH_MIRROR names no folder with them`);
  }
  Deno.test({
    name: `${set}'s solutions pass, changed ones fail, and both as in the machine's python3`,
    ignore: problems === undefined,
    async fn() {
      assertEquals(problems!.length, count);
      const whole = (name: string, code: string, tests: string) => ({ name, program: `${code}\n${tests}` });
      const right = problems!.map(({ name, code, tests }) => whole(name, code, tests));
      const changed = problems!.map(({ name, head, solution, tests }) =>
        whole(`${name} changed`, head + mutated(solution), tests)
      );
      const verdicts = await judge("pyodide", [...right, ...changed]);
      assertEquals(verdicts.slice(0, count), right.map(({ name }) => `${name}: passed`));
      const told = verdicts.slice(count).filter((line) => !line.endsWith(": passed")).length;
      console.log(`${told} of ${count} changed solutions fail`);
      assert(told > TOLD * count, "tests tell most changes");

      const apart = problems!.map(({ name, code, tests }) => ({ name, program: { code, tests } }));
      assertEquals(await judge("pyodide", apart), verdicts.slice(0, count), "tests told apart");
      if (available) assertEquals(await judge("python", [...right, ...changed]), verdicts);
    },
  });
}

/** What Python's rules decide, whoever likes it: a value may claim to be equal to all others. */
const BY_RULES: Readonly<Record<string, string>> = {
  "a value that equals all": "class Any:\n    def __eq__(self, other): return True\nassert Any() == 9",
  "a value that equals none": "class None_:\n    def __eq__(self, other): return False\nx = None_()\nassert x == x",
  "a number that equals all": "class Any(int):\n    def __eq__(self, other): return True\nassert Any(3) == 9",
  "the other side decides": "class Any(int):\n    def __eq__(self, other): return True\nassert 9 == Any(3)",
  "a value that is no truth": "class Any:\n    def __eq__(self, other): return []\nassert Any() == 9",
  "a value that cannot be compared": "class Any:\n    def __eq__(self, other): raise SystemExit(0)\nassert Any() == 9",
  "other built-in functions": "import builtins\nbuiltins.abs = lambda x: 0\nassert abs(9) == 0",
  "other functions of a module": "import math\nmath.isclose = lambda *x: True\nassert math.isclose(1, 2)",
  "a check that is defined again": "def check(c): pass\ndef check(c): assert c() == 2\ncheck(lambda: 1)",
  "an exit that is caught": "import sys\ntry: sys.exit(1)\nexcept SystemExit: pass",
  "an assertion that is caught": "try: assert False\nexcept AssertionError: pass",
  "an exit in a finalizer": "class E:\n    def __del__(self): raise SystemExit(0)\nE()\nassert False",
  "an error in a finalizer": "class E:\n    def __del__(self): raise ValueError\nE()",
  "a handler at the end": "import atexit\natexit.register(print, 'x')\nassert True",
  "a filter of warnings": "import warnings\nwarnings.simplefilter('error')\nwarnings.warn('x')",
  "a return outside": "return 3",
  "an await outside": "await f()",
  "a group": "raise ExceptionGroup('x', [ValueError()])",
  "sets of words": "assert list({'b', 'a', 'c'}) == list({'b', 'a', 'c'})",
  "large numbers": "assert 2**200 % 10**9 == 835301376 and hash('') == 0",
  "recursion": "def f(n): return 0 if n == 0 else 1 + f(n - 1)\nassert f(900) == 900",
  "recursion without end": "def f(n): return f(n + 1)\ntry: f(0)\nexcept RecursionError: pass",
  "types": "from typing import List, NamedTuple\nclass P(NamedTuple):\n    x: int\nassert P(3).x == 3",
  "data classes": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nassert P(3) == P(3)",
  "hashes": "import hashlib\nassert hashlib.md5(b'x').hexdigest()[:6] == '9dd4e4'",
  "decimals": "from decimal import Decimal\nassert Decimal('0.1') + Decimal('0.2') == Decimal('0.3')",
  "tabs and spaces": "if True:\n\tx = 1\n        y = 2",
  "a null byte": "x = 1\0",
  "an unfinished string": "x = '''",
};

Deno.test({
  name: "what Python's rules decide is decided as in the machine's python3",
  ignore: !available,
  async fn() {
    const programs = Object.entries(BY_RULES).map(([name, program]) => ({ name, program }));
    assertEquals(await judge("pyodide", programs), await judge("python", programs));
  },
});
