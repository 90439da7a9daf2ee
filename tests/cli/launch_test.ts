import { assertEquals, assertStringIncludes } from "@std/assert";
import { denoArguments } from "../../src/cli/launch.ts";
import { CODE_FOLDER } from "../../src/commands/places.ts";
import { requestOf } from "./here.ts";

function argumentsOf(...argv: string[]): string[] {
  return denoArguments(requestOf(argv), argv, ["SIGINT", "SIGTERM"]);
}

Deno.test("a command runs in the code's own program and settings, wherever it was typed", () => {
  const words = argumentsOf("grade", "--input", "a");
  assertEquals(words.slice(0, 4), ["run", "--quiet", "--config", `${CODE_FOLDER}/deno.json`]);
  const own = [`${CODE_FOLDER}/src/cli/main.ts`, `--launched-by=${Deno.pid},SIGINT_SIGTERM`];
  assertEquals(words.slice(-5), [...own, "grade", "--input", "a"]);
});

Deno.test("what deno itself runs gets its flags behind its files", () => {
  const words = argumentsOf("bench:timing", "--filter", "decode");
  assertEquals([words[0], ...words.slice(-3)], ["bench", `${CODE_FOLDER}/benchmarks/timing`, "--filter", "decode"]);
});

Deno.test("a wrong command line ends in the launcher, with one line", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=launch", `${CODE_FOLDER}/src/cli/launch.ts`, "bench", "--limt", "4"],
  }).output();
  assertEquals(code, 2);
  assertEquals(new TextDecoder().decode(stderr).trimEnd().split("\n").length, 1);
});

Deno.test("gpu:check may read what it is made of", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=launch", `${CODE_FOLDER}/src/cli/launch.ts`, "gpu:check", "--python", "no/python"],
    env: { NO_COLOR: "1" },
  }).output();
  assertEquals(code, 1);
  assertStringIncludes(new TextDecoder().decode(stderr), "Error: Cannot use the backend torch: found no Python at ");
});
