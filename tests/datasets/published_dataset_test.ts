import { assertEquals } from "@std/assert";
import { githubLargeFile, PUBLISHED_HOSTS, softGrpoFile } from "../../src/datasets/published_dataset.ts";

Deno.test("addresses name host, repository, commit and escaped path", () => {
  assertEquals(
    softGrpoFile("amc23.json"),
    "https://raw.githubusercontent.com/zz1358m/SofT-GRPO-master/2b9d8ec6d8f022f2aefe7a1c2512dcb9924cddfe/" +
      "Soft-Thinking%2Bnoise%2Bloss-main/datasets/amc23.json",
  );
  assertEquals(
    githubLargeFile("a/b", "c0", "d e/f"),
    "https://media.githubusercontent.com/media/a/b/c0/d%20e/f",
  );
});

Deno.test("the permission set of datasets fetch names exactly the hosts of the registry", () => {
  const config = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assertEquals([...config.permissions["datasets-fetch"].net].sort(), [...PUBLISHED_HOSTS].sort());
});
