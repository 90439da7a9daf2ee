import { assertEquals } from "@std/assert";
import { shellWord } from "../../src/text/shell_word.ts";

Deno.test("a shell reads a word as it was", async () => {
  const words = ["tiny", "a b", "it's", "$HOME", "`x`", "a;b", "", "--seeds", "1,2", "*", "ü"];
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `printf '%s\\n' ${words.map(shellWord).join(" ")}`] })
    .output();
  assertEquals(new TextDecoder().decode(stdout), words.map((word) => `${word}\n`).join(""));
});

Deno.test("what would act on a terminal is shown instead", () => assertEquals(shellWord("a\u001b[2J"), "'a�[2J'"));
