import { assert, assertEquals } from "@std/assert";
import denoConfig from "../../deno.json" with { type: "json" };
import { packageJson, publishedFiles } from "../../src/commands/pack.ts";

Deno.test("the npm package has the version of deno.json, the command, and the Deno that its tests run under", () => {
  const { version, bin, dependencies } = packageJson();
  assertEquals(version, denoConfig.version);
  assertEquals(bin, { "soft-grpo-bench": "command.js" });
  assertEquals(dependencies, { deno: Deno.version.deno });
});

Deno.test("it holds the committed files that are published, and no others", async () => {
  const files = await publishedFiles();
  for (const path of ["src/cli/launch.ts", "deno.json", "deno.lock", "models/tiny/model.safetensors"]) {
    assert(files.includes(path), path);
  }
  assertEquals(files.filter((path) => /^(tests|results\/v\d|\.github|package|benchmarks\/peers)\b/.test(path)), []);
});
