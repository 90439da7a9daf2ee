/**
 * The numerical suite on native TensorFlow with a GPU; without one it says that it is skipped. Its tolerances are those
 * of float32: `deno task test:gpu` switches TF32 off.
 */
import { loadTensorflow } from "../../src/tensorflow/load.ts";
import { testedBackend } from "../backend/backends.ts";
import { testBackend } from "../backend/suite.ts";

const backend = await testedBackend("tensorflow");
const device = backend.missing === undefined ? (await loadTensorflow()).device : undefined;
if (device === "cuda") testBackend(backend);
else {
  const missing = backend.missing ?? "the build is for the CPU; run: deno task setup:tensorflow --cuda";
  console.warn(`tests/gpu: tensorflow is SKIPPED: ${missing}`);
  testBackend({ ...backend, missing });
}
