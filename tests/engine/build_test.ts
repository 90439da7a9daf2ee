import { assertEquals } from "@std/assert";
import { HASH_FILE, hashLines, kernelSources } from "../../src/engine/kernel_hashes.ts";
import { kernelFile } from "../../src/engine/kernels.ts";
import { libraryFile, TARGETS } from "../../src/engine/native/targets.ts";

const PATHS = ["plain", "relaxed"] as const;
const FILES = [...PATHS.map(kernelFile), ...TARGETS.map(({ library }) => libraryFile(library))];

Deno.test("every committed kernel has the hash on record, and was built from the sources that are here", async () => {
  const built = FILES.map((file) => ({ file, bytes: Deno.readFileSync(file) }));
  assertEquals(
    await Deno.readTextFile(HASH_FILE),
    hashLines([...kernelSources(), ...built]),
    "run deno task build:engine",
  );
  assertEquals(
    [...Deno.readDirSync(libraryFile(""))].map(({ name }) => name).sort(),
    TARGETS.map(({ library }) => library).sort(),
  );
});

/** Beginnings of files that the systems' loaders read: ELF, Mach-O of 64 bits, and the older part of a DLL. */
const MAGIC = { linux: [0x7f, 0x45, 0x4c, 0x46], darwin: [0xcf, 0xfa, 0xed, 0xfe], windows: [0x4d, 0x5a] };

/** All kernels, for two processors. */
const MOST_BYTES = 350_000;

for (const { os, library } of TARGETS) {
  Deno.test(`${library} is a file of its system, and small`, () => {
    const bytes = Deno.readFileSync(libraryFile(library));
    const magic = MAGIC[os as keyof typeof MAGIC];
    assertEquals([...bytes.subarray(0, magic.length)], magic);
    assertEquals(bytes.length < MOST_BYTES, true);
  });
}
