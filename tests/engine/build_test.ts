import { assertEquals } from "@std/assert";
import { buildKernels, sha256 } from "../../src/engine/build.ts";
import { kernelFile } from "../../src/engine/kernels.ts";

for (const path of ["plain", "relaxed"] as const) {
  Deno.test(`the committed ${path} kernels are what their sources compile to, and have the hash on record`, async () => {
    const committed = await Deno.readFile(kernelFile(path));
    const hash = await sha256(committed);
    const record = await Deno.readTextFile(new URL("../../src/engine/kernels.sha256", import.meta.url));
    assertEquals(record.split("\n").find((line) => line.endsWith(`kernels_${path}.wasm`))?.split(" ")[0], hash);
    assertEquals(await sha256(new Uint8Array(await buildKernels(path))), hash, "run deno task build:engine");
  });
}
