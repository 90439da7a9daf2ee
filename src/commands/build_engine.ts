/**
 * `build:engine`: compiles the engine's kernels to WebAssembly and to native libraries, with their hashes; with `--check`
 * only compares what is there, byte for byte.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { BuildEngineArguments } from "./descriptions/maintenance.ts";
import { buildKernels } from "../engine/build.ts";
import { HASH_FILE, hashLines, kernelName, kernelSources } from "../engine/kernel_hashes.ts";
import { BenchError } from "../errors.ts";
import { sha256 } from "../files/hash.ts";

const CACHE = ".cache/engine";

/** @returns 0 */
export async function run({ flags }: BuildEngineArguments): Promise<number> {
  const built = await buildKernels(CACHE);
  const hashes = hashLines([...kernelSources(), ...built]);
  if (flags.check) {
    for (const { file, bytes } of built) await compare(file, bytes);
    await compare(HASH_FILE, new TextEncoder().encode(hashes));
  } else {
    for (const { file, bytes } of built) await Deno.writeFile(file, bytes);
    await Deno.writeTextFile(HASH_FILE, hashes);
  }
  console.log(flags.check ? "the kernels are what their sources compile to" : hashes.trimEnd());
  return EXIT.ok;
}

async function compare(file: URL, bytes: Uint8Array): Promise<void> {
  if (sha256(await Deno.readFile(file)) === sha256(bytes)) return;
  throw new BenchError(`${kernelName(file)} is not what the sources compile to: run deno task build:engine`);
}
