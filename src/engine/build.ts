/**
 * `deno task build:engine`: compiles `kernels/` with the pinned AssemblyScript to `kernels_relaxed.wasm`,
 * `kernels_plain.wasm` and their hashes; with `--check` only compares what is there, byte for byte.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { BenchError } from "../errors.ts";
import { sha256 } from "../files/hash.ts";
import { readTextIfPresent } from "../files/read.ts";
import { kernelFile, type KernelPath, MAX_PAGES } from "./kernels.ts";

const PATHS: readonly KernelPath[] = ["plain", "relaxed"];
const HASH_FILE = new URL("./kernels.sha256", import.meta.url);

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

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  const lines: string[] = [];
  for (const path of PATHS) {
    const built = await buildKernels(path);
    const file = kernelFile(path);
    lines.push(`${sha256(built)}  kernels_${path}.wasm\n`);
    if (!check) await Deno.writeFile(file, built);
    else if (sha256(await Deno.readFile(file)) !== sha256(built)) {
      throw new BenchError(`kernels_${path}.wasm is not what kernels/ compiles to: run deno task build:engine`);
    }
  }
  if (!check) await Deno.writeTextFile(HASH_FILE, lines.join(""));
  else if (await Deno.readTextFile(HASH_FILE) !== lines.join("")) {
    throw new BenchError("kernels.sha256 does not fit the kernels: run deno task build:engine");
  }
}
