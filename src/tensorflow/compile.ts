/**
 * The addon between tfjs and TensorFlow, compiled from the C++ sources in npm's tfjs-node-gpu.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "../errors.ts";
import { ADDON, filePath } from "./build.ts";
import type { TensorflowLibraries } from "./obtain.ts";
import { TFJS_NODE } from "./pins.ts";
import { mustRun, type RunProgram } from "./programs.ts";

/** Node-API version of the addon: what tfjs-node 4.22.0 states as its newest. */
const NODE_API_VERSION = 8;
const STANDARD = ["-std=c++17", "-O2", "-shared", "-fPIC", `-DNAPI_VERSION=${NODE_API_VERSION}`];
/** `c++` is whichever compiler the machine prefers, clang included. */
const COMPILERS = ["c++", "g++"];
const FIX_COMPILER = "install a C++17 compiler, e.g. apt-get install g++";

/** A C++ compiler of this machine. */
export interface Compiler {
  readonly program: string;
  /** First line of what it says of itself. */
  readonly version: string;
}

/** What identifies the compilation, for the build's recipe. */
export const COMPILATION = { options: STANDARD, bindingSha256: TFJS_NODE.bindingSha256 } as const;

/** The first C++ compiler that answers, or undefined. */
export async function findCompiler(run: RunProgram): Promise<Compiler | undefined> {
  for (const program of COMPILERS) {
    const output = await run(program, ["--version"]);
    if (output?.code === 0) return { program, version: output.stdout.split("\n")[0].trim() };
  }
}

/**
 * Compiles the addon into `folder`.
 *
 * @throws {BenchError} If there is no compiler, the sources are not the pinned ones, or compiling fails
 */
export async function compileAddon(
  { folder, tensorflow, run }: { folder: string; tensorflow: TensorflowLibraries; run: RunProgram },
): Promise<Compiler> {
  const compiler = await findCompiler(run);
  if (compiler === undefined) {
    throw new BenchError(
      `Cannot compile the TensorFlow addon: found none of ${COMPILERS.join(", ")}; ${FIX_COMPILER}`,
    );
  }
  const [sources, headers] = await Promise.all([bindingSources(), nodeHeaders()]);
  await mustRun(run, {
    program: compiler.program,
    args: compileArguments({ folder, tensorflow, sources, headers }),
    purpose: "compile the TensorFlow addon",
    fix: "see that the compiler is a working C++17 one",
  });
  return compiler;
}

/** Arguments of the compiler; the addon finds libraries of its folder wherever that folder is moved. */
export function compileArguments(
  { folder, tensorflow, sources, headers }: {
    folder: string;
    tensorflow: TensorflowLibraries;
    sources: readonly string[];
    headers: string;
  },
): string[] {
  const places = new Set(tensorflow.libraries.map((path) => dirname(path)));
  return [
    ...STANDARD,
    `-I${headers}`,
    `-I${tensorflow.include}`,
    ...sources,
    ...tensorflow.libraries.map((path) => filePath(folder, path)),
    ...[...places].map((place) => `-Wl,-rpath,${place.startsWith("/") ? place : `$ORIGIN/${place}`}`),
    "-o",
    `${folder}/${ADDON}`,
  ];
}

/**
 * Paths of the `.cc` files of the pinned tfjs-node-gpu, in Deno's npm cache.
 *
 * @throws {BenchError} If the package is not there or its files are not the pinned ones
 */
export async function bindingSources(): Promise<string[]> {
  // Importing makes sure that the package is in the cache.
  const { default: manifest } = await import("npm:@tensorflow/tfjs-node-gpu@4.22.0/package.json", {
    with: { type: "json" },
  });
  const folder = fileURLToPath(new URL("binding/", import.meta.resolve("@tensorflow/tfjs-node-gpu/package.json")));
  const names = (await Array.fromAsync(Deno.readDir(folder), (entry) => entry.name)).sort();
  const hash = createHash("sha256");
  for (const name of names) hash.update(await Deno.readFile(folder + name));
  const found = hash.digest("hex");
  if (found !== TFJS_NODE.bindingSha256) {
    throw new BenchError(
      `Cannot compile the TensorFlow addon: found sources of sha256 ${found} in tfjs-node-gpu ${manifest.version}, ` +
        `expected ${TFJS_NODE.bindingSha256} of ${TFJS_NODE.version}`,
    );
  }
  return names.filter((name) => name.endsWith(".cc")).map((name) => folder + name);
}

/** Folder of the Node-API headers, of the npm package that carries them. */
async function nodeHeaders(): Promise<string> {
  const { default: headers } = await import("npm:node-api-headers@1.9.0");
  return headers.include_dir;
}
