/**
 * The committed library for arm64 by an emulator: the bytes of the relaxed kernels, and the readings of the host. Skipped, and
 * said so, where the compiler, the emulator or a C library for arm64 (Debian: qemu-user, libc6-arm64-cross) is not at hand.
 */
import { compilerFolder, entryType } from "../../src/engine/build.ts";
import { compileKernels, memorylessKernels } from "../../src/engine/kernels.ts";
import { ANSWERING, entryName, type KernelName, lettersOf, SIGNATURES } from "../../src/engine/native/signatures.ts";
import { libraryFile } from "../../src/engine/native/targets.ts";
import { isPresent } from "../../src/files/read.ts";
import type { Build } from "../engine/every_build.ts";
import { testKernels } from "../engine/kernel_suite.ts";
import { testRows } from "../engine/read_rows_suite.ts";

const EMULATOR = "/usr/bin/qemu-aarch64", C_LIBRARY = "/usr/aarch64-linux-gnu", LANES = 4;
const NAMES = Object.keys(SIGNATURES) as KernelName[];
const compiler = compilerFolder(".cache/engine");
const { path, module } = await compileKernels();

const missing = [compiler, EMULATOR, C_LIBRARY].find((place) => !isPresent(place));
if (missing !== undefined || path !== "relaxed") {
  console.warn(`SKIPPED: kernels for arm64: ${missing === undefined ? "this machine does not fuse" : `no ${missing}`}`);
} else {
  const build = emulated(Deno.makeTempDirSync({ prefix: "arm64-kernels-" }));
  testKernels(build);
  testRows(build);
}

/** A program that maps a file as the memory, and calls one kernel of the library on it. */
function program(): string {
  const answerOf = (name: KernelName) => ANSWERING.includes(name) ? "double" : "void";
  const declared = NAMES.map((name) => {
    const types = ["double", ...lettersOf(name).map(entryType)];
    return `${answerOf(name)} ${entryName(name, LANES)}(${types.join(", ")});`;
  });
  const calls = NAMES.map((name) => {
    const given = lettersOf(name).map((letter, i) => `(${entryType(letter)})a[${i}]`);
    const call = `${entryName(name, LANES)}(${["(double)(size_t)memory", ...given].join(", ")})`;
    return `if (!strcmp(argv[3], "${name}")) ${answerOf(name) === "void" ? "" : "answer = "}${call};`;
  });
  return `
    #include <fcntl.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include <sys/mman.h>
    ${declared.join("\n")}
    int main(int argc, char **argv) {
      char *memory = mmap(0, strtoull(argv[2], 0, 10), PROT_READ | PROT_WRITE, MAP_SHARED, open(argv[1], O_RDWR), 0);
      double a[32] = {0}, answer = 0;
      if (memory == MAP_FAILED) return 1;
      for (int i = 4; i < argc; i++) a[i - 4] = strtod(argv[i], 0);
      ${calls.join("\n")}
      printf("%.17g", answer);
      return 0;
    }`;
}

/** The kernels, each call a run of the program on a copy of the memory. */
function emulated(folder: string): Build {
  const run = (command: string, args: readonly string[], env = {}) => {
    const { success, stdout, stderr } = new Deno.Command(command, { args: [...args], env, cwd: folder }).outputSync();
    if (!success) throw new Error(`${command} ${args.slice(0, 6).join(" ")}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  };
  // By the name that it has of its own.
  const library = "liblinux-aarch64.so-entry.c-baseline.so";
  Deno.copyFileSync(libraryFile("linux-aarch64.so"), `${folder}/${library}`);
  Deno.writeTextFileSync(`${folder}/call.c`, program());
  const compile = ["-m", "ziglang", "cc", "-target", "aarch64-linux-gnu.2.17", "-O1", "call.c", library, "-o", "call"];
  run("python3", compile, { PYTHONPATH: compiler, ZIG_GLOBAL_CACHE_DIR: folder, ZIG_LOCAL_CACHE_DIR: folder });
  const call = (memory: ArrayBufferLike, name: string, numbers: readonly unknown[]) => {
    const bytes = new Uint8Array(memory), args = numbers.map((number) => String(Number(number)));
    Deno.writeFileSync(`${folder}/memory`, bytes.slice());
    const emulator = ["-L", C_LIBRARY, "-E", `LD_LIBRARY_PATH=${folder}`, "./call", "memory", `${bytes.length}`, name];
    const answer = run(EMULATOR, [...emulator, ...args]);
    bytes.set(Deno.readFileSync(`${folder}/memory`));
    return ANSWERING.includes(name as KernelName) ? Number(answer) : undefined;
  };
  return {
    name: "arm64",
    lanes: LANES,
    open: (memory) => ({
      ...memorylessKernels(module),
      ...Object.fromEntries(
        NAMES.map((name) => [name, (...numbers: unknown[]) => call(memory.buffer, name, numbers)]),
      ),
    } as unknown as ReturnType<Build["open"]>),
  };
}
