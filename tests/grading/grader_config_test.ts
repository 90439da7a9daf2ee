import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { check } from "../../src/files/check.ts";
import { GRADER_DEFAULTS, graderSchema, resolvedGraderSchema } from "../../src/grading/grader_config.ts";

Deno.test("a grader is named, and says whether only a boxed answer counts where it runs", () => {
  const written = check(graderSchema, { name: "release-string" }, { root: "grader" });
  assertEquals<unknown>(written, { name: "release-string" });
  assertThrows(
    () => check(resolvedGraderSchema, written, { root: "grader" }),
    UsageError,
    "grader.boxed: found nothing",
  );
  const resolved = { ...GRADER_DEFAULTS, ...written };
  assertEquals<unknown>(check(resolvedGraderSchema, resolved, { root: "grader" }), {
    name: "release-string",
    boxed: false,
  });
  assertThrows(
    () => check(graderSchema, { name: "symbolc" }, { root: "grader" }),
    UsageError,
    'did you mean "symbolic"?',
  );
});
