/**
 * The engine's tests on a native library with checks in it: overflow of whole numbers, conversions and shifts out of range,
 * null, and places outside of arrays end the program. Skipped, and said so, where the compiler is not at hand.
 */
import { assertEquals } from "@std/assert";
import { buildCheckedLibrary, compilerFolder } from "../../src/engine/build.ts";
import { HASH_FILE, kernelName } from "../../src/engine/kernel_hashes.ts";
import { libraryFile, TARGETS } from "../../src/engine/native/targets.ts";
import { sha256 } from "../../src/files/hash.ts";
import { isPresent } from "../../src/files/read.ts";
import { copyProject } from "../mutation/checkout.ts";

const CACHE = ".cache/engine";
const target = TARGETS.find(({ os, arch }) => os === Deno.build.os && arch === Deno.build.arch);
const ready = target !== undefined && isPresent(compilerFolder(CACHE));
if (!ready) {
  console.warn("SKIPPED: kernels with checks: `deno task build:engine --check` downloads the compiler");
}

/** Tests whose numbers come from the engine. That of the committed files knows this one's bytes to be others. */
const TESTS = ["tests/engine", "tests/contract", "--ignore=tests/engine/build_test.ts"];

/** Runs Deno in a folder, with what it said where it fails. */
function deno(folder: string, args: readonly string[]): { readonly success: boolean; readonly said: string } {
  const { success, signal, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: folder,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).outputSync();
  const [out, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, said: signal ?? (success ? "" : `${out}\n${error}`) };
}

Deno.test({
  name: "the engine's tests pass on kernels that end the program where C leaves something undefined",
  ignore: !ready,
  fn: async () => {
    const folder = Deno.makeTempDirSync({ prefix: "engine-checks-" });
    try {
      copyProject(folder);
      const file = libraryFile(target!.library), bytes = await buildCheckedLibrary(CACHE, target!);
      const library = `${folder}/src/engine/${kernelName(file)}`;
      Deno.writeFileSync(library, bytes);
      const hashes = Deno.readTextFileSync(HASH_FILE);
      const record = `${folder}/src/engine/${kernelName(HASH_FILE)}`;
      Deno.writeTextFileSync(record, hashes.replace(sha256(Deno.readFileSync(file)), sha256(bytes)));

      const ask = (number: number) =>
        deno(folder, [
          "eval",
          `Deno.dlopen(${JSON.stringify(library)}, { fault: { parameters: ["i32"], result: "i32" } })` +
          `.symbols.fault(${number})`,
        ]);
      assertEquals(ask(0), { success: true, said: "" });
      // By SIGILL or SIGTRAP, by processor.
      assertEquals(ask(1).success, false);
      assertEquals(deno(folder, ["test", "-P=test", "--no-check", "-q", ...TESTS]), { success: true, said: "" });
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
