import { assertEquals } from "@std/assert";
import { AppendFile } from "../../../src/exports/trackers/append_file.ts";

Deno.test("a file begins anew and grows, its folder made for it", async () => {
  const path = `${await Deno.makeTempDir()}/a/b`;
  for (let session = 1; session <= 2; session++) {
    using file = new AppendFile(path, new Uint8Array([2, 3]));
    file.append(new Uint8Array([5]));
    file.append(new Uint8Array([7, 11]));
    assertEquals([...Deno.readFileSync(path)], [2, 3, 5, 7, 11]);
  }
});
