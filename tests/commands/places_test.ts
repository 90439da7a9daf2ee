import { assertEquals } from "@std/assert";
import { CODE_FOLDER, fromWorkingFolder, places } from "../../src/commands/places.ts";

Deno.test("the code's folder is the one of deno.json", async () => {
  assertEquals(JSON.parse(await Deno.readTextFile(`${CODE_FOLDER}/deno.json`)).name, "@soft-grpo/bench");
});

Deno.test("a task knows where it was typed; elsewhere the variable means nothing", () => {
  const [before, folder] = [Deno.env.get("INIT_CWD"), Deno.cwd()];
  try {
    Deno.env.set("INIT_CWD", "/somewhere");
    Deno.chdir(CODE_FOLDER);
    assertEquals(places(), { working: CODE_FOLDER, typed: "/somewhere", program: "deno task" });
    Deno.chdir(`${CODE_FOLDER}/tests`);
    const working = `${CODE_FOLDER}/tests`;
    assertEquals(places(), { working, typed: working, program: "soft-grpo-bench" });
  } finally {
    Deno.chdir(folder);
    if (before === undefined) Deno.env.delete("INIT_CWD");
    else Deno.env.set("INIT_CWD", before);
  }
});

Deno.test("a typed path is as short as it can be from the working folder", () => {
  const here = { working: "/a", typed: "/a/b", program: "deno task" } as const;
  const from = (path: string) => fromWorkingFolder(path, here);
  assertEquals(["c", "./c/", "../c", "..", "../../c", "/d", "../..b"].map(from), [
    "b/c",
    "b/c",
    "c",
    ".",
    "/c",
    "/d",
    "..b",
  ]);
  assertEquals(fromWorkingFolder("./c/", { ...here, typed: "/a" }), "./c/");
});
