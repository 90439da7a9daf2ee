/**
 * Compiles `kernels/` to WebAssembly and for every native target, on any machine, with a pinned compiler that pip brings.
 *
 * @module
 */
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "../errors.ts";
import { isPresent } from "../files/read.ts";
import { KERNEL_SOURCES } from "./kernel_hashes.ts";
import { kernelFile, type KernelPath, MAX_PAGES, PAGE_BYTES, STACK_BYTES } from "./kernels.ts";
import { ANSWERING, entryName, type KernelName, lettersOf, SIGNATURES, TYPES } from "./native/signatures.ts";
import { lanesOf, libraryFile, type Target, TARGETS } from "./native/targets.ts";

const SOURCES = fileURLToPath(KERNEL_SOURCES);
const PYTHON = "python3";
/** Clang with everything that it needs for other machines. Its bytes are not pinned: those that it makes are. */
const COMPILER = "ziglang==0.17.0";
/** Compiled once for each width of vectors. */
const KERNELS = ["attention", "cached_attention", "gated", "rms_norm", "rope", "rows", "adamw", "read_rows"];
/** Without libraries and paths of this machine, so that every machine makes the same bytes; what fuses is written so. */
const FLAGS = [
  ...["-O3", "-ffp-contract=off", "-fno-math-errno", "-ffreestanding", "-fno-builtin"],
  ...["-fno-stack-protector", "-fvisibility=hidden", "-g0"],
  ...["-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter"],
];
const UNCHECKED = ["-fno-sanitize=all"];
/** What C leaves undefined, and a place outside of an array, end the program: a trap needs no library. */
const CHECKED = ["-fsanitize=undefined,local-bounds,float-cast-overflow", "-fsanitize-trap=all"];
/** What a library with checks has beside its kernels: a sum that ends the program from 1 on, to see that they act. */
const FAULT = "EXPORT int fault(int number) { return number + 0x7fffffff; }";
/** Of processors, by path; the vectors of four are in each. */
const WASM_FEATURES: Readonly<Record<KernelPath, string>> = {
  plain: "generic+simd128+bulk_memory+atomics+mutable_globals",
  relaxed: "generic+simd128+bulk_memory+atomics+mutable_globals+relaxed_simd",
};
/** A memory that comes from outside, and a stack in its first page until an instance is given one. */
const WASM_LINKING = [
  ...["-nostdlib", "-Wl,--no-entry", "-Wl,--export-dynamic", "-Wl,--strip-all"],
  ...["-Wl,--import-memory", "-Wl,--shared-memory", `-Wl,--initial-memory=${PAGE_BYTES}`],
  ...[`-Wl,--max-memory=${MAX_PAGES * PAGE_BYTES}`, `-Wl,-z,stack-size=${STACK_BYTES}`],
];
/** Without it addresses lose what tells V8 that their sum does not overflow, and every load gets an addition. */
const WASM_ADDRESSES = ["-mllvm", "-disable-lsr"];

/** One built file, and where it is committed. */
export interface BuiltFile {
  readonly file: URL;
  readonly bytes: Uint8Array;
}

/** Where a cache has the compiler. */
export function compilerFolder(cache: string): string {
  return resolve(cache, COMPILER.replace("==", "-"));
}

/** Runs the compiler in a folder. What it makes may hold the paths that it is given, so they have none of this machine. */
type Zig = (args: readonly string[], folder: string) => Promise<void>;

/**
 * Builds everything: WebAssembly, then libraries.
 *
 * @param cache folder for the compiler, what it notes for later builds, and what it makes; created where missing
 * @throws {BenchError} If Python's pip cannot bring the compiler, or it fails
 */
export async function buildKernels(cache: string): Promise<BuiltFile[]> {
  const { built, zig } = await compiler(cache);
  const files: BuiltFile[] = [];
  for (const path of ["plain", "relaxed"] as const) {
    const output = `${built}/kernels_${path}.wasm`;
    await buildModule(path, output, zig);
    files.push({ file: kernelFile(path), bytes: await Deno.readFile(output) });
  }
  for (const target of TARGETS) {
    await buildLibrary(target, built, zig);
    files.push({ file: libraryFile(target.library), bytes: await Deno.readFile(`${built}/${target.library}`) });
  }
  return files;
}

/**
 * Builds the library of one target with checks in it, for tests: slower, and with the same bytes in every result.
 *
 * @param cache as for {@link buildKernels}
 * @throws {BenchError} If Python's pip cannot bring the compiler, or it fails
 */
export async function buildCheckedLibrary(cache: string, target: Target): Promise<Uint8Array> {
  const { built, zig } = await compiler(cache);
  await buildLibrary(target, built, zig, CHECKED);
  return await Deno.readFile(`${built}/${target.library}`);
}

/** The compiler, installed where it is missing, and the folder of what it makes. */
async function compiler(cache: string): Promise<{ readonly built: string; readonly zig: Zig }> {
  const packages = compilerFolder(cache), built = resolve(cache, "built"), notes = resolve(cache, "notes");
  await Deno.mkdir(built, { recursive: true });
  if (!isPresent(packages)) await install(packages);
  const env = { PYTHONPATH: packages, ZIG_GLOBAL_CACHE_DIR: notes, ZIG_LOCAL_CACHE_DIR: notes };
  return { built, zig: (args, folder) => run(["-m", "ziglang", ...args], folder, env) };
}

async function buildModule(path: KernelPath, output: string, zig: Zig): Promise<void> {
  const sources = ["product_wasm", "wasm", ...KERNELS].map((name) => `${name}.c`);
  const target = ["-target", "wasm32-freestanding", `-mcpu=${WASM_FEATURES[path]}`];
  await zig(
    ["cc", ...target, ...FLAGS, ...UNCHECKED, ...WASM_ADDRESSES, ...WASM_LINKING, ...sources, "-o", output],
    SOURCES,
  );
}

async function buildLibrary(
  { os, arch, triple, library, processors }: Target,
  built: string,
  zig: Zig,
  checks: readonly string[] = UNCHECKED,
): Promise<void> {
  const position = os === "windows" ? [] : ["-fPIC"];
  // Unless told, this compiler halves vectors of 512 bits.
  const width = arch === "x86_64" ? ["-mprefer-vector-width=512"] : [];
  const compile = async (source: string, cpu: string) => {
    const object = `${library}-${source}-${cpu}.o`;
    const output = ["-c", source, "-o", `${built}/${object}`];
    await zig(
      ["cc", "-target", triple, `-mcpu=${cpu}`, ...FLAGS, ...checks, ...position, ...width, ...output],
      SOURCES,
    );
    return object;
  };
  const objects = [await compile("entry.c", "baseline")];
  const more = checks === CHECKED ? [FAULT] : [];
  await Deno.writeTextFile(`${built}/calls.c`, entries(processors.map(lanesOf), more));
  const calls = ["-c", "calls.c", "-o", `${library}-calls.o`];
  const headers = `-I${relative(built, SOURCES)}`;
  await zig(["cc", "-target", triple, ...FLAGS, ...checks, ...position, headers, ...calls], built);
  objects.push(`${library}-calls.o`);
  for (const cpu of processors) {
    for (const kernel of ["product", ...KERNELS]) objects.push(await compile(`${kernel}.c`, cpu));
  }
  // Large frames on Windows need a function of the compiler's own library.
  const runtime = os === "windows" ? "-fcompiler-rt" : "-fno-compiler-rt";
  const output = ["-fno-emit-implib", `-femit-bin=${library}`];
  await zig(
    ["build-lib", "-dynamic", "-target", triple, "-O", "ReleaseSmall", "-fstrip", runtime, ...output, ...objects],
    built,
  );
}

/** C of what FFI calls: a kernel's arguments behind the address of the memory, from which its places count. */
function entries(widths: readonly number[], more: readonly string[]): string {
  const names = Object.keys(SIGNATURES) as KernelName[];
  const functions = widths.flatMap((lanes) => names.map((name) => entry(name, lanes)));
  const place = "#define PLACE(at) ((void *)(__PTRDIFF_TYPE__)(memory + at))";
  return ['#include "library.h"', place, ...functions, ...more, ""].join("\n");
}

/** How an argument of a kernel's entry for FFI is declared in C: places and sizes are numbers of 64 bits there. */
export function entryType(letter: keyof typeof TYPES): string {
  return letter === "b" ? "_Bool" : "pos".includes(letter) ? "double" : TYPES[letter].c;
}

function entry(name: KernelName, lanes: number): string {
  const letters = lettersOf(name), answer = ANSWERING.includes(name) ? "double" : "void";
  const types = letters.map((letter) => TYPES[letter].c);
  const given = letters.map((letter, i) => `${entryType(letter)} a${i}`);
  const passed = letters.map((letter, i) => {
    if (letter === "p") return `PLACE(a${i})`;
    if (letter === "o") return `a${i} == 0 ? 0 : PLACE(a${i})`;
    return `a${i}`;
  });
  return [
    `${answer} ${name}_${lanes}(${types.join(", ")});`,
    `EXPORT ${answer} ${entryName(name, lanes)}(${["double memory", ...given].join(", ")}) {`,
    `  ${answer === "void" ? "" : "return "}${name}_${lanes}(${passed.join(", ")});`,
    "}",
  ].join("\n");
}

/** Whole or not at all: pip leaves half an installation where it is interrupted. */
async function install(packages: string): Promise<void> {
  const unfinished = `${packages}.unfinished`;
  const options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--upgrade"];
  await run(["-m", "pip", "install", ...options, "--target", unfinished, COMPILER], SOURCES, {});
  await Deno.rename(unfinished, packages);
}

async function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  const command = new Deno.Command(PYTHON, { args: [...args], env: { ...env }, cwd, stdin: "null" });
  const { success, stderr } = await command.output().catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new BenchError(`Cannot build the kernels: no ${PYTHON} on this machine; install it with pip`, {
      cause,
    });
  });
  if (success) return;
  const said = new TextDecoder().decode(stderr).split("\n").find((line) => /error/i.test(line)) ?? "it said nothing";
  throw new BenchError(`Cannot build the kernels: ${PYTHON} ${args.slice(0, 3).join(" ")} says ${said}`);
}
