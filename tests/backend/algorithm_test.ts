/** All algorithms on all backends but tfjs-cpu itself; on software WebGPU one, the others in tests/slow/webgpu_test.ts. */
import { ALGORITHM_CASES, testAlgorithms } from "./algorithm_suite.ts";
import { BACKENDS } from "./backends.ts";

for (const backend of BACKENDS) {
  if (backend.name === "tfjs-cpu") continue;
  testAlgorithms(backend, backend.name === "webgpu" ? ALGORITHM_CASES.slice(0, 1) : ALGORITHM_CASES);
}
