import { assertEquals } from "@std/assert";
import { buildKernels } from "../../src/engine/build.ts";
import { sha256 } from "../../src/files/hash.ts";
import { HASH_FILE, kernelName, recordedHash } from "../../src/engine/kernel_hashes.ts";
import { kernelFile } from "../../src/engine/kernels.ts";
import { libraryFile, TARGETS } from "../../src/engine/native/targets.ts";

const PATHS = ["plain", "relaxed"] as const;
const FILES = [...PATHS.map(kernelFile), ...TARGETS.map(({ library }) => libraryFile(library))];

Deno.test("every committed kernel has the hash on record, and there is no other", async () => {
  const record = FILES.map((file) => `${sha256(Deno.readFileSync(file))}  ${kernelName(file)}\n`).join("");
  assertEquals(await Deno.readTextFile(HASH_FILE), record);
  assertEquals(
    [...Deno.readDirSync(libraryFile(""))].map(({ name }) => name).sort(),
    TARGETS.map(({ library }) => library).sort(),
  );
});

for (const path of PATHS) {
  Deno.test(`the committed ${path} kernels are what their sources compile to`, async () => {
    assertEquals(sha256(await buildKernels(path)), await recordedHash(kernelFile(path)), "run deno task build:engine");
  });
}

/** Beginnings of files that the systems' loaders read: ELF, Mach-O of 64 bits, and the older part of a DLL. */
const MAGIC = { linux: [0x7f, 0x45, 0x4c, 0x46], darwin: [0xcf, 0xfa, 0xed, 0xfe], windows: [0x4d, 0x5a] };

/** All kernels, for two processors. */
const MOST_BYTES = 200_000;

for (const { os, library } of TARGETS) {
  Deno.test(`${library} is a file of its system, and small`, () => {
    const bytes = Deno.readFileSync(libraryFile(library));
    const magic = MAGIC[os as keyof typeof MAGIC];
    assertEquals([...bytes.subarray(0, magic.length)], magic);
    assertEquals(bytes.length < MOST_BYTES, true);
  });
}
