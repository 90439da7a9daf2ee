import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { zip } from "../../src/cluster/zip.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Python's zipfile, which knows nothing of this writer, lists and checks every file. */
const READ = `
import json, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
print(json.dumps([[i.filename, archive.read(i).decode(), list(i.date_time), i.external_attr >> 16, i.compress_type]
                  for i in archive.infolist()]))
`;

Deno.test("Python reads every file of an archive, with one time and the permissions of a plain file", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/a.zip`;
  const long = "x".repeat(70_001);
  await Deno.writeFile(
    path,
    zip(new Map([["src/ä.txt", bytes(long)], ["run.sh", bytes("echo 1\n")], ["e", bytes("")]])),
  );
  let output;
  try {
    output = await new Deno.Command("python3", { args: ["-c", READ, path] }).output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return console.warn("NOT TRIED: no python3 reads the archive here");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  assert(output.success, new TextDecoder().decode(output.stderr));
  const time = [1980, 1, 1, 0, 0, 0];
  assertEquals(JSON.parse(new TextDecoder().decode(output.stdout)), [
    ["e", "", time, 0o100644, 0],
    ["run.sh", "echo 1\n", time, 0o100644, 0],
    ["src/ä.txt", long, time, 0o100644, 0],
  ]);
});

Deno.test("the same files give the same bytes in any order, and others give others", () => {
  const one = zip(new Map([["a", bytes("1")], ["b/c", bytes("23")]]));
  assertEquals(zip(new Map([["b/c", bytes("23")], ["a", bytes("1")]])), one);
  assertNotEquals(zip(new Map([["a", bytes("1")], ["b/c", bytes("24")]])), one);
  assertNotEquals(zip(new Map([["a", bytes("1")], ["b/d", bytes("23")]])), one);
});

Deno.test("a path that leads out of the archive is refused", () => {
  for (const path of ["/etc/x", "../x", "a/../../x", "a//b", "", "a\\b", "./a"]) {
    assertThrows(() => zip(new Map([[path, bytes("1")]])), BenchError, "expected a path below it");
  }
});
