import { assertEquals, assertStringIncludes } from "@std/assert";
import { main } from "../../src/cli/main.ts";
import { captured } from "../commands/captured.ts";

Deno.test("what is asked to be explained is printed, exit 0", async () => {
  const { code, stdout } = await captured(() => main(["grade", "--help"]));
  assertEquals(code, 0);
  assertStringIncludes(stdout, "--input FILE");
});

Deno.test("wrong usage is one line on stderr, exit 2; --debug adds the stack", async () => {
  const plain = await captured(() => main(["leaderbord"]));
  assertEquals([plain.code, plain.stdout, plain.stderr.split("\n").length], [2, "", 1]);
  assertStringIncludes(plain.stderr, '"leaderboard"');
  const { code, stderr } = await captured(() => main(["grade", "--debug"]));
  assertEquals(code, 2);
  assertStringIncludes(stderr, "\n    at ");
});

Deno.test("a command runs, and its exit code is the program's", async () => {
  assertEquals((await captured(() => main(["score", "no-such-file.json"]))).code, 1);
});
