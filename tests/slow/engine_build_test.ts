/** The native kernels, compiled again in another folder; skipped, and said so, where the compiler is not at hand. */
import { assertEquals } from "@std/assert";
import { sha256 } from "../../src/files/hash.ts";
import { isPresent } from "../../src/files/read.ts";
import { buildLibraries, compilerFolder } from "../../src/engine/native/build.ts";
import { libraryFile } from "../../src/engine/native/targets.ts";

const installed = compilerFolder(".cache/engine");
const ready = isPresent(installed);
if (!ready) {
  console.warn("SKIPPED: building the native kernels: `deno task build:engine --check` downloads the compiler");
}

Deno.test({
  name: "the committed native kernels are what their sources compile to, whatever the folder",
  ignore: !ready,
  fn: async () => {
    const cache = Deno.makeTempDirSync({ prefix: "engine-build-" });
    try {
      Deno.symlinkSync(installed, compilerFolder(cache));
      const libraries = await buildLibraries(cache);
      assertEquals(
        libraries.map(({ name, bytes }) => [name, sha256(bytes)]),
        libraries.map(({ name }) => [name, sha256(Deno.readFileSync(libraryFile(name)))]),
      );
    } finally {
      Deno.removeSync(cache, { recursive: true });
    }
  },
});
