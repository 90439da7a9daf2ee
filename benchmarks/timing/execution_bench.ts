/**
 * Time of one program in CPython in WebAssembly, on one worker and on two: `deno bench benchmarks/timing/execution_bench.ts`.
 * One over the time is programs per second.
 *
 * @module
 */
import { createExecutor } from "../../src/execution/registry.ts";

/** Of the size of HumanEval's: a function with a helper, types, and some tests. */
const PROGRAM = `import math
from collections import Counter
from typing import List


def primes(limit: int) -> List[int]:
    sieve = [True] * (limit + 1)
    for i in range(2, math.isqrt(limit) + 1):
        if sieve[i]:
            for j in range(i * i, limit + 1, i):
                sieve[j] = False
    return [i for i in range(2, limit + 1) if sieve[i]]


def last_digits(limit: int) -> Counter:
    """How many primes up to the limit end in each digit."""
    return Counter(p % 10 for p in primes(limit))


def check(candidate):
    assert candidate(10) == Counter({2: 1, 3: 1, 5: 1, 7: 1})
    assert sum(candidate(1000).values()) == 168
    assert candidate(1000)[5] == 1


check(last_digits)
`;
/** Programs that wait for a worker at the same time. */
const BATCH = 32;
const AMPLE = { seconds: 60 };

for (const workers of [1, 2]) {
  const executor = createExecutor({ kind: "pyodide", workers });
  const batch = () => Promise.all(Array.from({ length: BATCH }, () => executor.run(PROGRAM, AMPLE)));
  // Starts the workers, and lets V8 compile what runs often.
  await batch();
  Deno.bench(
    `${BATCH} programs, ${workers} ${workers === 1 ? "worker" : "workers"}`,
    { group: "programs" },
    async () => {
      await batch();
    },
  );
}

Deno.bench("a start: the first program, alone", { group: "start", n: 3, warmup: 0 }, async () => {
  const executor = createExecutor({ kind: "pyodide", workers: 1 });
  await executor.run(PROGRAM, AMPLE);
  await executor.close();
});
