/** The kernels as each build has them that this machine can run: WebAssembly, and every width of vectors of its library. */
import {
  compileKernels,
  createSharedMemory,
  instantiateKernels,
  type Kernels,
  memorylessKernels,
} from "../../src/engine/kernels.ts";
import { findPrebuilt } from "../../src/engine/native/find_prebuilt.ts";
import { loadNativeKernels } from "../../src/engine/native/kernels.ts";
import type { SharedMemory } from "../../src/engine/shared_memory.ts";

/** Of each library, all widths. */
const WIDTHS: Readonly<Record<number, readonly number[]>> = { 4: [4], 8: [8], 16: [8, 16] };

/** A name, floats of a vector, and the kernels over a memory of so many pages. */
export interface Build {
  readonly name: string;
  readonly lanes: number;
  readonly open: (memory: SharedMemory) => Kernels;
}

/** Native builds of this machine; none where the library does not load. */
export async function nativeBuilds(): Promise<Build[]> {
  const found = await findPrebuilt();
  if ("reason" in found) {
    console.warn(`SKIPPED: native kernels, ${found.reason}`);
    return [];
  }
  const { native } = found, { module } = await compileKernels("plain");
  return WIDTHS[native.lanes].map((lanes) => ({
    name: `${lanes} lanes`,
    lanes,
    open: (memory) => ({ ...memorylessKernels(module), ...loadNativeKernels({ ...native, lanes }, memory) }),
  }));
}

/** Builds for WebAssembly, without the relaxed one where the machine does not fuse. */
export async function wasmBuilds(): Promise<Build[]> {
  const { path } = await compileKernels();
  const paths = path === "relaxed" ? ["plain", "relaxed"] as const : ["plain"] as const;
  return await Promise.all(paths.map(async (name) => {
    const { module } = await compileKernels(name);
    return { name, lanes: 4, open: (memory) => instantiateKernels(module, memory as WebAssembly.Memory) };
  }));
}

/** A memory that is large enough for tests of single kernels. */
export function testMemory(): WebAssembly.Memory {
  return createSharedMemory(64);
}
