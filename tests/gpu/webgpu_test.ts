/** The suites on WebGPU with a real GPU; on a software adapter, or without any, it says that it is skipped. */
import { openDevice } from "../../src/tfjs/device.ts";
import { ALGORITHM_CASES, testAlgorithms } from "../backend/algorithm_suite.ts";
import { testedBackend } from "../backend/backends.ts";
import { testBackend } from "../backend/suite.ts";

const backend = await testedBackend("webgpu");
const details = backend.missing === undefined ? (await openDevice("webgpu")).details : undefined;
const missing = details === undefined
  ? backend.missing
  : details.softwareAdapter === "true"
  ? `the only adapter, ${details.adapter}, computes on the CPU`
  : undefined;
if (missing !== undefined) console.warn(`tests/gpu: webgpu is SKIPPED: ${missing}`);
const tested = missing === undefined ? backend : { ...backend, missing };
testBackend(tested);
testAlgorithms(tested, ALGORITHM_CASES);
