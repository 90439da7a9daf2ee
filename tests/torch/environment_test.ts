import { assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { PINNED_PACKAGES, requireVersions } from "../../src/torch/environment.ts";

const python = "3.12.3";

Deno.test("requireVersions() takes the oldest pair, the pinned one, and local builds", () => {
  requireVersions({ python, torch: "2.11.0", transformers: "5.17.0" });
  requireVersions({ python, torch: "2.15.0+cu132", transformers: "5.23.0" });
  const [torch, transformers] = PINNED_PACKAGES.map((name) => name.split("==")[1]);
  requireVersions({ python, torch, transformers });
});

Deno.test("requireVersions() refuses what is older, and the next major version", () => {
  for (const torch of ["2.10.9", "3.0.0", "1.20.0"]) {
    assertThrows(() => requireVersions({ python, torch, transformers: "5.23.0" }), BenchError, `found torch ${torch}`);
  }
  assertThrows(() => requireVersions({ python, torch: "2.15.0", transformers: "4.57.1" }), BenchError, "at least 5.17");
});
