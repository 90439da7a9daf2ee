import { assert, assertEquals } from "@std/assert";
import denoConfig from "../../deno.json" with { type: "json" };
import { codeVersion } from "../../src/experiment/code_version.ts";

Deno.test("codeVersion() states version, lock file and, where git answers, the commit", async () => {
  const { version, commit, dirty, lockSha256 } = await codeVersion();
  assertEquals(version, denoConfig.version);
  assert(/^[0-9a-f]{64}$/.test(lockSha256));
  assert(commit === "" ? dirty : /^[0-9a-f]{40}$/.test(commit), commit);
});
