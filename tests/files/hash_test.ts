import { assertEquals } from "@std/assert";
import { fileSha256, gitBlobSha1, jsonSha256, sha256 } from "../../src/files/hash.ts";

Deno.test("sha256() of text and bytes agrees with the published vectors", () => {
  // FIPS 180-2, appendices B.1 and B.3.
  const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assertEquals([sha256("abc"), sha256(new TextEncoder().encode("abc"))], [abc, abc]);
  assertEquals(sha256("a".repeat(1_000_000)), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
});

Deno.test("gitBlobSha1() agrees with git hash-object", () => {
  assertEquals(gitBlobSha1(new Uint8Array()), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
});

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
