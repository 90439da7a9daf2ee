/**
 * Pyodide's files, of the pinned npm package in Deno's cache.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { BenchError } from "../errors.ts";
import type { PyodidePackage } from "./sandbox/emscripten.ts";

/** Version of the package, and of CPython in it; see deno.lock for its hash. */
export const PYODIDE_VERSION = "0.29.4";

/**
 * Reads and compiles what a sandbox needs.
 *
 * @throws {BenchError} If the package cannot be found or read
 */
export async function readPyodidePackage(): Promise<PyodidePackage> {
  try {
    // Importing makes sure that the package is in the cache.
    await import("npm:pyodide@0.29.4/package.json", { with: { type: "json" } });
    const place = (name: string) => fileURLToPath(new URL(name, import.meta.resolve("pyodide/package.json")));
    const [script, wasm, library] = await Promise.all([
      Deno.readTextFile(place("pyodide.asm.js")),
      Deno.readFile(place("pyodide.asm.wasm")),
      Deno.readFile(place("python_stdlib.zip")),
    ]);
    return { script, module: await WebAssembly.compile(wasm), library };
  } catch (error) {
    throw new BenchError(
      `Cannot read Pyodide ${PYODIDE_VERSION}: ${(error as Error).message}. Expected npm:pyodide in Deno's cache; ` +
        "run the command once with a network.",
    );
  }
}
