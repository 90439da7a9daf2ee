import { assertEquals } from "@std/assert";
import { filesBelow } from "../../src/cluster/text_files.ts";

Deno.test("files of a folder and below are handed back in order, links and others are not", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/smoke/v2`, { recursive: true });
  await Deno.writeTextFile(`${folder}/smoke/v2/b.json`, "2");
  await Deno.writeTextFile(`${folder}/z.json`, "ä");
  await Deno.writeTextFile(`${folder}/report.html`, "");
  await Deno.symlink("/etc/passwd", `${folder}/linked.json`);
  assertEquals(filesBelow(folder, ".json"), [{ path: "smoke/v2/b.json", text: "2" }, { path: "z.json", text: "ä" }]);
  assertEquals(filesBelow(`${folder}/none`, ".json"), []);
  await Deno.remove(folder, { recursive: true });
});
