import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { formatModelReference, isCommit, parseModelReference } from "../../../src/checkpoint/hub/reference.ts";

Deno.test("a reference without a revision means the branch main", () => {
  const reference = parseModelReference("Qwen/Qwen2.5-0.5B");
  assertEquals(reference, { model: "Qwen/Qwen2.5-0.5B", revision: "main" });
  assertEquals(formatModelReference(reference), "Qwen/Qwen2.5-0.5B@main");
});

Deno.test("what is not org/name@revision is refused, paths above all", () => {
  for (const text of ["", "name", "a/b/c", "../b", "a/..", "a/b@", "a/b@x/y", "a b/c", "/a/b"]) {
    assertThrows(() => parseModelReference(text), UsageError, "expected org/name@revision", text);
  }
});

Deno.test("a commit has forty digits", () => {
  assertEquals(isCommit("0123456789abcdef0123456789abcdef01234567"), true);
  assertEquals(isCommit("0123456"), false);
});
