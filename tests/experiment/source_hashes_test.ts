import { assert, assertEquals } from "@std/assert";
import { sourceHashes } from "../../src/experiment/source_hashes.ts";
import { sha256 } from "../../src/files/hash.ts";

/** A folder of code, small. */
function code(): URL {
  const root = new URL(`file://${Deno.makeTempDirSync()}/`);
  Deno.mkdirSync(new URL("src/a/", root), { recursive: true });
  Deno.writeTextFileSync(new URL("deno.lock", root), "lock");
  Deno.writeTextFileSync(new URL("src/a/b.ts", root), "b");
  Deno.writeTextFileSync(new URL("src/k.wasm", root), "k");
  return root;
}

Deno.test("sourceHashes() names every source by its path, and the lock file", () => {
  const hashes = { "deno.lock": sha256("lock"), "src/a/b.ts": sha256("b"), "src/k.wasm": sha256("k") };
  assertEquals(sourceHashes(code()), hashes);
  assert("src/engine/kernels_plain.wasm" in sourceHashes());
});

Deno.test("sourceHashes() passes over what editors and systems leave between the sources", () => {
  const root = code();
  const before = sourceHashes(root);
  for (const name of [".DS_Store", ".b.ts.swp", ".b.ts", "b.ts~", "#b.ts#", "notes.txt", "4913"]) {
    Deno.writeTextFileSync(new URL(`src/a/${encodeURIComponent(name)}`, root), name);
  }
  Deno.symlinkSync("nobody@nowhere.1", new URL("src/a/.%23b.ts", root));
  Deno.symlinkSync("nowhere", new URL("src/a/c.ts", root));
  assertEquals(sourceHashes(root), before);
});

Deno.test("sourceHashes() tells a file that moved, and one whose name took letters of its content", () => {
  const [one, other] = [code(), code()];
  Deno.renameSync(new URL("src/a/b.ts", other), new URL("src/b.ts", other));
  assert(JSON.stringify(sourceHashes(one)) !== JSON.stringify(sourceHashes(other)));
});
