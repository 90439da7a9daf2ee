/**
 * `setup:native`: compiles the native product kernel ahead of its first use, and prints where it lies.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import { compileNativeProduct } from "../engine/native/compile.ts";

/** @returns 0 */
export async function run(_args: unknown): Promise<number> {
  const { library } = await compileNativeProduct();
  console.log(library);
  return EXIT.ok;
}
