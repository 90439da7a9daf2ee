/** The numerical suite on WebGPU over all golden cases; needs a Vulkan or Metal driver, lavapipe will do. */
import { BACKENDS } from "../backend/backends.ts";
import { testBackend } from "../backend/suite.ts";

for (const backend of BACKENDS) if (backend.name === "webgpu") testBackend(backend);
