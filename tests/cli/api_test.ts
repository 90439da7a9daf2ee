import { assertEquals } from "@std/assert";
import * as api from "../../src/cli/api.ts";
import { COMMANDS } from "../../src/cli/table.ts";

Deno.test("every command of users but the setups and the pipe-like grade is one function of the public API", () => {
  const functions = Object.keys(api).sort();
  const commands = COMMANDS.filter(({ audience }) => audience === "users").map(({ name }) => name)
    .filter((name) => !name.startsWith("setup:") && name !== "grade");
  assertEquals(functions, commands.sort());
});
