import { assertEquals } from "@std/assert";
import { buildKernels } from "../../src/engine/build.ts";
import { sha256 } from "../../src/files/hash.ts";
import { kernelFile } from "../../src/engine/kernels.ts";

for (const path of ["plain", "relaxed"] as const) {
  Deno.test(`the committed ${path} kernels are what their sources compile to, and have the hash on record`, async () => {
    const committed = await Deno.readFile(kernelFile(path));
    const hash = sha256(committed);
    const record = await Deno.readTextFile(new URL("../../src/engine/kernels.sha256", import.meta.url));
    assertEquals(record.split("\n").find((line) => line.endsWith(`kernels_${path}.wasm`))?.split(" ")[0], hash);
    assertEquals(sha256(await buildKernels(path)), hash, "run deno task build:engine");
  });
}
