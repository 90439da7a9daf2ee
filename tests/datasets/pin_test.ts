import { assertEquals } from "@std/assert";
import { pinMismatch, pinName } from "../../src/datasets/pin.ts";

const empty = new Uint8Array();
/** SHA-256 and Git's object name of no bytes at all, both well known. */
const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const EMPTY_BLOB = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

Deno.test("a pin agrees only where every part of it does", () => {
  assertEquals(pinMismatch(empty, { sha256: EMPTY_SHA256, bytes: 0, gitBlobSha1: EMPTY_BLOB }), undefined);
  assertEquals(pinMismatch(empty, { sha256: "ab" }), `found sha256 ${EMPTY_SHA256}, expected ab`);
  assertEquals(
    pinMismatch(empty, { sha256: EMPTY_SHA256, gitBlobSha1: "ab" }),
    `found git blob ${EMPTY_BLOB}, expected ab`,
  );
  assertEquals(pinMismatch(empty, { gitBlobSha1: EMPTY_BLOB, bytes: 3 }), "found 0 bytes, expected 3");
});

Deno.test("a pin's name is its sha256 where that is known", () => {
  assertEquals([pinName({ sha256: "a", gitBlobSha1: "b" }), pinName({ gitBlobSha1: "b" })], ["a", "b"]);
});
