import { assert, assertEquals } from "@std/assert";
import denoConfig from "../../deno.json" with { type: "json" };
import { codeVersion, sourcesSha256 } from "../../src/experiment/code_version.ts";

Deno.test("codeVersion() states version, lock file and, where git answers, the commit", async () => {
  const { version, commit, dirty, lockSha256 } = await codeVersion();
  assertEquals(version, denoConfig.version);
  assert(/^[0-9a-f]{64}$/.test(lockSha256));
  assert(commit === "" ? dirty : /^[0-9a-f]{40}$/.test(commit), commit);
});

Deno.test("sourcesSha256() is the same for the same sources", () => {
  assert(/^[0-9a-f]{64}$/.test(sourcesSha256()));
  assertEquals(sourcesSha256(), sourcesSha256());
});
