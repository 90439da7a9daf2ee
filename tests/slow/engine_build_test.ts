/** The kernels, compiled again in another folder; skipped, and said so, where the compiler is not at hand. */
import { assertEquals } from "@std/assert";
import { sha256 } from "../../src/files/hash.ts";
import { isPresent } from "../../src/files/read.ts";
import { buildKernels, compilerFolder } from "../../src/engine/build.ts";
import { kernelName } from "../../src/engine/kernel_hashes.ts";

const installed = compilerFolder(".cache/engine");
const ready = isPresent(installed);
if (!ready) {
  console.warn("SKIPPED: building the kernels: `deno task build:engine --check` downloads the compiler");
}

Deno.test({
  name: "the committed kernels are what their sources compile to, whatever the folder",
  ignore: !ready,
  fn: async () => {
    const cache = Deno.makeTempDirSync({ prefix: "engine-build-" });
    try {
      Deno.symlinkSync(installed, compilerFolder(cache));
      const built = await buildKernels(cache);
      assertEquals(
        built.map(({ file, bytes }) => [kernelName(file), sha256(bytes)]),
        built.map(({ file }) => [kernelName(file), sha256(Deno.readFileSync(file))]),
      );
    } finally {
      Deno.removeSync(cache, { recursive: true });
    }
  },
});
