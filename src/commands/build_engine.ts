/**
 * `build:engine`: compiles the engine's kernels to `kernels_relaxed.wasm`, `kernels_plain.wasm` and their hashes; with
 * `--check` only compares what is there, byte for byte.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { BuildEngineArguments } from "./descriptions/maintenance.ts";
import { buildKernels } from "../engine/build.ts";
import { kernelFile, type KernelPath } from "../engine/kernels.ts";
import { BenchError } from "../errors.ts";
import { sha256 } from "../files/hash.ts";

const PATHS: readonly KernelPath[] = ["plain", "relaxed"];
const HASH_FILE = new URL("../engine/kernels.sha256", import.meta.url);

/** @returns 0 */
export async function run({ flags }: BuildEngineArguments): Promise<number> {
  const lines: string[] = [];
  for (const path of PATHS) {
    const built = await buildKernels(path);
    const file = kernelFile(path);
    lines.push(`${sha256(built)}  kernels_${path}.wasm\n`);
    if (!flags.check) await Deno.writeFile(file, built);
    else if (sha256(await Deno.readFile(file)) !== sha256(built)) {
      throw new BenchError(`kernels_${path}.wasm is not what kernels/ compiles to: run deno task build:engine`);
    }
  }
  if (!flags.check) await Deno.writeTextFile(HASH_FILE, lines.join(""));
  else if (await Deno.readTextFile(HASH_FILE) !== lines.join("")) {
    throw new BenchError("kernels.sha256 does not fit the kernels: run deno task build:engine");
  }
  console.log(flags.check ? "the kernels are what kernels/ compiles to" : lines.join("").trimEnd());
  return EXIT.ok;
}
