/**
 * The machines that the native kernels are built for, and where each build lies.
 *
 * @module
 */

/** One build. */
export interface Target {
  /** Of `Deno.build`. */
  readonly os: typeof Deno.build.os;
  readonly arch: typeof Deno.build.arch;
  /** Name of its file in `prebuilt/`. */
  readonly library: string;
  /** The compiler's name of it. */
  readonly triple: string;
  /** Processors, in the compiler's names, for each of which the kernels are compiled. */
  readonly processors: readonly string[];
}

/** Linux without a C library, so that any will do; macOS since the first for both processors. */
export const TARGETS: readonly Target[] = [
  target("linux", "x86_64", "so", "x86_64-linux-none"),
  target("linux", "aarch64", "so", "aarch64-linux-none"),
  target("darwin", "x86_64", "dylib", "x86_64-macos.11.0"),
  target("darwin", "aarch64", "dylib", "aarch64-macos.11.0"),
  target("windows", "x86_64", "dll", "x86_64-windows-gnu"),
];

function target(os: Target["os"], arch: Target["arch"], extension: string, triple: string): Target {
  const processors = arch === "x86_64" ? ["x86_64_v3", "x86_64_v4"] : ["baseline"];
  return { os, arch, library: `${os}-${arch}.${extension}`, triple, processors };
}

/** Floats of a processor's vectors. */
export function lanesOf(processor: string): number {
  return { baseline: 4, x86_64_v3: 8, x86_64_v4: 16 }[processor] ?? 0;
}

/** Where a build is committed. */
export function libraryFile(library: string): URL {
  return new URL(`../prebuilt/${library}`, import.meta.url);
}
