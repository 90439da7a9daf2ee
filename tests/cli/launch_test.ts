import { assertEquals } from "@std/assert";
import { permissionSet } from "../../src/cli/launch.ts";

const CASES: [words: string[], set: string][] = [
  [["bench", "--native"], "bench-c"],
  [["bench", "--native", "--limit", "4"], "bench-c"],
  [["bench", "--native", "c"], "bench-c"],
  [["bench", "--native=blas", "--limit", "4"], "bench-blas"],
  [["bench", "--native", "blas"], "bench-blas"],
  [["bench", "--backend", "tensorflow"], "bench-tensorflow"],
  [["bench", "--backend=tensorflow"], "bench-tensorflow"],
  [["bench", "--backend", "webgpu", "--limit", "4"], "bench"],
  [["bench", "--natively"], "bench"],
  [[], "bench"],
];
for (const [words, set] of CASES) {
  Deno.test(`"${words.join(" ")}" runs under the set ${set}`, () => assertEquals(permissionSet(words), set));
}
