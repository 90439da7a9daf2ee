/** All backends in one suite; those that do not work on this machine are skipped by name. */
import { BACKENDS } from "./backends.ts";
import { testBackend } from "./suite.ts";

for (const backend of BACKENDS) {
  // On a software adapter every op takes milliseconds: one case here, all of them in tests/slow/webgpu_test.ts.
  if (backend.name === "webgpu") testBackend(backend, ["qwen3_f16_untied"]);
  else testBackend(backend);
}
