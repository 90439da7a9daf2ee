import { assertEquals } from "@std/assert";
import type { RunProgram } from "../../src/tensorflow/programs.ts";
import { tensorflowStatus } from "../../src/tensorflow/status.ts";

Deno.test("a machine with nothing is told what fixes each thing", async () => {
  const nothing: RunProgram = () => Promise.resolve(undefined);
  const { ready, facts } = await tensorflowStatus("/nowhere", nothing);
  assertEquals(ready, false);
  const fixes = Object.fromEntries(facts.map(({ name, found, fix }) => [name, found ?? fix]));
  assertEquals(fixes.build, "deno task setup:tensorflow");
  assertEquals(fixes.compiler, "apt-get install g++");
  assertEquals(fixes.pip?.startsWith("apt-get install python3-pip"), true);
});

Deno.test("a look that the permissions forbid finds nothing and stops nothing", async () => {
  const forbidden: RunProgram = () => Promise.reject(new Deno.errors.NotCapable("run"));
  const { facts } = await tensorflowStatus("/nowhere", forbidden);
  assertEquals(facts.find(({ name }) => name === "compiler")?.found, undefined);
});
