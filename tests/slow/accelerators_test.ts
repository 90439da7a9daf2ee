/**
 * The numerical suite over all golden cases on WebGPU (needs a Vulkan or Metal driver; lavapipe will do, every op takes
 * milliseconds there) and on native TensorFlow (needs FFI and its setup). Those that do not work here are named.
 */
import { BACKENDS } from "../backend/backends.ts";
import { testBackend } from "../backend/suite.ts";

for (const backend of BACKENDS) if (["webgpu", "tensorflow"].includes(backend.name)) testBackend(backend);
