import { assertEquals } from "@std/assert";
import { CODE_FOLDER, fromWorkingFolder, places } from "../../src/commands/places.ts";

Deno.test("the code's folder is the one of deno.json", async () => {
  assertEquals(JSON.parse(await Deno.readTextFile(`${CODE_FOLDER}/deno.json`)).name, "@soft-grpo/bench");
});

Deno.test("a task knows where it was typed; elsewhere the variable means nothing", () => {
  assertEquals(places(CODE_FOLDER, "/somewhere"), {
    working: CODE_FOLDER,
    typed: "/somewhere",
    program: "deno task",
  });
  const working = `${CODE_FOLDER}/tests`;
  assertEquals(places(working, "/somewhere"), { working, typed: working, program: "soft-grpo-bench" });
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
