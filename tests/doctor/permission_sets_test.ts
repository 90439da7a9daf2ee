import { assert, assertEquals } from "@std/assert";
import { addedUp, permissionFlags, type PermissionSet } from "../../src/doctor/permission_sets.ts";
import { CODE_FOLDER } from "../../src/commands/places.ts";

const SETS: Readonly<Record<string, PermissionSet>> = {
  "code": { read: ["./src"] },
  "code-more": { read: ["./docs"], write: ["./notes"] },
  "one": { read: ["./runs"], write: ["./runs"], run: ["git"], env: ["A"] },
  "two": { read: ["./runs", "./results"], run: true, sys: ["hostname"] },
};

Deno.test("sets add up, and what is allowed without bounds stays so", () => {
  const { read, write, run, env, sys, net } = addedUp(["one", "two"], CODE_FOLDER, SETS);
  assertEquals([read, write, run], [["./runs", "./results"], ["./runs"], true]);
  assertEquals([env, sys, net], [["A"], ["hostname"], []]);
  assertEquals(addedUp(["two", "one"], CODE_FOLDER, SETS).run, true);
});

Deno.test("places of the code are beside the code, others where the program runs", () => {
  assertEquals(addedUp(["code", "code-more", "one"], CODE_FOLDER, SETS).read, ["./src", "./docs", "./runs"]);
  assertEquals(addedUp(["code", "code-more", "one"], "/user", SETS).read, [
    `${CODE_FOLDER}/src`,
    `${CODE_FOLDER}/docs`,
    "./runs",
  ]);
});

Deno.test("what is installed is not written into", () => {
  assertEquals(addedUp(["code-more", "one"], CODE_FOLDER, SETS).write, ["./notes", "./runs"]);
  assertEquals(addedUp(["code-more", "one"], "/user", SETS).write, ["./runs"]);
});

Deno.test("deno is the one that runs this, and a package is its folder in the cache", () => {
  const { run, read } = addedUp(["own"], "/user", { own: { run: ["deno", "git"], read: ["npm:pyodide"] } });
  assertEquals(run, [Deno.execPath(), "git"]);
  const [folder] = read as readonly string[];
  assert(/\/pyodide\/\d+\.\d+\.\d+$/.test(folder), folder);
  assert(Deno.statSync(`${folder}/package.json`).isFile);
});

Deno.test("flags say what is allowed, and no more", () => {
  assertEquals(permissionFlags({}), ["--no-prompt"]);
  assertEquals(permissionFlags({ read: true, write: [], net: ["a:1", "b"], ffi: false }), [
    "--no-prompt",
    "--allow-read",
    "--allow-net=a:1,b",
  ]);
});
