/**
 * `deno task setup:native`: compiles the native product kernel ahead of its first use, and prints where it lies.
 *
 * @module
 */
import { BenchError } from "../../errors.ts";
import { compileNativeProduct } from "./compile.ts";

if (import.meta.main) {
  try {
    const { library } = await compileNativeProduct();
    await Deno.stdout.write(new TextEncoder().encode(`${library}\n`));
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    await Deno.stderr.write(new TextEncoder().encode(`error: ${error.message}\n`));
    Deno.exitCode = 1;
  }
}
