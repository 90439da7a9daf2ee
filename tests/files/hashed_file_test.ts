import { assertEquals } from "@std/assert";
import { sha256 } from "../../src/files/hash.ts";
import { hashedFileFault, writeHashedFile } from "../../src/files/hashed_file.ts";

Deno.test("a file has its hash beside it, as sha256sum writes it, and is whole", () => {
  const path = `${Deno.makeTempDirSync()}/a.json`;
  writeHashedFile(path, "{}\n");
  assertEquals(Deno.readTextFileSync(path), "{}\n");
  assertEquals(Deno.readTextFileSync(`${path}.sha256`), `${sha256("{}\n")}  a.json\n`);
  assertEquals(hashedFileFault(path), undefined);
  writeHashedFile(path, "[]\n");
  assertEquals(hashedFileFault(path), undefined);
});

Deno.test("a change of the file, of its hash, and the lack of either are seen", () => {
  const path = `${Deno.makeTempDirSync()}/a.json`;
  const changed = `${path} has changed since it was written`;
  assertEquals(hashedFileFault(path), `${path} is missing`);
  for (
    const damage of [
      () => Deno.writeTextFileSync(path, "{ }\n"),
      () => Deno.writeTextFileSync(path, ""),
      () => Deno.removeSync(`${path}.sha256`),
      () => Deno.truncateSync(`${path}.sha256`, 64),
      () => Deno.writeTextFileSync(`${path}.sha256`, `${sha256("{}\n")}  b.json\n`),
    ]
  ) {
    writeHashedFile(path, "{}\n");
    damage();
    assertEquals(hashedFileFault(path), changed);
  }
});
