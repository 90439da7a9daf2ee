/**
 * Compiles `kernels/` with the pinned AssemblyScript.
 *
 * @module
 */
import asc from "npm:assemblyscript@0.28.20/asc";
import { BenchError } from "../errors.ts";
import { readTextIfPresent } from "../files/read.ts";
import { type KernelPath, MAX_PAGES } from "./kernels.ts";

/** The bytes of one build. */
export async function buildKernels(path: KernelPath): Promise<Uint8Array> {
  const folder = new URL("./kernels/", import.meta.url);
  let built: Uint8Array | undefined;
  const { error, stderr } = await asc.main([
    "mod.ts",
    ...["--outFile", "mod.wasm", "-O3", "--runtime", "stub", "--noAssert", "--importMemory", "--sharedMemory"],
    ...["--initialMemory", "1", "--maximumMemory", String(MAX_PAGES)],
    ...["--enable", path === "relaxed" ? "simd,threads,relaxed-simd" : "simd,threads"],
  ], {
    readFile: async (name: string) => await readTextIfPresent(new URL(name, folder)) ?? null,
    writeFile: (name: string, contents: string | Uint8Array) => {
      if (name === "mod.wasm" && contents instanceof Uint8Array) built = contents;
    },
    listFiles: () => [],
  });
  if (error || built === undefined) throw new BenchError(`Cannot compile the kernels: ${stderr.toString()}`);
  return built;
}
