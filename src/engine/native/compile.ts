/**
 * The native product kernel: `product.c`, compiled once for this machine into a cache.
 *
 * @module
 */
import { renameDurably } from "../../files/write.ts";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchError } from "../../errors.ts";
import { sha256 } from "../../files/hash.ts";
import { isPresent } from "../../files/read.ts";
import type { NativeProduct } from "./library.ts";

const SOURCE = new URL("./product.c", import.meta.url);
/** Below the folder where the program runs. */
const CACHE = ".cache/native";
const COMPILER = "cc";
/** Digits of the hash in the name of a compiled kernel. */
const NAME_DIGITS = 16;
/** Contraction turns the kernel's multiply and add into one fused operation. */
const FLAGS = ["-O3", "-march=native", "-ffp-contract=fast", "-fno-math-errno", "-shared", "-fPIC"];
const REMEDY = "install a C compiler (apt-get install gcc, xcode-select --install), or leave --native out";

/**
 * Compiles the kernel unless the cache has it; its name holds the hash of source, flags, compiler and instruction set.
 *
 * @throws {BenchError} If there is no C compiler, it fails, or its code does not fuse multiply-add
 */
export async function compileNativeProduct(): Promise<NativeProduct> {
  // The predefined macros tell the compiler's version and the instructions that -march=native stands for.
  const machine = await runCompiler(["-march=native", "-dM", "-E", "-x", "c", "/dev/null"]);
  if (!/__FMA__|__ARM_FEATURE_FMA|__aarch64__/.test(machine)) {
    throw new BenchError("Cannot use --native c: this machine has no fused multiply-add; leave --native out");
  }
  const source = await Deno.readTextFile(SOURCE);
  const hash = sha256([source, FLAGS.join(" "), machine].join("\0")).slice(0, NAME_DIGITS);
  const library = `${CACHE}/product-${hash}.${Deno.build.os === "darwin" ? "dylib" : "so"}`;
  if (!isPresent(library)) {
    await Deno.mkdir(CACHE, { recursive: true });
    const unfinished = `${CACHE}/product-${hash}-${Deno.pid}.unfinished`;
    await runCompiler([...FLAGS, "-o", unfinished, fileURLToPath(SOURCE)]);
    renameDurably(unfinished, library);
  }
  return { kind: "c", library: resolve(library) };
}

async function runCompiler(args: string[]): Promise<string> {
  let output: Deno.CommandOutput;
  try {
    output = await new Deno.Command(COMPILER, { args, stdin: "null", stdout: "piped", stderr: "piped" }).output();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new BenchError(`Cannot compile the native product kernel: no ${COMPILER} on this machine; ${REMEDY}`, {
      cause,
    });
  }
  const decoder = new TextDecoder();
  if (!output.success) {
    const [reason] = decoder.decode(output.stderr).split("\n");
    throw new BenchError(`Cannot compile the native product kernel: ${COMPILER} says ${reason}; ${REMEDY}`);
  }
  return decoder.decode(output.stdout);
}
