import { assertEquals } from "@std/assert";
import { fileSha256, jsonSha256 } from "../../src/files/hash.ts";

Deno.test("jsonSha256() depends on values and not on the order of keys or absent ones", () => {
  assertEquals(jsonSha256({ a: 1, b: [{ c: 2, d: 3 }] }), jsonSha256({ b: [{ d: 3, c: 2, e: undefined }], a: 1 }));
});

Deno.test("jsonSha256() is the SHA-256 of the text with sorted keys, as coreutils compute it", () => {
  // printf '{"a":1,"b":[true,null]}' | sha256sum
  const expected = "1cc69c7fa23616ca2ec3ee70d24390a6225c8832db8a4c814c7e0e7f942f8668";
  assertEquals(jsonSha256({ b: [true, null], a: 1 }), expected);
});

Deno.test("fileSha256() reads a file longer than its buffer, as coreutils do", async () => {
  // head -c 1500007 /dev/zero | sha256sum
  const expected = "fb9c6f92130c91b8a926775870714a8fb445264fb87239cc6aa6a1cba3625a4c";
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, new Uint8Array(1_500_007));
  assertEquals(await fileSha256(path), expected);
});
