import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { rayToken } from "../../src/cluster/ray_token.ts";

const of = (variables: Readonly<Record<string, string>>) => (name: string) => variables[name];

Deno.test("a token is looked for in Ray's order", async () => {
  const home = await Deno.makeTempDir();
  await Deno.mkdir(`${home}/.ray`);
  await Deno.writeTextFile(`${home}/.ray/auth_token`, "of-home\n");
  await Deno.writeTextFile(`${home}/other`, "  of-file\n");
  const all = { HOME: home, RAY_AUTH_TOKEN_PATH: `${home}/other`, RAY_AUTH_TOKEN: "of-variable" };
  assertEquals(rayToken(of(all)), "of-variable");
  assertEquals(rayToken(of({ ...all, RAY_AUTH_TOKEN: "" })), "of-file");
  assertEquals(rayToken(of({ HOME: home })), "of-home");
  assertEquals(rayToken(of({ HOME: `${home}/nobody` })), undefined);
  assertEquals(rayToken(of({})), undefined);
  await Deno.remove(home, { recursive: true });
});

Deno.test("a token that is missing where it was named, or cannot be sent, is an error that does not show it", async () => {
  const folder = await Deno.makeTempDir();
  const missing = { RAY_AUTH_TOKEN_PATH: `${folder}/none` };
  assertThrows(() => rayToken(of(missing)), BenchError, `Cannot read ${folder}/none: there is no such file`);
  await Deno.writeTextFile(`${folder}/two`, "secret words");
  const error = assertThrows(() => rayToken(of({ RAY_AUTH_TOKEN_PATH: `${folder}/two` })), BenchError, "12 characters");
  assert(!error.message.includes("secret"));
  assertThrows(() => rayToken(of({ RAY_AUTH_TOKEN: "a\r\nX-Other: b" })), BenchError, "RAY_AUTH_TOKEN");
  await Deno.remove(folder, { recursive: true });
});
